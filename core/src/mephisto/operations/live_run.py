"""A run while this process works on it: what was deployed, what feeds it, and how it ends.

It is open, then drains (nothing more is offered, those at work may finish), lingers (until the pages that submitted
have their receipts, and callbacks were told), and ends.
"""

import logging
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from mephisto.counting import there_are
from mephisto.instants import SECOND, span_text
from mephisto.operations import stalls
from mephisto.operations.clock_jumps import ClockJumps
from mephisto.operations.closing import ReasonsToClose
from mephisto.operations.desk.standing import Closing
from mephisto.operations.feeder import Feeder
from mephisto.operations.listening import Listening
from mephisto.operations.script_names import ScriptNames
from mephisto.operations.tally import Tally
from mephisto.operations.undo import Undo
from mephisto.operations.uploads import UploadFolder
from mephisto.status import RunStatus
from mephisto.store import Job, Store, drafts, offering, progress, runs
from mephisto.store.admission import Terms
from mephisto.store.roles import RoleName, Turn
from mephisto.store.transactions import Result

logger = logging.getLogger(__name__)

#: How long a page that submitted is waited for, until it has confirmed its receipt.
LINGER_SECONDS: Final = 10
#: What workers are given on top of time that was lost.
GIFT_SECONDS: Final = 120


@dataclass
class LiveRun(ScriptNames):
    """One launched run. `undo` holds what ending it must take back, `log` its log file; `changed` wakes whoever watches it."""

    store: Store
    terms: Terms
    turn: Turn
    url: str
    directory: Path
    feeder: Feeder
    tally: Tally
    undo: Undo
    log: ExitStack
    closing: Closing
    jumps: ClockJumps
    changed: threading.Event
    reasons: ReasonsToClose
    listening: Listening | None = None
    reason: str = ""
    succeeded: bool = True
    ended: threading.Event = field(default_factory=threading.Event)
    _is_drained: bool = False
    _is_hurried: bool = False
    _is_lost: bool = False
    _is_left_behind: bool = False
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _ender: threading.Thread | None = None

    @property
    def id(self) -> str:
        return str(self.terms.run_id)

    @property
    def name(self) -> str:
        return self.plan.task_name

    @property
    def failed(self) -> bool:
        return self.feeder.error is not None or not self.succeeded

    @property
    def step(self) -> str:
        """What the run is waiting for, or doing, on its way to its end."""
        if self.ended.is_set() or not self.reason:
            return ""
        if not self._is_drained and self.closing.until != 0:
            return "workers are finishing what they have begun"
        return "pages are getting their receipts" if not self._is_hurried else "the launch is being undone"

    def counts(self) -> runs.Counts:
        with self.store.read() as connection:
            return runs.counts(connection, self.terms.run_id)

    def look(self) -> progress.Progress:
        """Read how the run stands."""
        with self.store.read() as connection:
            return progress.look(connection, self.terms.run_id, self.store.now())

    def stall(self, seen: progress.Progress) -> str:
        """Say why nothing moves, nothing if it does."""
        return stalls.cause(seen, self.tally.asked_at, self.store.now()) if not self.reason else ""

    def tick(self) -> None:
        """Look at the rows once, at one instant, and do what is due."""
        if self.ended.is_set():
            return
        if self._is_another_processes():
            self._end_aside()
            return
        now = self.store.now()
        self.tally.flush()
        self._forgive_jump(now)
        if not self.reason:
            self.feeder.flush()
        with self.store.read() as connection:
            seen = runs.glance(connection, self.terms.run_id, now)
        if seen.is_any_overdue:
            self._end_overdue(now)
        self._tell_listeners()
        if not self.reason:
            reason = self.reasons.first(seen, now, has_failed_data=self.feeder.error is not None)
            if reason:
                # Who has begun may finish: nobody has longer than the deadline they were promised.
                self.close(reason, self.plan.task.assignment_duration_in_seconds)
        if self.reason and not self._is_drained:
            self._drain(now)
        if self._is_drained and (self._is_hurried or self._is_heard(now)):
            self._end_aside()

    def close(self, reason: str, grace: float = 0) -> None:
        """Offer nothing more, say why, and give those at work *grace* seconds to finish."""
        with self._lock:
            if not self.reason:
                self._close(reason, grace)

    def _close(self, reason: str, grace: float) -> None:
        self.feeder.stop()

        def job(connection: Connection) -> int:
            runs.move(connection, self.terms.run_id, RunStatus.CLOSING, end_reason=reason)
            offering.withdraw(connection, self.terms.run_id)
            return runs.at_work(connection, self.terms.run_id)

        at_work = self._write(job)
        self.closing.until = self.store.time.steady() + round(grace * SECOND)
        self.reason = reason
        logger.info("Run %s closes: %s.", self.id, reason)
        if at_work and grace:
            people = there_are(at_work, "worker")
            logger.info("%s at work and may submit for another %.0f s.", people, grace)
        self.changed.set()

    def hurry(self) -> bool:
        """Skip the step in progress; False if there is none left but undoing the launch."""
        self._is_forced = True
        if not self._is_drained and self.closing.until != 0:
            self.closing.until = 0
        elif not self._is_hurried:
            self._is_hurried = True
        else:
            self._is_left_behind = True
            return False
        self.changed.set()
        return True

    def end(self) -> None:
        """Take back what the launch did, and write that the run has ended; safe to call twice, and again if it raised."""
        with self._lock:
            if not self.ended.is_set():
                self._end()

    def _end_aside(self) -> None:
        """End on a thread of its own: taking down what the launch put up may take long."""
        if self._ender is None or not self._ender.is_alive():
            self._ender = threading.Thread(
                target=self._end_or_tell, name=f"mephisto-end-{self.id}", daemon=True
            )
            self._ender.start()

    def _end_or_tell(self) -> None:
        try:
            self.end()
        except Exception as error:
            level = logging.DEBUG if self._is_left_behind else logging.ERROR
            logger.log(level, "Ending run %s failed; it is tried again.", self.id, exc_info=error)

    def _end(self) -> None:
        try:
            if not self._is_lost:
                self.close("it was stopped")
                self.closing.until = 0
                self._drain(self.store.now())
        finally:
            self._is_hurried = True
            self.succeeded = self.undo.run() and self.succeeded
            if not self.succeeded:
                logger.warning("Run %s left that behind; 'mephisto clean %s' tries again.", self.id, self.id)
        self.tally.flush()
        self.tally.tell_errors()
        if not self._is_lost:
            UploadFolder(self.store).drop_unused(self.terms.run_id)
            target, now = RunStatus.FAILED if self.failed else RunStatus.ENDED, self.store.now()
            self._write(lambda connection: runs.move(connection, self.terms.run_id, target, ended_at=now))
            self._say_how_it_ended()
        self.log.close()
        self.ended.set()
        self.changed.set()

    def _is_another_processes(self) -> bool:
        """Say whether another process took this one for dead; if so, offer nothing and write nothing any more."""
        if self._is_lost:
            return True
        with self.store.read() as connection:
            if self.turn.is_held(connection, RoleName.CLOCK):
                return False
        logger.error(
            "Another process took this one for dead, and has ended run %s or goes on with it. "
            "This one leaves it; its answers are kept.",
            self.id,
        )
        self.reason = "another process took it over"
        self.succeeded, self._is_lost, self._is_drained, self._is_hurried = False, True, True, True
        self.closing.until = 0
        self.feeder.stop()
        return True

    def _write(self, job: Job[Result]) -> Result:
        return self.store.write(self.turn.guarded(RoleName.CLOCK, job))

    def _forgive_jump(self, now: int) -> None:
        """Let time of which nobody had the use count against no one."""
        gap = self.jumps.gap(now)
        if not gap:
            return
        logger.warning("The clock jumped forward by %s; deadlines move, and a little more.", span_text(gap))
        more = gap + GIFT_SECONDS * SECOND
        self._write(lambda connection: offering.extend(connection, self.terms.run_id, more))
        self.reasons.forgive(gap, now)
        self.jumps.forgiven(gap)  # after the write: one that fails is made up for by the next look

    def _end_overdue(self, now: int) -> None:
        def job(connection: Connection) -> list[int]:
            ended = offering.time_out(
                connection, self.store.ids, self.terms.run_id, now, heard=self.terms.heard
            )
            drafts.make_partial(connection, ended, now)
            return ended

        for agent_id in self._write(job):
            logger.info("Agent %s has run out of time; its unit is free again.", agent_id)

    def _drain(self, now: int) -> None:
        """End what is held once nobody works, or the grace is over."""
        with self.store.read() as connection:
            at_work = runs.at_work(connection, self.terms.run_id)
        if at_work and self.closing.waits(self.store.time.steady()):
            return

        def job(connection: Connection) -> int:
            offering.withdraw(connection, self.terms.run_id)
            ended = offering.expire(
                connection, self.store.ids, self.terms.run_id, now, heard=self.terms.heard
            )
            drafts.make_partial(connection, ended, now)
            return len(ended)

        if cut_off := self._write(job):
            logger.info("%s ended without an answer.", there_are(cut_off, "attempt", ("has", "have")))
        self._tell_listeners()
        self._is_drained = True

    def _is_heard(self, now: int) -> bool:
        """Say whether each page that submitted has its receipt or was waited for, and callbacks were told."""
        since = now - LINGER_SECONDS * SECOND
        with self.store.read() as connection:
            waiting = runs.unconfirmed(connection, self.terms.run_id, since, now)
        return not waiting and not (self.listening and self.listening.is_busy())

    def _tell_listeners(self) -> None:
        if self.listening:
            self.listening.look()

    def _say_how_it_ended(self) -> None:
        counts = self.counts()
        logger.info(
            "Run %s has ended: %s. %d of %d units are done; the answers are in %s.",
            self.id,
            self.reason,
            counts.done,
            counts.total,
            self.store.path,
        )
