"""The objects that run scripts work with, and how they lead to one another.

They lead in both directions, so that they stand in one module. What each is by itself stands in its record.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, select

from mephisto.data_model import assignment_status
from mephisto.data_model.admitting import terms_of_run
from mephisto.data_model.agent_record import AgentRecord, AttemptRecord
from mephisto.data_model.errors import MephistoDBException
from mephisto.data_model.initialization_data import InitializationData
from mephisto.data_model.person_record import RequesterRecord
from mephisto.data_model.run_part import RunPart
from mephisto.data_model.task_records import ProjectRecord, TaskRecord, TaskRunRecord
from mephisto.data_model.work_records import AssignmentRecord, UnitRecord
from mephisto.data_model.worker_record import WorkerRecord
from mephisto.model import agents, assignments, units
from mephisto.status import AgentStatus, UnitStatus
from mephisto.store import onboarding, reserving, tasks
from mephisto.store.claims import OFFERED
from mephisto.store.decisions import UNIT_STATUSES
from mephisto.store.onboarding import TOKEN_PREFIX

#: What an agent becomes with its unit.
_AGENT_STATUSES: Final = {unit: agent for agent, unit in UNIT_STATUSES.items()}


class Requester(RequesterRecord):
    """An account that launches."""

    def get_task_runs(self) -> list[TaskRun]:
        """List the runs that this account launched."""
        return TaskRun.find(self.db, requester_id=self.db_id)


class Worker(WorkerRecord):
    """A person, under the name that a provider knows."""

    def get_agents(self, status: str | None = None) -> list[Agent]:
        """List the worker's attempts, those with *status* if one is given."""
        return Agent.find(self.db, worker_id=self.db_id, db_status=status)


class Project(ProjectRecord):
    """A name under which tasks are put together."""

    def get_tasks(self) -> list[Task]:
        return Task.find(self.db, project_id=self.db_id)


class Task(TaskRecord):
    """A name under which runs share limits and reviews."""

    def get_project(self) -> Project | None:
        """Return the project that the task belongs to, None for none."""
        return None if self.project_id is None else Project(self.db, self.project_id)

    def set_project(self, project: Project | None) -> None:
        """Let the task belong to *project*, or to none."""
        task_id, project_id = int(self.db_id), None if project is None else int(project.db_id)
        self.db.store.write(lambda connection: tasks.put_into(connection, task_id, project_id))
        self.project_id = None if project is None else project.db_id

    def get_runs(self) -> list[TaskRun]:
        return TaskRun.find(self.db, task_id=self.db_id)

    def get_assignments(self) -> list[Assignment]:
        """List the assignments of all runs."""
        return Assignment.find(self.db, task_id=self.db_id)


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

    def get_valid_units_for_worker(self, worker: Worker) -> list[Unit]:
        """List the units that *worker* could be given now, none if the run does not let them in (`is_eligible`)."""
        if not worker.is_eligible(self):
            return []
        offered = Unit.rows.where(*OFFERED).params(run=int(self.db_id), worker=int(worker.db_id))
        return Unit.read(self.db, offered.order_by(units.c.id))

    def reserve_unit(self, unit: Unit) -> Unit | None:
        """Keep a unit of this run from everybody until `clear_reservation`, and return it as it is then.

        Another one is offered in its place, and the run does not end without it. None, and nothing is written, if it is
        not free (somebody works on it, or has, it is taken back, or is no place on a row of data) or reserved already.
        Raises `MephistoError` for a unit of another run.
        """
        unit_id, window, store = self._own(unit), terms_of_run(self.db, self.db_id).window, self.db.store

        def job(connection: Connection) -> bool:
            return reserving.reserve(connection, unit_id, store.now(), window)

        return Unit(self.db, unit.db_id) if store.write(job) else None

    def clear_reservation(self, unit: Unit) -> None:
        """Let a unit of this run be offered in its turn again; nothing happens if it is not reserved.

        Raises `MephistoError` for a unit of another run.
        """
        unit_id, window = self._own(unit), terms_of_run(self.db, self.db_id).window
        self.db.store.write(lambda connection: reserving.clear(connection, unit_id, window))

    def _own(self, unit: Unit) -> int:
        if unit.task_run_id != self.db_id:
            raise MephistoDBException(
                f"Unit {unit.db_id} is not one of run {self.db_id}.",
                f"It belongs to run {unit.task_run_id}.",
                "unit.get_task_run() returns the run of a unit.",
            )
        return int(unit.db_id)


class _InRun(RunPart):
    """What belongs to a run leads to it."""

    def get_task_run(self) -> TaskRun:
        return TaskRun(self.db, self.task_run_id)

    def get_task(self) -> Task:
        return Task(self.db, self.task_id)

    def get_requester(self) -> Requester:
        return Requester(self.db, self.requester_id)


class Assignment(AssignmentRecord, _InRun):
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
        cents = sum(round(unit.pay_amount * 100) for unit in self.get_units() if unit.db_status in statuses)
        return cents / 100


class Unit(UnitRecord, _InRun):
    """One place for one worker on an assignment.

    `agent_id` and `worker_id` are those who held or did it when it was read.
    """

    def get_assigned_agent(self) -> Agent | None:
        """Return the agent that holds or did the unit now, None for none."""
        assigned = select(units.c.agent_id).where(units.c.id == int(self.db_id)).scalar_subquery()
        with self.db.store.read() as connection:
            row = connection.execute(Agent.rows.where(agents.c.id == assigned)).first()
        return None if row is None else Agent(self.db, row[0], row)

    def set_db_status(self, status: str) -> None:
        """Decide about the unit's answer, or take the unit back (`expire`); nothing happens if the status is that already.

        Raises `MephistoError` for any other status: what a unit becomes before is up to its run.
        """
        self.sync_status()
        if status == self.db_status:
            return
        if status == UnitStatus.EXPIRED:
            self.expire()
            return
        agent = self.get_assigned_agent()
        if agent is None or status not in _AGENT_STATUSES:
            raise MephistoDBException(
                f"Unit {self.db_id} cannot be made {status!r}.",
                f"It is {self.db_status}; a script only decides about answers and takes free units back, "
                "the rest is up to the run.",
            )
        agent.update_status(_AGENT_STATUSES[UnitStatus(status)])
        self.sync_status()

    def get_worker(self) -> Worker | None:
        """Return the worker who held or did the unit when it was read, None for none."""
        return None if self.worker_id is None else Worker(self.db, self.worker_id)

    def get_assignment(self) -> Assignment:
        return Assignment(self.db, self.assignment_id)

    def get_assignment_data(self) -> InitializationData:
        """Return the row of data that the unit is about, in `shared`."""
        return self.get_assignment().get_assignment_data()


class _Attempt(_InRun):
    """An attempt leads to who made it."""

    worker_id: str

    def get_worker(self) -> Worker:
        return Worker(self.db, self.worker_id)


class Agent(AgentRecord, _Attempt):
    """One worker's attempt at one unit."""

    def get_unit(self) -> Unit:
        return Unit(self.db, self.unit_id)

    def get_assignment(self) -> Assignment:
        return Assignment(self.db, self.assignment_id)


class OnboardingAgent(AttemptRecord, _Attempt):
    """One worker's attempt at the onboarding of a run. Its agent id is its id behind `onboarding_`."""

    subject = "onboarding agent"
    rows = AttemptRecord.rows.where(agents.c.unit_id.is_(None))

    def get_agent_id(self) -> str:
        return f"{TOKEN_PREFIX}{self.db_id}"

    def update_status(self, status: str) -> None:
        """Judge an onboarding whose answer waits: "approved" or "rejected", with the qualifications that go with it.

        Nothing happens if the status is that already. Raises `MephistoError` for any other step, which is up to the run.
        """
        agent_id, terms, store = int(self.db_id), terms_of_run(self.db, self.task_run_id), self.db.store
        passed = status == AgentStatus.APPROVED

        def job(connection: Connection) -> None:
            onboarding.judge(connection, store.ids, terms, agent_id, store.now(), passed=passed)

        if status in {AgentStatus.APPROVED, AgentStatus.REJECTED}:
            store.write(job)
        self.db_status = self.get_status()
        if self.db_status != status:
            raise MephistoDBException(
                f"Onboarding agent {self.db_id} cannot be made {status!r}.",
                f"It is {self.db_status}; a script only judges an answer that waits, the rest is up to the run.",
                "Statuses that can be set: approved, rejected.",
            )

    @staticmethod
    def is_onboarding_id(agent_id: str) -> bool:
        """Say whether an agent id is one of an onboarding."""
        return agent_id.startswith(TOKEN_PREFIX)

    @staticmethod
    def get_db_id_from_agent_id(agent_id: str) -> str:
        """Return the id of the onboarding agent with this agent id; raises `MephistoError` for that of another agent."""
        if not OnboardingAgent.is_onboarding_id(agent_id):
            raise MephistoDBException(f"{agent_id!r} is not the id of an onboarding agent.")
        return agent_id.removeprefix(TOKEN_PREFIX)
