"""Going on with a run that its process left: what is left of it, and one transaction in which it becomes another's."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from mephisto.model import assignments, units
from mephisto.status import DONE_UNITS, OPEN_UNITS, RunStatus, UnitKind, UnitStatus
from mephisto.store import offering, roles, runs
from mephisto.store.ids import Ids
from mephisto.store.roles import Turn
from mephisto.store.rows import AnyRow
from mephisto.store.statements import one_of


def is_any_left(connection: Connection, run: AnyRow) -> bool:
    """Say whether a run has units of its data that are not done, or data that has not ended."""
    counts = runs.counts(connection, run.id)
    return not run.source_ended or counts.done < counts.total


def take_up(
    connection: Connection,
    ids: Ids,
    run: AnyRow,
    values: Mapping[str, Any],
    *,
    heard: bool,
    window: int,
    taken_back: bool,
    more: int,
) -> Turn | None:
    """Make *run*, as `runs.launched` returned it, the launching run of another process; None if one was quicker.

    *values* are what the row is from now on, `process_id` among them; *taken_back* says that the end of the run took back
    units, which are offered again; *more* is the time, in microseconds, that its live attempts are given. Their places,
    tokens and pages stay.
    """
    if not runs.is_as_seen(connection, run):
        return None
    # Whether there are more rows is known once the source has been read again.
    anew = {"end_reason": "", "ended_at": None, "source_ended": False, **values}
    runs.move(connection, run.id, RunStatus.LAUNCHING, **anew)
    roles.take_away(connection, run.id)
    offering.offer_anew(
        connection, run.id, window, taken_back=taken_back and not _failed_open(connection, run)
    )
    offering.extend(connection, run.id, more)
    runs.advance(connection, run.id, frontier(connection, run))
    return roles.begin(connection, ids, run.id, values["process_id"], heard=heard)


def left(connection: Connection, run: AnyRow, *, taken_back: bool) -> tuple[int, int]:
    """Count the units that are to be done if `take_up` is called so, and the cents that they pay."""
    expired = [UnitStatus.EXPIRED] if taken_back and not _failed_open(connection, run) else []
    query = select(func.count(), func.coalesce(func.sum(units.c.pay_cents), 0)).where(
        units.c.task_run_id == run.id,
        one_of(units.c.status, [*OPEN_UNITS, *expired]),
        one_of(units.c.kind, [UnitKind.STANDARD]),
    )
    count, cents = connection.execute(query).one()
    return int(count), int(cents)


def _failed_open(connection: Connection, run: AnyRow) -> bool:
    """Say whether a run failed while another process went on with it: it has all that it had, and only its script took units back."""
    return run.status == RunStatus.FAILED and runs.is_any_open(connection, run.id)


def frontier(connection: Connection, run: AnyRow) -> int:
    """Return the highest row of data that anybody works on, or has: once its source had ended, nobody noted it.

    What was taken back is no such row: the end of a run took it back to be offered again, or `offering.take_back` noted it.
    """
    others = [UnitStatus.ASSIGNED, *DONE_UNITS]
    query = (
        select(func.max(assignments.c.source_index))
        .join_from(units, assignments)
        .where(units.c.task_run_id == run.id, one_of(units.c.status, others))
    )
    highest = connection.execute(query).scalar()
    return int(run.frontier if highest is None else max(run.frontier, highest))


def hashes(connection: Connection, run_id: int, first: int, most: int) -> Sequence[str]:
    """List the hashes of a run's rows of data, as their source gave them, from the row *first* on."""
    query = (
        select(assignments.c.data_hash)
        .where(assignments.c.task_run_id == run_id, assignments.c.source_index >= first)
        .order_by(assignments.c.source_index)
        .limit(most)
    )
    return connection.execute(query).scalars().all()
