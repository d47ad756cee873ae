"""Units that a script keeps from everybody for a while, or puts on offer before their turn."""

from typing import Final

from sqlalchemy import Connection, func, select, update

from mephisto.model import task_runs, units
from mephisto.status import OFFERING_RUNS, UnitKind, UnitStatus
from mephisto.store import offering
from mephisto.store.rows import AnyRow
from mephisto.store.statements import one_of

_IN_RUN_THAT_GOES_ON: Final = units.c.task_run_id.in_(
    select(task_runs.c.id).where(one_of(task_runs.c.status, OFFERING_RUNS))
)


def reserve(connection: Connection, unit_id: int, now: int, window: int) -> bool:
    """Keep a unit from everybody, and offer another in its place; False if it is not free, or reserved already."""
    reserved = connection.execute(
        update(units)
        .where(
            units.c.id == unit_id,
            one_of(units.c.status, offering.FREE),
            one_of(units.c.kind, [UnitKind.STANDARD]),
            units.c.reserved_at.is_(None),
            _IN_RUN_THAT_GOES_ON,
        )
        .values(status=UnitStatus.CREATED, reserved_at=now)
        .returning(units.c.task_run_id, units.c.assignment_id)
    ).first()
    if reserved is None:
        return False
    offering.offer_another(connection, reserved, window)
    return True


def clear(connection: Connection, unit_id: int, window: int) -> None:
    """Let a unit be offered in its turn again; nothing happens if it is not reserved."""
    cleared = connection.execute(
        update(units)
        .where(units.c.id == unit_id, units.c.reserved_at.is_not(None))
        .values(reserved_at=None)
        .returning(units.c.task_run_id)
    ).first()
    if cleared is not None:
        offering.open_window(connection, cleared.task_run_id, window)


def count(connection: Connection, run_id: int) -> int:
    """Count the units of a run that are reserved."""
    query = (
        select(func.count(units.c.reserved_at))
        .select_from(units)
        .where(
            units.c.task_run_id == run_id,
            one_of(units.c.status, [UnitStatus.CREATED]),
            one_of(units.c.kind, [UnitKind.STANDARD]),
        )
    )
    return int(connection.execute(query).scalar_one())


def offer_now(connection: Connection, unit_id: int) -> bool:
    """Put a unit on offer ahead of the window; False if it does not wait for its turn, or its run offers nothing more."""
    offered = connection.execute(
        update(units)
        .where(
            units.c.id == unit_id,
            one_of(units.c.status, [UnitStatus.CREATED]),
            units.c.reserved_at.is_(None),
            _IN_RUN_THAT_GOES_ON,
        )
        .values(status=UnitStatus.LAUNCHED)
    )
    return offered.rowcount == 1


def standing(connection: Connection, unit_id: int) -> AnyRow:
    """Return how a unit stands: its status, reserved_at, and its run's run_status."""
    query = select(units.c.status, units.c.reserved_at, task_runs.c.status.label("run_status"))
    return connection.execute(query.join_from(units, task_runs).where(units.c.id == unit_id)).one()
