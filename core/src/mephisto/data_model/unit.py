"""Units: places for one worker on an assignment."""

from __future__ import annotations

from sqlalchemy import select

import mephisto.data_model.agent as agent_objects
import mephisto.data_model.assignment as assignment_objects
import mephisto.data_model.requester as requester_objects
import mephisto.data_model.task as task_objects
import mephisto.data_model.task_run as task_run_objects
import mephisto.data_model.worker as worker_objects
from mephisto.data_model.base import StoredObject
from mephisto.model import task_runs, units


class Unit(StoredObject):
    """One place for one worker. `agent_id` and `worker_id` are those who hold or did it, as it was when it was read."""

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
        units.c.kind,
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
    kind: str
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

    def get_assigned_agent(self) -> agent_objects.Agent | None:
        """Return the agent that holds or did the unit now, None for none."""
        query = select(units.c.agent_id).where(units.c.id == int(self.db_id))
        found = agent_objects.Agent.rows.where(
            agent_objects.Agent.rows.selected_columns["id"] == query.scalar_subquery()
        )
        with self.db.store.read() as connection:
            row = connection.execute(found).first()
        return None if row is None else agent_objects.Agent(self.db, row[0], row)

    def get_worker(self) -> worker_objects.Worker | None:
        """Return the worker who held or did the unit when it was read, None for none."""
        return None if self.worker_id is None else worker_objects.Worker(self.db, self.worker_id)

    def get_pay_amount(self) -> float:
        """Return the pay in dollars."""
        return self.pay_amount

    def get_assignment(self) -> assignment_objects.Assignment:
        return assignment_objects.Assignment(self.db, self.assignment_id)

    def get_assignment_data(self) -> assignment_objects.InitializationData:
        """Return the row of data that the unit is about, in `shared`."""
        return self.get_assignment().get_assignment_data()

    def get_task_run(self) -> task_run_objects.TaskRun:
        return task_run_objects.TaskRun(self.db, self.task_run_id)

    def get_task(self) -> task_objects.Task:
        return task_objects.Task(self.db, self.task_id)

    def get_requester(self) -> requester_objects.Requester:
        return requester_objects.Requester(self.db, self.requester_id)
