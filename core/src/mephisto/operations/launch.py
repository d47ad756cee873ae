"""A launch: create the rows, build the site, deploy it, feed it, open it. Each step registers its undo."""

import logging
import shutil
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from mephisto.composing.options import remarks
from mephisto.counting import there_are
from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.objects import TaskRun
from mephisto.effects import Deployed
from mephisto.errors import LaunchError, MephistoError
from mephisto.instants import SECOND, local_text
from mephisto.operations.building import build_site
from mephisto.operations.clock_jumps import ClockJumps
from mephisto.operations.closing import ReasonsToClose
from mephisto.operations.collecting import leave_out_what_is_there
from mephisto.operations.desk import set_up
from mephisto.operations.desk.standing import Closing, Standing
from mephisto.operations.feeder import Feeder
from mephisto.operations.listening import Listening
from mephisto.operations.live_run import LiveRun
from mephisto.operations.one_core import share_one_core
from mephisto.operations.plan import Plan
from mephisto.operations.run_log import run_log
from mephisto.operations.script_identity import script_identity
from mephisto.operations.tally import Tally
from mephisto.operations.undo import Undo
from mephisto.plugins import is_sandbox
from mephisto.status import RunStatus
from mephisto.store import offering, people, qualifications, roles, runs
from mephisto.store.admission import Terms, extra_terms
from mephisto.store.processes import SILENCE_SECONDS, is_alive
from mephisto.store.roles import RoleName, Turn
from mephisto.store.rows import AnyRow
from mephisto.views import RunView
from mephisto.web.site import PUBLIC_FOLDER

logger = logging.getLogger(__name__)

#: How long opening waits for the first rows of data; a slow source may bring them later.
FIRST_ROWS_SECONDS: Final = 5
FLUSH_SECONDS: Final = 0.05


class Launcher:
    """Launches runs in one process; `changed` is set whenever one of them should be looked at."""

    def __init__(self, db: LocalMephistoDB, process_id: int, changed: threading.Event) -> None:
        self._db = db
        self._store = db.store
        self._process_id = process_id
        self._changed = changed
        self._launches = 0

    def launch(self, plan: Plan, run_id: int | None = None) -> LiveRun:
        """Bring a plan to life, under *run_id* if one is given.

        Raises `LaunchError`, or what a plugin raised, after undoing what was done.
        """
        self._launches += 1
        run_id = run_id or self._store.ids.new()
        directory, undo = self._store.directory / "runs" / str(run_id), Undo()
        log = ExitStack()
        log_path = log.enter_context(run_log(directory))
        try:
            _say_what_is_known(plan, self._store.directory, log_path)
            terms, turn = self._create(plan, run_id)
            return self._open(plan, terms, turn, directory, undo, log)
        except BaseException as error:
            is_undone = undo.run()
            shutil.rmtree(directory / "site", ignore_errors=True)
            if self._write_failure(run_id, error):
                logger.warning(
                    "Run %s failed on its way. What it had done %s; it is kept as failed.",
                    run_id,
                    "was undone"
                    if is_undone
                    else f"was undone as far as possible, see above: 'mephisto clean {run_id}' tries the rest again",
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

    def _create(self, plan: Plan, run_id: int) -> tuple[Terms, Turn]:
        now = self._store.now()
        heard = plan.is_set("on_unit_submitted")
        dead = self._dead_runs(plan.task_name, now)

        def job(connection: Connection) -> tuple[int, Turn]:
            task = runs.task_id(
                connection, self._store.ids.new(), plan.task_name, plan.names["blueprint"], now
            )
            for run in dead:
                runs.move(connection, run.id, RunStatus.DIED, ended_at=now)
                roles.take_away(connection, run.id)
            for name in plan.qualification_names:
                qualifications.qualification_id(connection, self._store.ids.new(), name, "", now)
            requester = people.requester_id(
                connection, self._store.ids.new(), plan.names["provider"], plan.account, now
            )
            runs.add(connection, self._row(plan, run_id, task, requester, now))
            return task, roles.begin(connection, self._store.ids, run_id, self._process_id, heard=heard)

        task_id, turn = self._store.write(job)
        terms = Terms(
            run_id=run_id,
            task_id=task_id,
            provider=plan.names["provider"],
            duration=plan.task.assignment_duration_in_seconds * SECOND,
            allowed_concurrent=plan.task.allowed_concurrent,
            maximum_units=plan.task.maximum_units_per_worker,
            window=plan.task.max_num_concurrent_units,
            heard=heard,
            desk_fence=turn.fences[RoleName.DESK],
            block_qualification=plan.blueprint.block_qualification or None,
            onboarding_qualification=plan.onboarding_qualification,
            requirements=plan.requirements,
            extra=extra_terms(vars(plan.blueprint)),
        )
        return terms, turn

    def _dead_runs(self, task_name: str, now: int) -> list[AnyRow]:
        """List the runs of this task whose process died, and say where their answers are."""
        with self._store.read() as connection:
            dead = [run for run in runs.unfinished(connection, task_name) if not is_alive(run, now)]
            for run in dead:
                logger.warning(
                    "Run %s of this task, launched %s, died. This launch starts anew; %s kept in %s.",
                    run.id,
                    local_text(run.created_at),
                    there_are(runs.answers(connection, run.id), "answer"),
                    self._store.path,
                )
        return dead

    def _row(self, plan: Plan, run_id: int, task: int, requester: int, now: int) -> dict[str, Any]:
        return {
            "id": run_id,
            "task_id": task,
            "requester_id": requester,
            "process_id": self._process_id,
            "sandbox": is_sandbox(plan.names["provider"]),
            "config": dict(plan.config),
            "onboarding_data": plan.onboarding_data,
            "launch_number": self._launches,
            "created_at": now,
            "alive_until": now + SILENCE_SECONDS * SECOND,
            **plan.names,
            **asdict(script_identity()),
        }

    def _open(
        self, plan: Plan, terms: Terms, turn: Turn, directory: Path, undo: Undo, log: ExitStack
    ) -> LiveRun:
        use = plan.use
        built = build_site(plan, directory / "site")
        listening = Listening(self._db, turn, plan.shared_state) if terms.heard else None
        if listening:
            undo.add("stop telling callbacks", listening.stop)
            listening.start()
        tally = Tally(self._store, terms.run_id, directory / "site" / PUBLIC_FOLDER)
        closing = Closing()
        standing = Standing(self._store, terms.run_id, closing)
        desk = set_up(self._db, plan, terms, built, tally, standing, listening, self._changed.set)
        state: dict[str, Any] = {}
        # Before deploying: an interruption in the middle of it must not leave behind what is up by then.
        undo.add(
            "take down the server",
            partial(use.command, use.hooks.architect_shutdown, config=plan.architect, state=state),
        )
        others = set(threading.enumerate())
        deployed = use.ask(
            use.hooks.architect_deploy, config=plan.architect, site=directory / "site", desk=desk
        )
        share_one_core({*threading.enumerate()} - others | {self._store.writing})
        state.update(deployed.state)
        self._write_deployed(terms.run_id, deployed)
        source = use.ask(use.hooks.blueprint_tasks, config=plan.blueprint, shared_state=plan.shared_state)
        feeder = Feeder(self._store, turn, source, plan.pay_cents, terms.window)
        undo.add("stop reading the task data", feeder.stop)
        feeder.start()
        _wait_for_first_rows(feeder)
        view = RunView(str(terms.run_id), plan.task_name, plan.task.task_title)
        links = use.ask_all(use.hooks.provider_links, config=plan.provider, run=view, url=deployed.url)
        self._store.write(lambda connection: runs.move(connection, terms.run_id, RunStatus.LIVE))
        leave_out_what_is_there()
        for link in links:
            logger.info("%s: %s", link.label, link.url)
        return LiveRun(
            task_run=TaskRun(self._db, str(terms.run_id)),
            qualifications=plan.shared_state.qualifications,
            store=self._store,
            plan=plan,
            terms=terms,
            turn=turn,
            url=deployed.url,
            directory=directory,
            feeder=feeder,
            tally=tally,
            undo=undo,
            log=log,
            closing=closing,
            jumps=ClockJumps(self._store.time),
            changed=self._changed,
            reasons=ReasonsToClose(self._store, terms.run_id, plan.task),
            listening=listening,
        )

    def _write_deployed(self, run_id: int, deployed: Deployed) -> None:
        """Note at once what is up: whoever cleans up after this process needs it."""
        state = dict(deployed.state)
        self._store.write(lambda connection: runs.note_deployed(connection, run_id, deployed.url, state))

    def _write_failure(self, run_id: int, error: BaseException) -> bool:
        """Mark a run as failed; False if its row was not made yet."""
        reason, now = f"{type(error).__name__}: {error}", self._store.now()

        def job(connection: Connection) -> bool:
            offering.withdraw(connection, run_id)
            return runs.move(connection, run_id, RunStatus.FAILED, end_reason=reason, ended_at=now)

        return self._store.write(job)


def _wait_for_first_rows(feeder: Feeder) -> None:
    deadline = time.monotonic() + FIRST_ROWS_SECONDS
    while not feeder.first.wait(FLUSH_SECONDS) and time.monotonic() < deadline:
        feeder.flush()


def _say_what_is_known(plan: Plan, directory: Path, log: Path) -> None:
    for config in (plan.blueprint, plan.architect, plan.provider):
        for remark in remarks(config):
            logger.info(remark)
    if not plan.task.task_name:
        logger.warning(
            "mephisto.task.task_name is not set; limits and reviews go by %r, the blueprint's name.",
            plan.task_name,
        )
    logger.info("Creating a task run under task name: %s", plan.task_name)
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
