"""The rows of a new run."""

import logging
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from mephisto.counting import there_are
from mephisto.instants import SECOND, local_text
from mephisto.operations.closing import is_work_left
from mephisto.operations.opening import Begun
from mephisto.operations.plan import Plan
from mephisto.operations.script_identity import script_identity
from mephisto.operations.undo import Undo
from mephisto.plugins import is_sandbox
from mephisto.status import RunStatus
from mephisto.store import Store, offering, people, qualifications, roles, runs
from mephisto.store.processes import SILENCE_SECONDS, is_alive
from mephisto.store.roles import Turn
from mephisto.store.rows import AnyRow

logger = logging.getLogger(__name__)


class NewRun:
    """A run that is made, as the launch number *launch_number* of the process *process_id*."""

    def __init__(self, store: Store, plan: Plan, run_id: int, process_id: int, launch_number: int) -> None:
        self.id = run_id
        self._store = store
        self._plan = plan
        self._process_id = process_id
        self._launch_number = launch_number

    def announcement(self) -> str:
        """Say which run begins."""
        return f"Creating a task run under task name: {self._plan.task_name}"

    def begin(self, _: Undo) -> Begun:
        """Make the run's row, and take its roles."""
        plan, ids, now = self._plan, self._store.ids, self._store.now()
        heard = plan.is_set("on_unit_submitted")
        dead = self._dead_runs(now)

        def job(connection: Connection) -> tuple[int, Turn]:
            task = runs.task_id(connection, ids.new(), plan.task_name, plan.names["blueprint"], now)
            for run in dead:
                if runs.is_as_seen(connection, run):
                    runs.move(connection, run.id, RunStatus.DIED, ended_at=now)
                    roles.take_away(connection, run.id)
            make_qualifications(connection, self._store, plan, now)
            provider = plan.names["provider"]
            requester = people.requester_id(connection, ids.new(), provider, plan.account, now)
            row = {
                "id": self.id,
                "task_id": task,
                "requester_id": requester,
                "blueprint": plan.names["blueprint"],
                "provider": provider,
                "sandbox": is_sandbox(provider),
                "created_at": now,
            }
            by = launched_by(self._process_id, self._launch_number, now)
            runs.add(connection, row | by | launched_with(plan))
            return task, roles.begin(connection, ids, self.id, self._process_id, heard=heard)

        return Begun(*self._store.write(job))

    def keep_failure(self, reason: str) -> bool:
        """Mark the run as failed; False if its row was not made yet."""
        now = self._store.now()

        def job(connection: Connection) -> bool:
            offering.withdraw(connection, self.id)
            return runs.move(connection, self.id, RunStatus.FAILED, end_reason=reason, ended_at=now)

        return self._store.write(job)

    def _dead_runs(self, now: int) -> list[AnyRow]:
        """List the runs of this task whose process died, and say where their answers are."""
        with self._store.read() as connection:
            unfinished = runs.unfinished(connection, self._plan.task_name)
            newest = runs.newest(connection, self._plan.task_name)
            dead = [run for run in unfinished if not is_alive(run, now)]
            for run in dead:
                if not is_work_left(connection, runs.launched(connection, run.id)):
                    on = "No work is left of it."
                elif run.id == newest:
                    on = (
                        "With mephisto.task.resume_incomplete_run=true it would have gone on with that run; "
                        "operator.launch_from_incomplete_run still does."
                    )
                else:
                    on = "operator.launch_from_incomplete_run goes on with it."
                logger.warning(
                    "Run %s of this task, launched %s, died. This launch starts anew; %s kept in %s. %s",
                    run.id,
                    local_text(run.created_at),
                    there_are(runs.answers(connection, run.id), "answer"),
                    self._store.path,
                    on,
                )
        return dead


def make_qualifications(connection: Connection, store: Store, plan: Plan, now: int) -> None:
    """Make the qualifications that a run speaks of, so that scripts find them."""
    for name in plan.qualification_names:
        qualifications.qualification_id(connection, store.ids.new(), name, "", now)


def launched_by(process_id: int, launch_number: int, now: int) -> dict[str, Any]:
    """Return what the row of a run holds about who launches it now."""
    return {
        "process_id": process_id,
        "launch_number": launch_number,
        "alive_until": now + SILENCE_SECONDS * SECOND,
    }


def launched_with(plan: Plan) -> dict[str, Any]:
    """Return what the row of a run holds about how it is launched."""
    return {
        "architect": plan.names["architect"],
        "config": dict(plan.config),
        "onboarding_data": plan.onboarding_data,
        **asdict(script_identity(plan.directory)),
    }
