"""A launch: what is known is said, the run begins, and is opened; what fails on its way is undone."""

import logging
import shutil
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from mephisto.composing.options import remarks
from mephisto.data_model.database import LocalMephistoDB
from mephisto.errors import LaunchError, MephistoError
from mephisto.operations.creating import NewRun
from mephisto.operations.live_run import LiveRun
from mephisto.operations.opening import Begun, Opening
from mephisto.operations.plan import Plan
from mephisto.operations.resuming import ResumedRun
from mephisto.operations.run_log import run_log
from mephisto.operations.undo import Undo
from mephisto.store.rows import AnyRow

logger = logging.getLogger(__name__)


class Start(Protocol):
    """How a run begins: it is made, or gone on with."""

    id: int

    def announcement(self) -> str: ...
    def begin(self, undo: Undo) -> Begun: ...
    def keep_failure(self, reason: str) -> bool: ...


class Launcher:
    """Launches runs in one process; `changed` is set whenever one of them should be looked at."""

    def __init__(self, db: LocalMephistoDB, process_id: int, changed: threading.Event) -> None:
        self._store = db.store
        self._process_id = process_id
        self._opening = Opening(db, changed)
        self._launches = 0

    def launch(self, plan: Plan, run_id: int | None = None) -> LiveRun:
        """Bring a plan to life, under *run_id* if one is given.

        Raises `LaunchError`, or what a plugin raised, after undoing what was done.
        """
        self._launches += 1
        new_id = run_id or self._store.ids.new()
        return self._bring_up(plan, NewRun(self._store, plan, new_id, self._process_id, self._launches))

    def go_on(self, plan: Plan, run: AnyRow) -> LiveRun:
        """Go on with *run*, which was found to be incomplete, as *plan* has it; raises as `launch` does."""
        self._launches += 1
        return self._bring_up(plan, ResumedRun(self._store, plan, run, self._process_id, self._launches))

    def _bring_up(self, plan: Plan, start: Start) -> LiveRun:
        directory, undo = self._store.directory / "runs" / str(start.id), Undo()
        log = ExitStack()
        log_path = log.enter_context(run_log(directory))
        try:
            _say_what_is_known(plan, start, self._store.directory, log_path)
            return self._opening.open(plan, start.begin(undo), directory, undo, log)
        except BaseException as error:
            is_undone = undo.run()
            if start.keep_failure(f"{type(error).__name__}: {error}"):
                shutil.rmtree(directory / "site", ignore_errors=True)
                logger.warning(
                    "Run %s failed on its way. What it had done %s; it is kept as failed.",
                    start.id,
                    "was undone"
                    if is_undone
                    else f"was undone as far as possible, see above: 'mephisto clean {start.id}' tries the rest again",
                )
            logger.debug("Where it happened:", exc_info=error)
            log.close()
            if isinstance(error, MephistoError) or not isinstance(error, Exception):
                raise
            raise LaunchError(
                f"Launching {plan.task_name!r} failed.",
                f"{type(error).__name__}: {error}",
                "What it had done was undone. The traceback is shown with --debug.",
            ) from error


def _say_what_is_known(plan: Plan, start: Start, directory: Path, log: Path) -> None:
    for config in (plan.blueprint, plan.architect, plan.provider):
        for remark in remarks(config):
            logger.info(remark)
    if not plan.task.task_name:
        logger.warning(
            "mephisto.task.task_name is not set; limits and reviews go by %r, the blueprint's name.",
            plan.task_name,
        )
    logger.info(start.announcement())
    logger.info("Requester: %s, with the provider %s", plan.account, plan.names["provider"])
    for asked in plan.shared_state.qualifications:
        others = asked.get("applicable_providers")
        if others and plan.names["provider"] not in others:
            logger.info(
                "Not asked for in this run: %s, which is for workers of %s.",
                asked["qualification_name"],
                ", ".join(others),
            )
    logger.info("Data directory: %s", directory)
    logger.info("Log file: %s", log)
