"""The operator: launches task runs, watches them until they end, and takes down what they put up."""

import logging
import reprlib
import threading
from collections.abc import Callable, Collection
from typing import Any, Final

from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.objects import TaskRun
from mephisto.errors import ConfigError, LaunchError, MephistoError
from mephisto.operations import resuming
from mephisto.operations.clock import Clock
from mephisto.operations.collecting import look_at_everything
from mephisto.operations.interruption import counted_interruptions, raised_interruptions
from mephisto.operations.launch import Launcher
from mephisto.operations.live_run import LiveRun
from mephisto.operations.plan import Plan, prepare, task_name_of
from mephisto.operations.telling import line, shown, telling
from mephisto.operations.uploads import UploadFolder
from mephisto.outbox.sending import Sending
from mephisto.outbox.words import HOW_ON, sentences
from mephisto.shared_state import SharedTaskState, is_set
from mephisto.status import OPEN_ACTIONS
from mephisto.store import outbox, processes
from mephisto.store.rows import AnyRow

logger = logging.getLogger(__name__)

FAILED: Final = 1
INTERRUPTED: Final = 130
#: How often waiting looks up to tell how runs stand.
LOOK_SECONDS: Final = 0.5


class Operator:
    """One for a process and a database: what run scripts launch with and wait on."""

    def __init__(self, db: LocalMephistoDB, *, first_run_id: int | None = None) -> None:
        """Work on *db*; the first run is created as *first_run_id*, if one is given."""
        self.db = db
        self._store = db.store
        self._first_run_id = first_run_id
        self._runs: dict[str, LiveRun] = {}
        self._failure = 0
        self._is_interrupted = False
        self._is_abandoned = False
        self._is_shut_down = False
        self._changed = threading.Event()
        self._launcher: Launcher | None = None
        self._clock: Clock | None = None
        self._sending = Sending(db.store, db.outbox)

    @property
    def exit_status(self) -> int:
        """What the process should end with: 0 done, 1 failed, 2 refused as it was configured, 130 interrupted with work left."""
        if self._failure:
            return self._failure
        if any(run.failed for run in self._runs.values()):
            return FAILED
        left = any(run.counts().expired or not run.ended.is_set() for run in self._runs.values())
        return INTERRUPTED if self._is_interrupted and left else 0

    def launch_task_run(self, run_config: Any, shared_state: SharedTaskState | None = None) -> str | None:
        """Launch and return the run's id; if that fails, show why and return None, as scripts expect.

        With `mephisto.task.resume_incomplete_run`, it goes on with the newest run of the task on which it does not work
        already, if that one's process is gone and it has work left.
        """
        return _or_none(lambda: self.launch_task_run_or_die(run_config, shared_state))

    def launch_task_run_or_die(self, run_config: Any, shared_state: SharedTaskState | None = None) -> str:
        """Launch and return the run's id, as `launch_task_run` does. Raises a `MephistoError` that says what is wrong."""

        def planned() -> tuple[Plan, AnyRow | None]:
            plan = prepare(run_config, shared_state, self._store)
            if not plan.task.resume_incomplete_run:
                return plan, None
            found = resuming.newest_incomplete(self._store, plan, self._own())
            return plan if found is None else resuming.fitted(plan, found), found

        return self._planned_and_brought_up(planned)

    def launch_from_incomplete_run(
        self, task_run: TaskRun | None, shared_state: SharedTaskState | None = None
    ) -> str | None:
        """Go on with a run that its process left, with the configuration that it was launched with; return its id.

        If that fails, as it does for a run that is alive or complete, show why and return None.
        """

        def planned() -> tuple[Plan, AnyRow]:
            listens = isinstance(shared_state, SharedTaskState) and is_set(shared_state, "on_unit_submitted")
            found = resuming.incomplete(self._store, self._id_of(task_run), heard=listens)
            return resuming.fitted(resuming.prepare_again(found, shared_state, self._store), found), found

        return _or_none(lambda: self._planned_and_brought_up(planned))

    def validate_and_run_config(
        self, run_config: Any, shared_state: SharedTaskState | None = None
    ) -> str | None:
        """Launch, under the name that older scripts call: see `launch_task_run`."""
        return self.launch_task_run(run_config, shared_state)

    def validate_and_run_config_or_die(
        self, run_config: Any, shared_state: SharedTaskState | None = None
    ) -> str:
        """Launch, under the name that older scripts call: see `launch_task_run_or_die`."""
        return self.launch_task_run_or_die(run_config, shared_state)

    def find_previous_task_run(self, run_config: Any) -> TaskRun | None:
        """Return the newest run of the task that a configuration is for, also one that goes on; None if there is none.

        Raises `MephistoError` for a configuration that names neither a task nor a blueprint.
        """
        found = self.db.find_tasks(task_name_of(run_config))
        runs = found[0].get_runs() if found else []
        return runs[-1] if runs else None

    def get_running_task_runs(self) -> dict[str, LiveRun]:
        """Return the runs that have not ended, by id."""
        return {run_id: run for run_id, run in list(self._runs.items()) if not run.ended.is_set()}

    def wait_for_runs_then_shutdown(self, skip_input: bool = False, log_rate: float | None = None) -> None:  # noqa: ARG002 - there never is a question to skip
        """Wait until all runs have ended, telling how they stand, in lines every *log_rate* seconds; then shut down.

        Asked to stop, runs offer nothing more, and those at work may finish; asked again, the step in progress is skipped.
        """
        with counted_interruptions() as asked, telling(log_rate) as begun:
            heard, display = 0, begun
            while (running := self._running()) and not self._is_abandoned:
                running[0].ended.wait(LOOK_SECONDS)
                while heard < asked.count:
                    heard += 1
                    self._interrupt(running)
                display = shown(display, [run for run in running if not run.ended.is_set()])
        if not self._is_abandoned:
            self.shutdown()

    def stop(self) -> None:
        """End all runs as a request to stop does while they are waited for: those at work may finish."""
        self._interrupt(self._running())
        self.wait_for_runs_then_shutdown()

    def print_run_details(self) -> None:
        """Tell in one line for each run how it stands."""
        for run in self._running():
            logger.info("Operator running task ID = %s: %s, %s", run.id, line(run.look()), run.url)

    def shutdown(self, skip_input: bool = True) -> None:  # noqa: ARG002 - as in wait_for_runs_then_shutdown
        """End all runs orderly, and the clock; safe to call twice."""
        self._is_shut_down = True
        if self._is_abandoned:
            return
        if self._clock:
            self._clock.stop()
        for run in self._running():
            try:
                run.end()
            except Exception:
                self._failure = FAILED
                logger.exception("Ending run %s failed.", run.id)
        if self._launcher:
            look_at_everything()
            self._sending.stop()
            with counted_interruptions():
                self._say_what_is_open()

    def force_shutdown(self, timeout: float = 5) -> None:
        """End all runs, waiting no longer than *timeout* seconds for it."""
        for run in self._running():
            run.hurry()
        ending = threading.Thread(target=self.shutdown, daemon=True)
        ending.start()
        ending.join(timeout)
        if ending.is_alive():
            logger.warning("Shutting down takes longer than %.0f s and was left behind.", timeout)

    def _planned_and_brought_up(self, planned: Callable[[], tuple[Plan, AnyRow | None]]) -> str:
        try:
            self._refuse_if_shut_down()
            with raised_interruptions():
                return self._brought_up(*planned())
        except BaseException as error:
            self._failure = error.exit_status if isinstance(error, MephistoError) else FAILED
            raise

    def _brought_up(self, plan: Plan, before: AnyRow | None) -> str:
        """Launch *plan*, or go on with the run *before* as it has it; return the run's id."""
        launcher = self._begun()
        if before is not None:
            run = launcher.go_on(plan, before)
        else:
            run_id, self._first_run_id = self._first_run_id, None
            run = launcher.launch(plan, run_id)
        self._runs[run.id] = run
        self._changed.set()
        return run.id

    def _own(self) -> Collection[int]:
        """Return the ids of the runs that this operator works on."""
        return [run.terms.run_id for run in self._running()]

    def _id_of(self, task_run: TaskRun | None) -> int:
        if not isinstance(task_run, TaskRun):
            raise ConfigError(
                "There is no run to go on with.",
                f"What was handed over is {reprlib.repr(task_run)}, and no TaskRun.",
                "operator.find_previous_task_run(cfg.mephisto) returns the newest run of a task, and None if it has none.",
            )
        return int(TaskRun(self.db, task_run.db_id).db_id)

    def _refuse_if_shut_down(self) -> None:
        if self._is_shut_down:
            raise LaunchError("This operator was shut down.", "", "Make a new one to launch with.")

    def _begun(self) -> Launcher:
        """Return what launches. It is made, and this process begins its work, once there is something to launch."""
        if self._launcher is None:
            new_id, now = self._store.ids.new(), self._store.now()
            process_id = self._store.write(lambda connection: processes.register(connection, new_id, now))
            UploadFolder(self._store).sweep()
            self._clock = Clock(self._store, process_id, self._changed, self._running)
            self._clock.start()
            self._sending.start()
            self._launcher = Launcher(self.db, process_id, self._changed)
        return self._launcher

    def _say_what_is_open(self) -> None:
        with self._store.read() as connection:
            left = [row for row in outbox.unsettled(connection) if row.state in OPEN_ACTIONS]
        if left:
            logger.warning(
                "Not done by the provider yet, and tried again when a run or a review begins:\n%s",
                "\n".join([*sentences(left), HOW_ON]),
            )

    def _running(self) -> list[LiveRun]:
        return list(self.get_running_task_runs().values())

    def _interrupt(self, running: list[LiveRun]) -> None:
        """Do what one more request to stop asks for."""
        if not self._is_interrupted:
            self._is_interrupted = True
            logger.warning("Stopping. Ask again (Ctrl-C) to skip what is being waited for.")
            for run in running:
                run.close("it was interrupted", run.plan.task.grace_time_in_seconds)
            return
        for run in running:
            step, left = run.step, "; ".join(run.undo.remaining)
            if run.ended.is_set():
                continue
            if run.hurry():
                logger.warning(
                    "Run %s: skipped: %s. Still to do: %s. Should this process end before, 'mephisto clean %s' does it.",
                    run.id,
                    step,
                    left,
                    run.id,
                )
            else:
                self._is_abandoned = True
                logger.warning(
                    "Run %s: left behind, not done: %s. 'mephisto clean %s' does it.",
                    run.id,
                    left,
                    run.id,
                )


def _or_none(launch: Callable[[], str]) -> str | None:
    try:
        return launch()
    except MephistoError as error:
        logger.error("The task was not launched.\n%s", error)
        logger.debug("Where it happened:", exc_info=error)
        return None
