"""The status of an assignment, which follows from those of its units."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from mephisto.data_model.base import Database
from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.model import units
from mephisto.status import UnitKind

#: An assignment is no further than the unit that is least far.
_BEFORE_AN_ANSWER: Final = (AssignmentState.CREATED, AssignmentState.LAUNCHED, AssignmentState.ASSIGNED)


def of_units(statuses: Iterable[str]) -> str:
    """Return the status of an assignment whose units have these."""
    found = set(statuses)
    if not found:
        return AssignmentState.CREATED
    if len(found) == 1:
        return found.pop()
    for status in _BEFORE_AN_ANSWER:
        if status in found:
            return status
    decided = {AssignmentState.ACCEPTED, AssignmentState.REJECTED}
    return AssignmentState.MIXED if found == decided else AssignmentState.COMPLETED


def of_run(db: Database, task_run_id: str, kinds: Iterable[UnitKind] = UnitKind) -> dict[str, str]:
    """Return the status of each assignment of a run, by id; only of those with units of these *kinds*."""
    query = select(units.c.assignment_id, units.c.status).where(
        units.c.task_run_id == int(task_run_id), units.c.kind.in_(list(kinds))
    )
    by_assignment: dict[str, list[str]] = {}
    with db.store.read() as connection:
        for assignment_id, status in connection.execute(query):
            by_assignment.setdefault(str(assignment_id), []).append(status)
    return {assignment_id: of_units(statuses) for assignment_id, statuses in by_assignment.items()}
