"""The operator: launches task runs, watches them until they end, and takes down what they put up."""

import logging
import threading
import time
from typing import Any, Final

from mephisto.data_model.database import LocalMephistoDB
from mephisto.errors import LaunchError, MephistoError
from mephisto.instants import SECOND
from mephisto.operations.launch import Launcher
from mephisto.operations.live_run import LiveRun
from mephisto.operations.plan import prepare
from mephisto.operations.processes import HEARTBEAT_SECONDS, beat, register
from mephisto.shared_state import SharedTaskState

logger = logging.getLogger(__name__)

#: How long the clock sleeps when nothing wakes it.
TICK_SECONDS: Final = 0.25
#: How long it sleeps in any case, so that a busy run is not looked at after each answer.
PAUSE_SECONDS: Final = 0.05
#: Smaller differences between the two clocks are their usual adjustments.
JUMP_SECONDS: Final = 5


class Operator:
    """One for a process and a database. Its clock only reads rows, decides, and writes what follows."""

    def __init__(self, db: LocalMephistoDB, *, first_run_id: int | None = None) -> None:
        """Work on *db*; the first run is created as *first_run_id*, if one is given."""
        self.db = db
        self.launch_failed = False
        self._store = db.store
        self._first_run_id = first_run_id
        self._runs: dict[str, LiveRun] = {}
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._process_id = register(self._store)
        self._launcher = Launcher(db, self._process_id, self._changed)
        self._clock = threading.Thread(target=self._run_clock, name="mephisto-clock", daemon=True)
        self._clock.start()

    def launch_task_run(self, run_config: Any, shared_state: SharedTaskState | None = None) -> str | None:
        """Launch and return the run's id; if that fails, show why and return None, as scripts expect."""
        try:
            return self.launch_task_run_or_die(run_config, shared_state)
        except MephistoError as error:
            logger.error("The task was not launched.\n%s", error)
            logger.debug("Where it happened:", exc_info=error)
            return None

    def launch_task_run_or_die(self, run_config: Any, shared_state: SharedTaskState | None = None) -> str:
        """Launch and return the run's id. Raises a `MephistoError` that says what is wrong."""
        if self._stopping.is_set():
            raise LaunchError("This operator was shut down.", "", "Make a new one to launch with.")
        try:
            run_id, self._first_run_id = self._first_run_id, None
            run = self._launcher.launch(prepare(run_config, shared_state), run_id)
        except BaseException:
            self.launch_failed = True
            raise
        self._runs[run.id] = run
        self._changed.set()
        return run.id

    def get_running_task_runs(self) -> dict[str, LiveRun]:
        """Return the runs that have not ended, by id."""
        return {run_id: run for run_id, run in list(self._runs.items()) if not run.ended.is_set()}

    def wait_for_runs_then_shutdown(self, skip_input: bool = False, log_rate: float | None = None) -> None:  # noqa: ARG002 - there never is a question to skip
        """Wait until all runs have ended, telling every *log_rate* seconds how they stand; then shut down.

        Ctrl-C ends the runs orderly.
        """
        told = time.monotonic()
        try:
            while running := self.get_running_task_runs():
                for run in running.values():
                    run.ended.wait(TICK_SECONDS)
                if log_rate is not None and time.monotonic() - told >= log_rate:
                    told = time.monotonic()
                    self.print_run_details()
        except KeyboardInterrupt:
            logger.warning("Interrupted: the runs are being closed. Answers that have arrived are kept.")
            raise
        finally:
            self.shutdown()

    def print_run_details(self) -> None:
        """Tell in one line for each run how it stands."""
        for run in self.get_running_task_runs().values():
            counts = run.counts()
            logger.info(
                "Operator running task ID = %s: %d units done, %d at work, %d left, %s",
                run.id,
                counts.done,
                counts.assigned,
                counts.created + counts.launched,
                run.url,
            )

    def shutdown(self, skip_input: bool = True) -> None:  # noqa: ARG002 - as in wait_for_runs_then_shutdown
        """End all runs orderly, and the clock; safe to call twice."""
        self._stopping.set()
        self._changed.set()
        self._clock.join()
        for run in self.get_running_task_runs().values():
            self._end(run)

    def force_shutdown(self, timeout: float = 5) -> None:
        """End all runs, waiting no longer than *timeout* seconds for it."""
        ending = threading.Thread(target=self.shutdown, daemon=True)
        ending.start()
        ending.join(timeout)
        if ending.is_alive():
            logger.warning("Shutting down takes longer than %.0f s and was left behind.", timeout)

    def _run_clock(self) -> None:
        beaten, last = 0.0, self._lead()
        while not self._stopping.is_set():
            self._changed.wait(TICK_SECONDS)
            self._changed.clear()
            self._stopping.wait(PAUSE_SECONDS)
            if time.monotonic() - beaten >= HEARTBEAT_SECONDS:
                beaten = time.monotonic()
                beat(self._store, self._process_id)
            lead = self._lead()
            for run in self.get_running_task_runs().values():
                if lead - last > JUMP_SECONDS * SECOND:
                    logger.warning(
                        "The clock jumped forward; deadlines are moved by as much, and a little more."
                    )
                    run.skip(lead - last)
                self._tick(run)
            last = lead

    def _lead(self) -> int:
        """Return by how much people's clock is ahead of the steady one; it grows when the clock is set or sleeps."""
        return self._store.time.now() - self._store.time.steady()

    def _tick(self, run: LiveRun) -> None:
        try:
            run.tick()
        except Exception:
            # The clock outlives what one run's moment brings; the next one looks at the same rows again.
            logger.exception("Watching run %s failed; it is tried again.", run.id)
        if run.ended.is_set():
            self._say_how_it_ended(run)

    def _end(self, run: LiveRun) -> None:
        try:
            run.end()
        except MephistoError as error:
            logger.error("Run %s did not end cleanly.\n%s", run.id, error)
            logger.debug("Where it happened:", exc_info=error)
        self._say_how_it_ended(run)

    def _say_how_it_ended(self, run: LiveRun) -> None:
        if run.failed:
            self.launch_failed = True
        counts = run.counts()
        logger.info(
            "Run %s has ended: %s. %d of %d units are done; the answers are in %s.",
            run.id,
            run.reason,
            counts.done,
            counts.total,
            self._store.path,
        )
