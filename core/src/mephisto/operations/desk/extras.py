"""Screening and gold: what a worker is given before a unit of the data, as functions of the run script decide.

They are asked before the writer is, on the pool; the unit is then given with the same look at the rules as any other.
"""

import logging
import reprlib
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.callbacks import CallbackPool, Seats, UnusableAnswer, written_at
from mephisto.operations.choosing import Choosing
from mephisto.refusals import Reason
from mephisto.shared_state import GoldSharedState, ScreeningSharedState, SharedTaskState
from mephisto.status import UnitKind
from mephisto.store import Lane, attempts, claims, events, extras, gold, json_text, qualifications
from mephisto.store.admission import ExtraTerms, Terms
from mephisto.store.extras import NewExtra

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

SCREENING: Final = "screening_data_factory"
GOLD: Final = "a function for gold units"


@dataclass(frozen=True)
class ExtraUnits:
    """The run for which units are given beside those of its data, and what gives them."""

    db: LocalMephistoDB
    terms: Terms
    extra: ExtraTerms
    pay_cents: int
    pool: CallbackPool
    choosing: Choosing | None


class Extras(ABC):
    """What comes before units of the data in one run."""

    def __init__(self, units: ExtraUnits, name: str) -> None:
        self.units = units
        self.store = units.db.store
        self._name = name
        self._seats = Seats(name)

    def claim(self, request: attempts.Request) -> attempts.Held | attempts.Refused | None:
        """Give the worker what comes first, or the reason why they get nothing; None if their turn is a unit of the data.

        Raises `TooManyWait`.
        """
        store, terms = self.store, self.units.terms

        def job(connection: Connection) -> attempts.Welcome | attempts.Held | attempts.Refused:
            return claims.welcomed(connection, store.ids, terms, request, store.now())

        welcome = store.write(job, Lane.CLAIM)
        if not isinstance(welcome, attempts.Welcome):
            return welcome
        # Nobody works, and is paid, for being let to units of which they would get none.
        refused = self.units.choosing.refusal(welcome.worker_id) if self.units.choosing else None
        if refused is not None:
            return refused
        due = self.due(request, welcome.worker_id)
        if isinstance(due, NewExtra):
            return self.give(request, due)
        return None if due is None else attempts.Refused(due, welcome.worker_id)

    @abstractmethod
    def due(self, request: attempts.Request, worker_id: int) -> NewExtra | Reason | None:
        """Say what a worker gets whom the rules let in, or why nothing; None for a unit of the data."""

    def give(self, request: attempts.Request, new: NewExtra) -> attempts.Held | attempts.Refused:
        """Claim what was decided on."""
        store, terms = self.store, self.units.terms

        def job(connection: Connection) -> attempts.Held | attempts.Refused:
            return claims.claim_extra(connection, store.ids, terms, request, new, store.now())

        return store.write(job, Lane.CLAIM)

    def ask(self, function: Callable[[], Answer]) -> Answer | None:
        """Ask functions of the run script; None, with a line in the log, if one fails."""
        with self._seats:
            return self.units.pool.ask(self._name, function)

    def has_room(self, connection: Connection) -> bool:
        return extras.has_room(connection, self.units.terms.run_id, self.units.extra)


class Screening(Extras):
    """Screening units, with data from the run script: for who has not passed yet."""

    def __init__(self, units: ExtraUnits, passed_qualification: str, source: Iterable[Any]) -> None:
        super().__init__(units, SCREENING)
        self._passed = passed_qualification
        self._source = iter(source)
        self._turn = threading.Lock()  # a generator cannot be asked by two at once
        self._has_ended = False
        self._drawn: deque[dict[str, Any]] = deque()  # data that nobody was given yet

    def due(self, request: attempts.Request, worker_id: int) -> NewExtra | Reason | None:
        with self.store.read() as connection:
            if qualifications.value(connection, worker_id, self._passed):
                return None
            if events.is_waiting(connection, self.units.terms.run_id, request.worker_name):
                return Reason.UNDECIDED  # what they handed in is not judged yet
            if not self.has_room(connection):
                return Reason.NO_EXTRA_LEFT
        while (data := self._next()) is None and not self._has_ended:
            if not self.ask(self._draw):
                return Reason.UNDECIDED
        return NewExtra(data, self.units.pay_cents)

    def give(self, request: attempts.Request, new: NewExtra) -> attempts.Held | attempts.Refused:
        is_used = False
        try:
            outcome = super().give(request, new)
            is_used = isinstance(outcome, attempts.Held) and outcome.data is new.data
        finally:
            if new.data is not None and not is_used:
                self._drawn.appendleft(new.data)
        return outcome

    def _next(self) -> dict[str, Any] | None:
        try:
            return self._drawn.popleft()
        except IndexError:
            return None

    def _draw(self) -> bool:
        """Take data from the script; False if an earlier call does not let go of it."""
        if not self._turn.acquire(timeout=self.units.pool.patience):
            return False
        try:
            self._drawn.append(_stored(next(self._source), f"{SCREENING}{written_at(self._source)} gave"))
        except StopIteration:
            if not self._has_ended:
                logger.warning("%s has no more data: nobody new is screened any more.", SCREENING)
            self._has_ended = True
        finally:
            self._turn.release()
        return True


class Gold(Extras):
    """Gold units: for whom `worker_needs_gold` says so, as long as `worker_qualifies` lets them in."""

    def __init__(
        self, units: ExtraUnits, base: str, state: GoldSharedState, *, min_golds: int, max_incorrect: int
    ) -> None:
        super().__init__(units, GOLD)
        self._names = gold.GoldNames(base)
        self._state = state
        self._min_golds = min_golds
        self._max_incorrect = max_incorrect

    def due(self, request: attempts.Request, worker_id: int) -> NewExtra | Reason | None:  # noqa: ARG002 - screening asks it
        with self.store.read() as connection:
            counts = gold.counts(connection, self._names, worker_id)
            has_room = self.has_room(connection)
        decided = self.ask(lambda: self._decide(worker_id, counts, has_room=has_room))
        if decided is None:
            return Reason.UNDECIDED
        if decided.due is Reason.NOT_QUALIFIED:
            store, names = self.store, self._names
            store.write(
                lambda connection: gold.disqualify(connection, store.ids, names, worker_id, store.now())
            )
        return decided.due

    def _decide(self, worker_id: int, counts: gold.GoldCounts, *, has_room: bool) -> "_Decided":
        from mephisto.data_model.worker import Worker

        done = (counts.completed, counts.correct, counts.wrong)
        if not self._state.worker_qualifies(*done, self._max_incorrect):
            return _Decided(Reason.NOT_QUALIFIED)
        if not self._state.worker_needs_gold(*done, self._min_golds):
            return _Decided(None)
        if not has_room:
            return _Decided(Reason.NO_EXTRA_LEFT if counts.correct < self._min_golds else None)
        choose = self._state.get_gold_for_worker
        data = choose(Worker.get(self.units.db, str(worker_id)))
        stored = _stored(data, f"get_gold_for_worker{written_at(choose)} returned")
        return _Decided(NewExtra(stored, self.units.pay_cents))


def extras_of(units: ExtraUnits | None, options: Any, state: SharedTaskState) -> Extras | None:
    """Return what gives the units that a blueprint's *options* ask for, None if they ask for none."""
    if units is None:
        return None
    if units.extra.kind is UnitKind.GOLD and isinstance(state, GoldSharedState):
        base, most = options.gold_qualification_base, options.max_incorrect_golds
        return Gold(units, base, state, min_golds=options.min_golds, max_incorrect=most)
    if isinstance(state, ScreeningSharedState):
        return Screening(units, options.passed_qualification_name, state.screening_data_factory)
    return None


@dataclass(frozen=True)
class _Decided:
    """What the functions said; the pool answers None for one that failed."""

    due: NewExtra | Reason | None


def _stored(data: Any, told: str) -> dict[str, Any]:
    """Return what is stored of data: a copy, since a script may go on to change what it gave.

    Raises `UnusableAnswer`, which says of what was *told* that it is no data of a unit.
    """
    what = f"{told} {reprlib.repr(data)}."
    if not isinstance(data, Mapping):
        raise UnusableAnswer(
            what, "The data of a unit is a dict of values.", "Correct this function of the run script."
        )
    try:
        text = json_text.encode(dict(data))
    except (TypeError, ValueError) as error:
        raise UnusableAnswer(
            what,
            str(error),
            "Give it values that JSON knows: text, numbers, True, False, None, lists and dicts.",
        ) from error
    stored: dict[str, Any] = json_text.decode(text)
    return stored
