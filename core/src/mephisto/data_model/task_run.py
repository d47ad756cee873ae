"""Task runs: the launches of a task."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from sqlalchemy import func, select

import mephisto.data_model.assignment as assignment_objects
import mephisto.data_model.requester as requester_objects
import mephisto.data_model.task as task_objects
import mephisto.data_model.unit as unit_objects
from mephisto.data_model.base import StoredObject
from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.model import task_runs, units
from mephisto.status import UNFINISHED_RUNS


class TaskRun(StoredObject):
    """One launch; `args` is its whole configuration."""

    subject = "task run"
    rows = select(
        task_runs.c.id,
        task_runs.c.task_id,
        task_runs.c.requester_id,
        task_runs.c.blueprint.label("task_type"),
        task_runs.c.provider.label("provider_type"),
        task_runs.c.config,
        task_runs.c.status.not_in(UNFINISHED_RUNS).label("is_completed"),
        task_runs.c.source_ended.label("assignments_generator_done"),
        task_runs.c.created_at.label("creation_date"),
    )

    task_id: str
    requester_id: str
    task_type: str
    provider_type: str
    config: dict[str, Any]
    is_completed: bool
    assignments_generator_done: bool
    creation_date: datetime

    @property
    def args(self) -> DictConfig:
        return OmegaConf.create(self.config)

    @property
    def start_time(self) -> str:
        return self.creation_date.isoformat(sep=" ")

    def get_task_args(self) -> DictConfig:
        """Return the options of `mephisto.task`."""
        options: DictConfig = self.args.task
        return options

    def get_task(self) -> task_objects.Task:
        return task_objects.Task(self.db, self.task_id)

    def get_requester(self) -> requester_objects.Requester:
        return requester_objects.Requester(self.db, self.requester_id)

    def get_assignments(self, status: str | None = None) -> list[assignment_objects.Assignment]:
        """List the assignments, those with *status* if one is given."""
        found = assignment_objects.Assignment.find(self.db, task_run_id=self.db_id)
        if status is None:
            return found
        statuses = assignment_objects.statuses_of_run(self.db, self.db_id)
        return [assignment for assignment in found if statuses[assignment.db_id] == status]

    def get_assignment_statuses(self) -> dict[str, int]:
        """Count the assignments of each status."""
        counts = dict.fromkeys(AssignmentState.valid(), 0)
        for status in assignment_objects.statuses_of_run(self.db, self.db_id).values():
            counts[status] += 1
        return counts

    def get_has_assignments(self) -> bool:
        """Say whether any row of data has become an assignment."""
        query = select(units.c.id).where(units.c.task_run_id == int(self.db_id)).limit(1)
        with self.db.store.read() as connection:
            return connection.execute(query).first() is not None

    def get_units(self) -> list[unit_objects.Unit]:
        return unit_objects.Unit.find(self.db, task_run_id=self.db_id)

    def get_is_completed(self) -> bool:
        """Say whether the run has ended, as it stands now."""
        return type(self)(self.db, self.db_id).is_completed

    def get_run_dir(self) -> str:
        """Return the folder of this run."""
        folder: Path = self.db.store.directory / "runs" / self.db_id
        return str(folder)

    def get_total_spend(self) -> float:
        """Return what the work in this run costs so far, in dollars and without fees."""
        query = select(func.coalesce(func.sum(units.c.pay_cents), 0)).where(
            units.c.task_run_id == int(self.db_id), units.c.status.in_(AssignmentState.payable())
        )
        with self.db.store.read() as connection:
            return int(connection.execute(query).scalar_one()) / 100
