"""What is launched and what is to be done, each as one row: columns, and what can be told without other objects."""

from datetime import datetime
from typing import Any

from omegaconf import DictConfig, OmegaConf
from sqlalchemy import func, select

from mephisto.data_model import assignment_status
from mephisto.data_model.base import StoredObject
from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.model import assignments, requesters, task_runs, tasks, units
from mephisto.status import UNFINISHED_RUNS


class RequesterRecord(StoredObject):
    """An account that launches."""

    subject = "requester"
    rows = select(
        requesters.c.id,
        requesters.c.name.label("requester_name"),
        requesters.c.provider.label("provider_type"),
        requesters.c.created_at.label("creation_date"),
    )

    requester_name: str
    provider_type: str
    creation_date: datetime


class TaskRecord(StoredObject):
    """A name, and the kind of work that was first done under it."""

    subject = "task"
    rows = select(
        tasks.c.id,
        tasks.c.name.label("task_name"),
        tasks.c.blueprint.label("task_type"),
        tasks.c.created_at.label("creation_date"),
    )

    task_name: str
    task_type: str
    creation_date: datetime

    project_id: str | None = None
    parent_task_id: str | None = None

    def get_project(self) -> None:
        """Return None: tasks belong to no project."""


class TaskRunRecord(StoredObject):
    """One launch."""

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
        """The whole configuration that the run was launched with."""
        return OmegaConf.create(self.config)

    @property
    def start_time(self) -> str:
        """When the run was launched, in UTC."""
        return self.creation_date.isoformat(sep=" ")

    def get_task_args(self) -> DictConfig:
        """Return the options of `mephisto.task`."""
        options: DictConfig = self.args.task
        return options

    def get_is_completed(self) -> bool:
        """Say whether the run has ended, as it stands now."""
        return type(self)(self.db, self.db_id).is_completed

    def get_has_assignments(self) -> bool:
        """Say whether any row of data has become an assignment."""
        query = select(assignments.c.id).where(assignments.c.task_run_id == int(self.db_id)).limit(1)
        with self.db.store.read() as connection:
            return connection.execute(query).first() is not None

    def get_assignment_statuses(self) -> dict[str, int]:
        """Count the assignments of each status."""
        counts = dict.fromkeys(AssignmentState.valid(), 0)
        for status in assignment_status.of_run(self.db, self.db_id).values():
            counts[status] += 1
        return counts

    def get_run_dir(self) -> str:
        """Return the folder of this run."""
        return str(self.db.store.directory / "runs" / self.db_id)

    def get_total_spend(self) -> float:
        """Return what the work in this run costs so far, in dollars and without fees."""
        query = select(func.coalesce(func.sum(units.c.pay_cents), 0)).where(
            units.c.task_run_id == int(self.db_id), units.c.status.in_(AssignmentState.payable())
        )
        with self.db.store.read() as connection:
            return int(connection.execute(query).scalar_one()) / 100


class AssignmentRecord(StoredObject):
    """One row of data."""

    subject = "assignment"
    rows = select(
        assignments.c.id,
        assignments.c.task_run_id,
        task_runs.c.task_id,
        task_runs.c.requester_id,
        task_runs.c.blueprint.label("task_type"),
        task_runs.c.provider.label("provider_type"),
    ).join_from(assignments, task_runs)

    task_run_id: str
    task_id: str
    requester_id: str
    task_type: str
    provider_type: str


class UnitRecord(StoredObject):
    """One place for one worker on an assignment."""

    subject = "unit"
    rows = select(
        units.c.id,
        units.c.assignment_id,
        units.c.task_run_id,
        task_runs.c.task_id,
        task_runs.c.requester_id,
        units.c.agent_id,
        units.c.worker_id,
        units.c.unit_index,
        units.c.status.label("db_status"),
        units.c.pay_cents.label("pay_amount"),
        task_runs.c.blueprint.label("task_type"),
        task_runs.c.provider.label("provider_type"),
    ).join_from(units, task_runs)

    assignment_id: str
    task_run_id: str
    task_id: str
    requester_id: str
    agent_id: str | None
    worker_id: str | None
    unit_index: int
    db_status: str
    pay_amount: float
    task_type: str
    provider_type: str

    def get_status(self) -> str:
        """Return the status as it stands now."""
        return self.get_db_status()

    def get_db_status(self) -> str:
        """Return the status as it stands now."""
        query = select(units.c.status).where(units.c.id == int(self.db_id))
        with self.db.store.read() as connection:
            status: str = connection.execute(query).scalar_one()
        return status

    def get_pay_amount(self) -> float:
        """Return the pay in dollars."""
        return self.pay_amount
