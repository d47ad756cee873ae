"""What came in, for scripts: finished units, and their data as plain dicts."""

from array import array
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from mephisto.data_model.agent_state import metadata
from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.handed_in import Attempt, attempts
from mephisto.data_model.objects import Task, TaskRun, Unit, Worker
from mephisto.data_model.qualification import GrantedQualification
from mephisto.errors import NotFound
from mephisto.model import task_runs, units, workers
from mephisto.store import drafts
from mephisto.tools.read_ahead import PAGE, ReadAhead

_TIMES: Final = ("task_start", "task_end")


class NothingToBrowse(NotFound, AssertionError):
    """There is no such task, or no agent; existing scripts catch it as an AssertionError."""


class DataBrowser:
    """Reads a database; units come run by run, assignment by assignment, each in the order of creation."""

    def __init__(self, db: LocalMephistoDB | None = None) -> None:
        """Read *db*, or this person's own database."""
        self.db = LocalMephistoDB() if db is None else db
        self._read_ahead = ReadAhead(self.db)

    def get_task_name_list(self) -> list[str]:
        """List the names of all tasks."""
        return [task.task_name for task in self.db.find_tasks()]

    def get_units_for_task_name(self, task_name: str) -> list[Unit]:
        """List the units of a task that have their answer; raise `NotFound` if there is no such task."""
        return self._units([self._is_of_task(task_name)], AssignmentState.completed())

    def get_all_units_for_task_name(self, task_name: str) -> list[Unit]:
        """List the units of a task that nobody works on any more; raise `NotFound` if there is no such task."""
        return self._units([self._is_of_task(task_name)], AssignmentState.final_agent())

    def get_units_for_run_id(self, run_id: str) -> list[Unit]:
        """List the units of a run that have their answer; raise `NotFound` if there is no such run."""
        run = TaskRun(self.db, run_id)
        return self._units([units.c.task_run_id == int(run.db_id)], AssignmentState.completed())

    def collect_matching_units_from_task_runs(
        self, task_runs: Iterable[TaskRun], statuses: Collection[str]
    ) -> list[Unit]:
        """List the units of runs that have one of these statuses."""
        of_runs = units.c.task_run_id.in_([int(run.db_id) for run in task_runs])
        return self._units([of_runs], statuses)

    def get_data_from_unit(self, unit: Unit, raise_exception: bool = True) -> dict[str, Any]:
        """Return what is known of a unit and its answer.

        The keys are assignment_id, data, metadata, status (the agent's), task_start, task_end (seconds since 1970),
        unit_id, worker_id, worker_name, tips and feedback. `data` holds inputs, outputs and times. Raises `NotFound`
        for a unit without an agent; with *raise_exception* false, the dict is empty then.
        """
        attempt = self._read_ahead.attempt(unit)
        if attempt is not None:
            return _data(attempt)
        if raise_exception:
            raise NothingToBrowse(f"Unit {unit.db_id} has no agent.", "Nobody works, or has worked, on it.")
        return {}

    def iterate_data_for_task_name(
        self, task_name: str, newest_first: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Yield what `get_data_from_unit` returns for each unit that has its answer, however many there are.

        Raises `NotFound` if there is no such task.
        """
        query = (
            select(units.c.agent_id)
            .join_from(units, task_runs)
            .where(self._is_of_task(task_name), units.c.status.in_(AssignmentState.completed()))
            .order_by(*_order(newest_first=newest_first))
        )
        with self.db.store.read() as connection:
            agent_ids = array("q", connection.execute(query).scalars())
        return self._in_pages(agent_ids)

    def iterate_partial_data_for_task_name(self, task_name: str) -> Iterator[dict[str, Any]]:
        """Yield such a dict for each attempt whose time ran out with something filled in, as the attempts began.

        In `data`, `partial` holds it, and outputs are None: it never counts as an answer, and the unit is open to
        others. Raises `NotFound` if there is no such task.
        """
        task_id = self._task_id(task_name)
        with self.db.store.read() as connection:
            agent_ids = array("q", drafts.agents_of_task(connection, task_id))
        return self._in_pages(agent_ids)

    def get_workers_with_qualification(self, qualification_name: str) -> list[Worker]:
        """List the workers who hold a qualification with the value 1."""
        granted = GrantedQualification.find(self.db, qualification_name=qualification_name, value=1)
        found = [int(grant.worker_id) for grant in granted]
        return Worker.read(self.db, Worker.rows.where(workers.c.id.in_(found)).order_by(workers.c.id))

    def get_metadata_property_from_task_name(self, task_name: str, property_name: str) -> list[Any]:
        """List the values of a property that metadata of a task's finished units hold; lists are joined to one."""
        values: list[Any] = []
        for data in self.iterate_data_for_task_name(task_name):
            value = data["metadata"].get(property_name)
            if value is not None:
                values.extend(value if isinstance(value, list) else [value])
        return values

    def _is_of_task(self, task_name: str) -> ColumnElement[bool]:
        return task_runs.c.task_id == self._task_id(task_name)

    def _task_id(self, task_name: str) -> int:
        tasks = Task.find(self.db, task_name=task_name)
        if not tasks:
            raise NothingToBrowse(
                f"No task found under name {task_name}",
                f"Known are: {', '.join(self.get_task_name_list()) or 'none'}.",
            )
        return int(tasks[0].db_id)

    def _units(self, conditions: list[ColumnElement[bool]], statuses: Collection[str]) -> list[Unit]:
        query = Unit.rows.where(*conditions, units.c.status.in_(statuses)).order_by(*_order())
        return self._read_ahead.together(Unit.read(self.db, query))

    def _in_pages(self, agent_ids: "array[int]") -> Iterator[dict[str, Any]]:
        for start in range(0, len(agent_ids), PAGE):
            page = agent_ids[start : start + PAGE]
            found = attempts(self.db, page)
            for agent_id in page:
                yield _data(found[agent_id])


def _order(*, newest_first: bool = False) -> list[ColumnElement[Any]]:
    columns = (units.c.task_run_id, units.c.assignment_id, units.c.id)
    return [column.desc() if newest_first else column.asc() for column in columns]


def _data(attempt: Attempt) -> dict[str, Any]:
    about = metadata(attempt)
    return {
        "assignment_id": attempt.assignment_id,
        "data": {**attempt.data, "times": {name: about[name] for name in _TIMES}},
        "metadata": about,
        "status": attempt.status,
        "task_start": attempt.task_start,
        "task_end": attempt.task_end,
        "unit_id": attempt.unit_id,
        "worker_id": attempt.worker_id,
        "worker_name": attempt.worker_name,
        "tips": about["tips"],
        "feedback": about["feedback"],
    }
