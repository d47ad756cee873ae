"""What work costs."""

from sqlalchemy import ColumnElement, func, select

from mephisto.data_model.base import Database
from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.model import task_runs, tasks, units


def spent(db: Database, which: ColumnElement[bool]) -> float:
    """Return what the work in runs costs so far, in dollars and without fees; *which* says in which runs.

    Units that are offered or at work are counted, since they may have to be paid; rejected ones are not.
    """
    query = (
        select(func.coalesce(func.sum(units.c.pay_cents), 0))
        .join_from(units, task_runs)
        .join(tasks, tasks.c.id == task_runs.c.task_id)
        .where(which, units.c.status.in_(AssignmentState.payable()))
    )
    with db.store.read() as connection:
        return int(connection.execute(query).scalar_one()) / 100
