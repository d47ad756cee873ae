"""A run while this process works on it: what was deployed, what feeds it, and how it ends."""

import logging
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from mephisto.instants import SECOND
from mephisto.operations.feeder import Feeder
from mephisto.operations.listening import Listening
from mephisto.operations.plan import Plan
from mephisto.status import RunStatus
from mephisto.store import Store, offering, runs
from mephisto.store.admission import Terms

logger = logging.getLogger(__name__)

#: How long a page that submitted is waited for, until it has confirmed its receipt.
LINGER_SECONDS: Final = 10
#: What workers are given on top of the time that was lost.
GRACE_SECONDS: Final = 120


@dataclass
class LiveRun:
    """One launched run. `undo` holds what ending it must take back; `changed` wakes whoever watches it."""

    store: Store
    plan: Plan
    terms: Terms
    url: str
    directory: Path
    feeder: Feeder
    undo: ExitStack
    changed: threading.Event
    launched_at: int
    watched_since: int
    reason: str = ""
    listening: Listening | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def id(self) -> str:
        return str(self.terms.run_id)

    @property
    def failed(self) -> bool:
        return self.feeder.error is not None

    def counts(self) -> runs.Counts:
        with self.store.read() as connection:
            return runs.counts(connection, self.terms.run_id)

    def tick(self) -> None:
        """Look at the rows once, and do what is due."""
        if self.ended.is_set():
            return
        if self.reason:
            self._end_if_heard()
            return
        self.feeder.flush()
        self._end_overdue()
        reason = self._reason_to_close()
        if reason:
            self.close(reason)
            self._end_if_heard()

    def skip(self, gap: int) -> None:
        """Let time of which nobody had the use, *gap* microseconds, count against no one."""
        self.watched_since = self.store.now()
        more = gap + GRACE_SECONDS * SECOND
        self.store.write(lambda connection: offering.extend(connection, self.terms.run_id, more))

    def close(self, reason: str) -> None:
        """Offer nothing more, end what is held, and say why; the server stays until pages have their receipts."""
        if self.reason:
            return
        self.reason = reason
        self.feeder.stop()
        now = self.store.now()

        def job(connection: Connection) -> None:
            runs.move(connection, self.terms.run_id, RunStatus.CLOSING, end_reason=reason)
            offering.withdraw(connection, self.terms.run_id)
            offering.expire(connection, self.store.ids, self.terms, now)

        self.store.write(job)
        self._tell_listeners()
        logger.info("Run %s closes: %s.", self.id, reason)

    def end(self) -> None:
        """Take back what the launch did, and write that the run has ended; safe to call twice."""
        if self.ended.is_set():
            return
        self.close("it was stopped")
        try:
            self.undo.close()
        finally:
            now = self.store.now()
            target = RunStatus.FAILED if self.failed else RunStatus.ENDED
            self.store.write(
                lambda connection: runs.move(connection, self.terms.run_id, target, ended_at=now)
            )
            self.ended.set()
            self.changed.set()

    def _end_overdue(self) -> None:
        now = self.store.now()

        def job(connection: Connection) -> list[int]:
            return offering.time_out(connection, self.store.ids, self.terms, now)

        with self.store.read() as connection:
            overdue = offering.has_overdue(connection, self.terms, now)
        for agent_id in self.store.write(job) if overdue else ():
            logger.info("Agent %s has run out of time; its unit is offered again.", agent_id)
        self._tell_listeners()

    def _reason_to_close(self) -> str:
        task, now = self.plan.task, self.store.now()
        with self.store.read() as connection:
            run = runs.progress(connection, self.terms.run_id)
            is_any_open = runs.is_any_open(connection, self.terms.run_id)
            newest = max(runs.last_submission(connection, self.terms.run_id) or 0, self.watched_since)
        if run.source_ended and not is_any_open:
            return "all of its units are done" if run.source_position else "its data has no rows"
        if now - self.launched_at > task.task_lifetime_in_seconds * SECOND:
            return "its lifetime is over (mephisto.task.task_lifetime_in_seconds)"
        if now - newest > task.no_submission_patience * SECOND:
            return "nothing was submitted for too long (mephisto.task.no_submission_patience)"
        return ""

    def _end_if_heard(self) -> None:
        """End once each page that submitted has confirmed its receipt, or has been waited for long enough."""
        since = self.store.now() - LINGER_SECONDS * SECOND
        with self.store.read() as connection:
            waiting = runs.unconfirmed(connection, self.terms.run_id, since)
        if not waiting and not (self.listening and self.listening.is_busy()):
            self.end()

    def _tell_listeners(self) -> None:
        if self.listening:
            self.listening.look()
