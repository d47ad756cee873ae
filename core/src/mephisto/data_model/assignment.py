"""Assignments: rows of data, and the units in which they are done."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import IO, Any, Final

from sqlalchemy import select

import mephisto.data_model.agent as agent_objects
import mephisto.data_model.requester as requester_objects
import mephisto.data_model.task as task_objects
import mephisto.data_model.task_run as task_run_objects
import mephisto.data_model.unit as unit_objects
import mephisto.data_model.worker as worker_objects
from mephisto.data_model.base import Database, StoredObject
from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.model import assignments, task_runs, units

#: An assignment is as far as the unit that is least far.
_BEFORE_AN_ANSWER: Final = (AssignmentState.CREATED, AssignmentState.LAUNCHED, AssignmentState.ASSIGNED)


@dataclass
class InitializationData:
    """What an assignment starts with: values for all of its units, and for each of them."""

    shared: dict[str, Any]
    unit_data: list[dict[str, Any]] = field(default_factory=list)

    def dumpJSON(self, fp: IO[str]) -> None:  # noqa: N802 - the name that scripts call
        """Write it to a text file."""
        json.dump(asdict(self), fp)

    @staticmethod
    def loadFromJSON(fp: IO[str]) -> InitializationData:  # noqa: N802 - as dumpJSON
        """Read it from a text file."""
        return InitializationData(**json.load(fp))


class Assignment(StoredObject):
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

    def get_assignment_data(self) -> InitializationData:
        """Return the row of data, in `shared`."""
        query = select(assignments.c.data).where(assignments.c.id == int(self.db_id))
        with self.db.store.read() as connection:
            shared = connection.execute(query).scalar_one()
        return InitializationData(shared, [{} for _ in self.get_units()])

    def get_units(self, status: str | None = None) -> list[unit_objects.Unit]:
        """List the units, those with *status* if one is given."""
        return unit_objects.Unit.find(self.db, assignment_id=self.db_id, db_status=status)

    def get_agents(self) -> list[agent_objects.Agent | None]:
        """List for each unit the agent that holds or did it, None for none."""
        return [unit.get_assigned_agent() for unit in self.get_units()]

    def get_workers(self) -> list[worker_objects.Worker]:
        """List those who hold or did one of the units."""
        return [worker for unit in self.get_units() if (worker := unit.get_worker()) is not None]

    def get_status(self) -> str:
        """Return what the units' statuses say together."""
        return status_of([unit.db_status for unit in self.get_units()])

    def get_cost_of_statuses(self, statuses: list[str]) -> float:
        """Return the pay of the units with these statuses, in dollars."""
        return sum(unit.pay_amount for unit in self.get_units() if unit.db_status in statuses)

    def get_task_run(self) -> task_run_objects.TaskRun:
        return task_run_objects.TaskRun(self.db, self.task_run_id)

    def get_task(self) -> task_objects.Task:
        return task_objects.Task(self.db, self.task_id)

    def get_requester(self) -> requester_objects.Requester:
        return requester_objects.Requester(self.db, self.requester_id)


def statuses_of_run(db: Database, task_run_id: str) -> dict[str, str]:
    """Return the status of each assignment of a run, by id."""
    query = select(units.c.assignment_id, units.c.status).where(units.c.task_run_id == int(task_run_id))
    by_assignment: dict[str, list[str]] = {}
    with db.store.read() as connection:
        for assignment_id, status in connection.execute(query):
            by_assignment.setdefault(str(assignment_id), []).append(status)
    return {assignment_id: status_of(statuses) for assignment_id, statuses in by_assignment.items()}


def status_of(unit_statuses: list[str]) -> str:
    """Return the status of an assignment whose units have these."""
    found = set(unit_statuses)
    if len(found) == 1:
        return found.pop()
    if not found:
        return AssignmentState.CREATED
    for status in _BEFORE_AN_ANSWER:
        if status in found:
            return status
    decided = {AssignmentState.ACCEPTED, AssignmentState.REJECTED}
    return AssignmentState.MIXED if found == decided else AssignmentState.COMPLETED


def __getattr__(name: str) -> Any:
    if name == "Unit":  # where older scripts import it from
        return unit_objects.Unit
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
