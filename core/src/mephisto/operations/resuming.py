"""Going on with a run that its process left: which one, what it may not be asked for, and how it is taken up."""

import logging
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from mephisto.errors import ConfigError, LaunchError, MephistoError
from mephisto.instants import SECOND, local_text
from mephisto.operations.closing import ALL_DONE, NO_ROWS, NOTHING_LEFT, is_work_left
from mephisto.operations.creating import launched_by, launched_with, make_qualifications
from mephisto.operations.feeder import Feeder
from mephisto.operations.known_rows import KnownRows
from mephisto.operations.left_behind import refuse_if_alive, take_down
from mephisto.operations.live_run import GIFT_SECONDS
from mephisto.operations.opening import Begun
from mephisto.operations.plan import Plan, prepare
from mephisto.operations.undo import Undo
from mephisto.plugins import is_sandbox
from mephisto.shared_state import SharedTaskState
from mephisto.status import UNFINISHED_RUNS, RunStatus
from mephisto.store import Store, events, resuming, runs
from mephisto.store.processes import SILENCE_SECONDS
from mephisto.store.roles import RoleName, Turn
from mephisto.store.rows import AnyRow

logger = logging.getLogger(__name__)

#: How long the rows that are there are compared with their source before anything is written.
COMPARING_SECONDS: Final = 5
_LAUNCH_ANEW: Final = "launch anew, without mephisto.task.resume_incomplete_run"


def incomplete(store: Store, run_id: int, *, heard: bool) -> AnyRow:
    """Return a run that can be gone on with; raise `MephistoError` if a process works on it, or nothing is left of it.

    One that was killed after its last answer is not at its end. *heard* says that there is a script to tell what happened.
    """
    with store.read() as connection:
        run = runs.launched(connection, run_id)
        is_left = (
            run.status in UNFINISHED_RUNS
            or is_work_left(connection, run)
            or (heard and events.is_waiting(connection, run_id))
        )
    refuse_if_alive(run, store.now(), "Stop it there, with Ctrl-C; after that it can be gone on with.")
    if not is_left:
        why = run.end_reason if run.end_reason in {*NOTHING_LEFT, NO_ROWS} else ALL_DONE
        raise LaunchError(
            f"Run {run_id} is complete.", f"{why.capitalize()}.", "Launch anew to have more work done."
        )
    return run


def newest_incomplete(store: Store, plan: Plan, own: Collection[int]) -> AnyRow | None:
    """Return the newest run of the task of *plan*, as `incomplete` does, if it can be gone on with.

    None, with a line in the log, if not. Those that this process works on, *own*, are passed over.
    """
    with store.read() as connection:
        run_id = runs.newest(connection, plan.task_name, own)
    try:
        if run_id is not None:
            return incomplete(store, run_id, heard=plan.is_set("on_unit_submitted"))
        why = f"This task has no {'other run' if own else 'run yet'}."
    except MephistoError as refused:
        why = f"{refused.problem.what} {refused.problem.why}"
    logger.info("%s There is nothing to go on with: this launch starts anew.", why)
    return None


def prepare_again(run: AnyRow, shared_state: SharedTaskState | None, store: Store) -> Plan:
    """Settle and check the configuration that *run* was launched with, as `prepare` does."""
    return prepare(run.config, shared_state, store, Path(run.working_directory))


def described(store: Store, run: AnyRow) -> str:
    """Say which run this is, and how far it is."""
    with store.read() as connection:
        counts = runs.counts(connection, run.id)
    return (
        f"run {run.id}, launched {local_text(run.created_at)}: {counts.done} of {counts.total} units are done"
    )


def known_rows(store: Store, run: AnyRow) -> KnownRows:
    """Return the rows of data that a run has."""
    with store.read() as connection:
        frontier = resuming.frontier(connection, run)
    return KnownRows(store, run.id, run.source_position, frontier)


def are_units_back(run: AnyRow) -> bool:
    """Say whether the end of a run took back units, which are offered again once it is gone on with."""
    return run.end_reason not in {"", *NOTHING_LEFT}


def fitted(plan: Plan, run: AnyRow) -> Plan:
    """Return *plan* for going on with *run*; raise `ConfigError` if it asks for what cannot be changed."""
    if plan.provider.requester_name is None:
        plan = replace(plan, account=run.requester)  # and not the newest account, which may be another by now
    for what, before, now in _fixed(plan, run):
        if before != now:
            raise ConfigError(
                f"Run {run.id} cannot go on with another {what}.",
                f"It was launched with {before!r}, and is to go on with {now!r}.",
                f"Choose {before!r} again, or {_LAUNCH_ANEW}.",
            )
    return plan


def _fixed(plan: Plan, run: AnyRow) -> Iterator[tuple[str, str, str]]:
    yield "blueprint", run.blueprint, plan.names["blueprint"]
    yield "provider", run.provider, plan.names["provider"]
    yield "requester", run.requester, plan.account
    kinds = {True: "rehearsed work", False: "paid work"}
    yield "kind of work", kinds[run.sandbox], kinds[is_sandbox(plan.names["provider"])]


class ResumedRun:
    """A run that is gone on with, as the launch number *launch_number* of the process *process_id*.

    *plan* is fitted to it, and *run* is as it was when nobody worked on it.
    """

    def __init__(self, store: Store, plan: Plan, run: AnyRow, process_id: int, launch_number: int) -> None:
        self.id: int = run.id
        self._store = store
        self._plan = plan
        self._run = run
        self._process_id = process_id
        self._launch_number = launch_number

    def announcement(self) -> str:
        """Say which run goes on, and how far it is."""
        return f"Going on with {described(self._store, self._run)}."

    def begin(self, undo: Undo) -> Begun:
        """Compare the rows that are there with their source, take the run up, and take down what its process had put up.

        What is wrong with the rows is raised before anything is written.
        """
        feeder = self._feeder()
        undo.add("stop reading the task data", feeder.stop)
        feeder.start()
        feeder.compare(COMPARING_SECONDS)
        turn = self._take_up()
        take_down(self._run)
        # Not before: who cleans up after a process that died meanwhile needs to know what is up, and of which architect.
        settings = launched_with(self._plan)
        self._store.write(
            turn.guarded(
                RoleName.CLOCK, lambda connection: runs.note_taken_down(connection, self.id, settings)
            )
        )
        return Begun(self._run.task_id, turn, feeder)

    def keep_failure(self, reason: str) -> bool:
        """Mark the run as failed with all that is left of it; False if it is not this launch's."""
        now = self._store.now()

        def job(connection: Connection) -> bool:
            run = runs.launched(connection, self.id)
            # Another call of this process may have been quicker.
            is_mine = (run.process_id, run.launch_number) == (self._process_id, self._launch_number)
            return is_mine and runs.move(
                connection, self.id, RunStatus.FAILED, end_reason=reason, ended_at=now
            )

        return self._store.write(job)

    def _feeder(self) -> Feeder:
        plan = self._plan
        source = plan.use.ask(
            plan.use.hooks.blueprint_tasks, config=plan.blueprint, shared_state=plan.shared_state
        )
        known, window = known_rows(self._store, self._run), plan.task.max_num_concurrent_units
        return Feeder(self._store, self.id, source, plan.pay_cents, window, known)

    def _take_up(self) -> Turn:
        plan, run, now = self._plan, self._run, self._store.now()
        unserved = max(0, now - (run.alive_until - SILENCE_SECONDS * SECOND))

        def job(connection: Connection) -> Turn | None:
            turn = resuming.take_up(
                connection,
                self._store.ids,
                run,
                launched_by(self._process_id, self._launch_number, now),
                heard=plan.is_set("on_unit_submitted"),
                window=plan.task.max_num_concurrent_units,
                taken_back=are_units_back(run),
                more=unserved + GIFT_SECONDS * SECOND,
            )
            if turn is not None:
                make_qualifications(connection, self._store, plan, now)
            return turn

        turn = self._store.write(job)
        if turn is None:
            raise LaunchError(
                f"Run {run.id} is another process's by now.",
                "Another process went on with it, or ended it, at the same time.",
                "'mephisto run' tells what it is about now.",
            )
        return turn
