"""Claims that `worker_can_do_unit` has a say in: it is asked for candidates, then the claim is made."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection

from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.callbacks import CallbackPool, Seats, show
from mephisto.refusals import Reason
from mephisto.shared_state import SharedTaskState
from mephisto.store import Lane, attempts, claims
from mephisto.store.admission import Terms

PAGE: Final = 50
MOST: Final = 500
SECONDS: Final = 1.0


@dataclass(frozen=True)
class Choosing:
    """The predicate of one run, asked page by page: for 50 units at a time, at most 500, or for one second.

    A worker for whom that was not enough goes on, with the next request, where this one stopped.
    """

    db: LocalMephistoDB
    terms: Terms
    shared_state: SharedTaskState
    pool: CallbackPool
    _seats: Seats = field(default_factory=lambda: Seats("worker_can_do_unit"))
    _reached: dict[int, int] = field(default_factory=dict)  # the last unit asked for, by worker

    def claim(self, request: attempts.Request) -> attempts.Held | attempts.Refused:
        """Claim the oldest unit that the predicate grants; another one if a faster worker took it meanwhile.

        Raises `TooManyWait`.
        """
        with self._seats:
            return self._claim(request)

    def refusal(self, worker_id: int) -> attempts.Refused | None:
        """Say why a worker whom the rules let in would get no unit; None if the predicate grants one.

        Raises `TooManyWait`.
        """
        with self._seats:
            granted = next(self._granted(worker_id), None)
        if granted is None:
            return self._why_none(worker_id) or attempts.Refused(Reason.NOT_CHOSEN, worker_id)
        self._reached[worker_id] = granted - 1
        return None

    def _claim(self, request: attempts.Request) -> attempts.Held | attempts.Refused:
        store = self.db.store

        def welcome_job(connection: Connection) -> attempts.Welcome | attempts.Held | attempts.Refused:
            return claims.welcomed(connection, store.ids, self.terms, request, store.now())

        welcome = store.write(welcome_job, Lane.CLAIM)
        if not isinstance(welcome, attempts.Welcome):
            return welcome
        outcome = attempts.Refused(Reason.NOT_CHOSEN, welcome.worker_id)
        for unit_id in self._granted(welcome.worker_id):

            def claim_job(connection: Connection, unit_id: int = unit_id) -> attempts.Held | attempts.Refused:
                return claims.claim(connection, store.ids, self.terms, request, store.now(), unit_id)

            claimed = store.write(claim_job, Lane.CLAIM)
            if isinstance(claimed, attempts.Held) or claimed.reason is not Reason.TRY_AGAIN:
                return claimed
            outcome = claimed
        return self._why_none(welcome.worker_id) or outcome

    def _granted(self, worker_id: int) -> Iterator[int]:
        asked, after, until = 0, self._reached.pop(worker_id, 0), time.monotonic() + SECONDS
        while asked < MOST and (asked == 0 or time.monotonic() < until):
            page = self._page(worker_id, after)
            if not page:
                return
            answer = self.pool.ask("worker_can_do_unit", self._first_granted, worker_id, page, until)
            if answer is None:
                return
            asked, after = asked + answer.asked, page[answer.asked - 1]
            if answer.unit_id is not None:
                yield answer.unit_id
        self._reached[worker_id] = after

    def _page(self, worker_id: int, after: int = 0, most: int = PAGE) -> list[int]:
        with self.db.store.read() as connection:
            found = claims.candidates(connection, self.terms.run_id, worker_id, after=after, most=most)
        return [unit.id for unit in found]

    def _first_granted(self, worker_id: int, page: list[int], until: float) -> "_Answer":
        from mephisto.data_model.worker import Worker

        worker = Worker.get(self.db, str(worker_id))
        for asked, unit_id in enumerate(page, 1):
            if self._is_granted(worker, unit_id):
                return _Answer(unit_id, asked)
            if time.monotonic() >= until:
                return _Answer(None, asked)
        return _Answer(None, len(page))

    def _is_granted(self, worker: Any, unit_id: int) -> bool:
        from mephisto.data_model.unit import Unit

        try:
            return bool(self.shared_state.worker_can_do_unit(worker, Unit.get(self.db, str(unit_id))))
        except Exception as error:  # noqa: BLE001 - a researcher's function may raise anything; it is shown, and skips this unit
            show("worker_can_do_unit", error)
            return False

    def _why_none(self, worker_id: int) -> attempts.Refused | None:
        """Say why there were no candidates at all; None if there are."""
        if self._page(worker_id, most=1):
            return None
        with self.db.store.read() as connection:
            return attempts.Refused(claims.why_none(connection, self.terms, worker_id), worker_id)


@dataclass(frozen=True)
class _Answer:
    """The first unit of a page that was granted, and for how many it was asked."""

    unit_id: int | None
    asked: int
