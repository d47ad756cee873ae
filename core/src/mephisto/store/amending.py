"""What scripts change about the work of a run: one more unit, another row of data, the end of an attempt."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, exists, insert, select, update

from mephisto.model import agents, assignments, task_runs, units
from mephisto.status import OFFERING_RUNS, AgentStatus, UnitKind
from mephisto.store import offering
from mephisto.store.statements import one_of


def add_unit(
    connection: Connection, new_id: int, assignment_id: int, unit_index: int, pay_cents: int, window: int
) -> bool:
    """Make one more unit of an assignment, and offer it in its turn; False if its run offers nothing more."""
    of_assignment = select(assignments.c.task_run_id).where(assignments.c.id == assignment_id)
    run = connection.execute(
        select(task_runs.c.id).where(
            task_runs.c.id == of_assignment.scalar_subquery(),
            one_of(task_runs.c.status, OFFERING_RUNS),
        )
    ).first()
    if run is None:
        return False
    row = {
        "id": new_id,
        "task_run_id": run.id,
        "assignment_id": assignment_id,
        "unit_index": unit_index,
        "pay_cents": pay_cents,
    }
    connection.execute(insert(units), row)
    offering.open_window(connection, run.id, window)
    return True


def has_unit(connection: Connection, assignment_id: int, unit_index: int) -> bool:
    """Say whether an assignment has a unit of this number."""
    of_it = (units.c.assignment_id == assignment_id, units.c.unit_index == unit_index)
    return connection.execute(select(units.c.id).where(*of_it)).first() is not None


def is_row(connection: Connection, assignment_id: int) -> bool:
    """Say whether an assignment is a row of the task's data, and not made for a screening or gold unit."""
    extra = (units.c.assignment_id == assignment_id, units.c.kind != UnitKind.STANDARD)
    return connection.execute(select(units.c.id).where(*extra)).first() is None


def change_data(connection: Connection, assignment_id: int, data: Mapping[str, Any]) -> bool:
    """Put *data* in place of an assignment's row of data; False if anybody was given that already."""
    of_it = select(units.c.id).where(units.c.assignment_id == assignment_id)
    changed = connection.execute(
        update(assignments)
        .where(assignments.c.id == assignment_id, ~exists().where(agents.c.unit_id.in_(of_it)))
        .values(data=dict(data))  # its hash stays that of the row in the source
    )
    return changed.rowcount == 1


def end_time(connection: Connection, unit_id: int, now: int) -> bool:
    """Let the time of whoever works on a unit end now, so that its run frees it; False if nobody works on it."""
    ended = connection.execute(
        update(agents)
        .where(agents.c.unit_id == unit_id, one_of(agents.c.status, [AgentStatus.IN_TASK]))
        .values(deadline=now)
    )
    return ended.rowcount == 1
