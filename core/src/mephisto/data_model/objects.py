"""The objects that run scripts work with, and how they lead to one another.

They lead in both directions, so that they stand in one module. What each is by itself stands in its record.
"""

from __future__ import annotations

from sqlalchemy import select

from mephisto.data_model import assignment_status
from mephisto.data_model.agent_record import AgentRecord, AttemptRecord
from mephisto.data_model.initialization_data import InitializationData
from mephisto.data_model.records import (
    AssignmentRecord,
    RequesterRecord,
    TaskRecord,
    TaskRunRecord,
    UnitRecord,
)
from mephisto.data_model.worker_record import WorkerRecord
from mephisto.model import agents, assignments, units


class Requester(RequesterRecord):
    """An account that launches."""

    def get_task_runs(self) -> list[TaskRun]:
        """List the runs that this account launched."""
        return TaskRun.find(self.db, requester_id=self.db_id)

    def get_total_spend(self) -> float:
        """Return what the work in this account's runs costs so far, in dollars and without fees."""
        return sum(run.get_total_spend() for run in self.get_task_runs())


class Worker(WorkerRecord):
    """A person, under the name that a provider knows."""

    def get_agents(self, status: str | None = None) -> list[Agent]:
        """List the worker's attempts, those with *status* if one is given."""
        return Agent.find(self.db, worker_id=self.db_id, db_status=status)


class Task(TaskRecord):
    """A name under which runs share limits and reviews."""

    def get_runs(self) -> list[TaskRun]:
        return TaskRun.find(self.db, task_id=self.db_id)

    def get_assignments(self) -> list[Assignment]:
        """List the assignments of all runs."""
        return Assignment.find(self.db, task_id=self.db_id)

    def get_total_spend(self) -> float:
        """Return what the work in all runs costs so far, in dollars and without fees."""
        return sum(run.get_total_spend() for run in self.get_runs())


class TaskRun(TaskRunRecord):
    """One launch of a task; `args` is its whole configuration."""

    def get_task(self) -> Task:
        return Task(self.db, self.task_id)

    def get_requester(self) -> Requester:
        return Requester(self.db, self.requester_id)

    def get_assignments(self, status: str | None = None) -> list[Assignment]:
        """List the assignments, those with *status* if one is given."""
        found = Assignment.find(self.db, task_run_id=self.db_id)
        if status is None:
            return found
        statuses = assignment_status.of_run(self.db, self.db_id)
        return [assignment for assignment in found if statuses.get(assignment.db_id) == status]

    def get_units(self) -> list[Unit]:
        return Unit.find(self.db, task_run_id=self.db_id)


class Assignment(AssignmentRecord):
    """One row of data, and the units in which it is done."""

    def get_assignment_data(self) -> InitializationData:
        """Return the row of data, in `shared`."""
        query = select(assignments.c.data).where(assignments.c.id == int(self.db_id))
        with self.db.store.read() as connection:
            shared = connection.execute(query).scalar_one()
        return InitializationData(shared, [{} for _ in self.get_units()])

    def get_units(self, status: str | None = None) -> list[Unit]:
        """List the units, those with *status* if one is given."""
        return Unit.find(self.db, assignment_id=self.db_id, db_status=status)

    def get_agents(self) -> list[Agent | None]:
        """List for each unit the agent that holds or did it, None for none."""
        return [unit.get_assigned_agent() for unit in self.get_units()]

    def get_workers(self) -> list[Worker]:
        """List those who hold or did one of the units."""
        return [worker for unit in self.get_units() if (worker := unit.get_worker()) is not None]

    def get_status(self) -> str:
        """Return what the units' statuses say together, as they stand now."""
        return assignment_status.of_units(unit.db_status for unit in self.get_units())

    def get_cost_of_statuses(self, statuses: list[str]) -> float:
        """Return the pay of the units with these statuses, in dollars."""
        return sum(unit.pay_amount for unit in self.get_units() if unit.db_status in statuses)

    def get_task_run(self) -> TaskRun:
        return TaskRun(self.db, self.task_run_id)

    def get_task(self) -> Task:
        return Task(self.db, self.task_id)

    def get_requester(self) -> Requester:
        return Requester(self.db, self.requester_id)


class Unit(UnitRecord):
    """One place for one worker on an assignment.

    `agent_id` and `worker_id` are those who held or did it when it was read.
    """

    def get_assigned_agent(self) -> Agent | None:
        """Return the agent that holds or did the unit now, None for none."""
        assigned = select(units.c.agent_id).where(units.c.id == int(self.db_id)).scalar_subquery()
        with self.db.store.read() as connection:
            row = connection.execute(Agent.rows.where(agents.c.id == assigned)).first()
        return None if row is None else Agent(self.db, row[0], row)

    def get_worker(self) -> Worker | None:
        """Return the worker who held or did the unit when it was read, None for none."""
        return None if self.worker_id is None else Worker(self.db, self.worker_id)

    def get_assignment(self) -> Assignment:
        return Assignment(self.db, self.assignment_id)

    def get_assignment_data(self) -> InitializationData:
        """Return the row of data that the unit is about, in `shared`."""
        return self.get_assignment().get_assignment_data()

    def get_task_run(self) -> TaskRun:
        return TaskRun(self.db, self.task_run_id)

    def get_task(self) -> Task:
        return Task(self.db, self.task_id)

    def get_requester(self) -> Requester:
        return Requester(self.db, self.requester_id)


class Agent(AgentRecord):
    """One worker's attempt at one unit."""

    def get_unit(self) -> Unit:
        return Unit(self.db, self.unit_id)

    def get_assignment(self) -> Assignment:
        return Assignment(self.db, self.assignment_id)

    def get_worker(self) -> Worker:
        return Worker(self.db, self.worker_id)

    def get_task_run(self) -> TaskRun:
        return TaskRun(self.db, self.task_run_id)

    def get_task(self) -> Task:
        return Task(self.db, self.task_id)


class OnboardingAgent(AttemptRecord):
    """One worker's attempt at the onboarding of a run."""

    subject = "onboarding agent"
    rows = AttemptRecord.rows.where(agents.c.unit_id.is_(None))

    def get_worker(self) -> Worker:
        return Worker(self.db, self.worker_id)

    def get_task_run(self) -> TaskRun:
        return TaskRun(self.db, self.task_run_id)

    def get_task(self) -> Task:
        return Task(self.db, self.task_id)
