"""Units on their way to workers: made from rows of data, offered in a window, and taken back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from mephisto.model import agents, assignments, task_runs, units
from mephisto.status import LIVE_AGENTS, OFFERING_RUNS, AgentStatus, UnitKind, UnitStatus
from mephisto.store import events, json_text, runs
from mephisto.store.ids import Ids
from mephisto.store.prepared import Prepared
from mephisto.store.rows import AnyRow
from mephisto.store.statements import one_of

#: Nobody works on these.
FREE: Final = frozenset({UnitStatus.CREATED, UnitStatus.LAUNCHED})
_ACTIVE: Final = Prepared(
    select(func.count())
    .select_from(units)
    .where(
        units.c.task_run_id == bindparam("run"),
        one_of(units.c.status, [UnitStatus.LAUNCHED, UnitStatus.ASSIGNED]),
        one_of(units.c.kind, [UnitKind.STANDARD]),
    )
)
_IS_WAITING: Final = (
    units.c.task_run_id == bindparam("run"),
    one_of(units.c.status, [UnitStatus.CREATED]),
    one_of(units.c.kind, [UnitKind.STANDARD]),
    units.c.reserved_at.is_(None),
)
_ANY_WAITING: Final = Prepared(select(units.c.id).where(*_IS_WAITING).limit(1))
_OFFER_ALL: Final = update(units).where(*_IS_WAITING).values(status=UnitStatus.LAUNCHED)
_OFFER_SOME: Final = Prepared(
    update(units)
    .where(
        units.c.id.in_(select(units.c.id).where(*_IS_WAITING).order_by(units.c.id).limit(bindparam("most")))
    )
    .values(status=UnitStatus.LAUNCHED)
)


@dataclass(frozen=True)
class NewAssignment:
    """One row of data and its number of units."""

    data: Mapping[str, Any]
    units: int


def add(
    connection: Connection,
    ids: Ids,
    run_id: int,
    position: int,
    chunk: Sequence[NewAssignment],
    pay_cents: int,
    *,
    ended: bool,
) -> bool:
    """Make assignments and units of the rows from *position* on, and note how far the source has been read.

    False, and nothing is made, if the run takes no more rows: its feeder may hear of that a little later.
    """
    fed = connection.execute(
        update(task_runs)
        .where(task_runs.c.id == run_id, task_runs.c.status.in_(OFFERING_RUNS))
        .values(source_position=position + len(chunk), source_ended=ended)
    )
    if fed.rowcount == 0:
        return False
    assignment_ids = ids.block(max(1, len(chunk)))
    unit_ids = iter(ids.block(max(1, sum(new.units for new in chunk))))
    if chunk:
        connection.execute(
            insert(assignments), list(_assignment_rows(run_id, position, chunk, assignment_ids))
        )
        connection.execute(
            insert(units),
            [
                {
                    "id": next(unit_ids),
                    "task_run_id": run_id,
                    "assignment_id": assignment_id,
                    "unit_index": index,
                    "pay_cents": pay_cents,
                }
                for assignment_id, new in zip(assignment_ids, chunk, strict=False)
                for index in range(new.units)
            ],
        )
    return True


def _assignment_rows(
    run_id: int, position: int, chunk: Sequence[NewAssignment], ids: range
) -> Iterator[dict[str, Any]]:
    for index, (assignment_id, new) in enumerate(zip(ids, chunk, strict=False), position):
        yield {
            "id": assignment_id,
            "task_run_id": run_id,
            "source_index": index,
            "data": dict(new.data),
            "data_hash": json_text.digest(new.data),
        }


def open_window(connection: Connection, run_id: int, window: int) -> int:
    """Offer units until *window* of them are offered or held, all of them if it is 0; return how many were.

    Those that are reserved stay out of it.
    """
    if window:
        if _ANY_WAITING.first(connection, {"run": run_id}) is None:
            return 0
        active = int(_ACTIVE.scalar(connection, {"run": run_id}))
        if active >= window:
            return 0
        return _OFFER_SOME.change(connection, {"run": run_id, "most": window - active})
    return connection.execute(_OFFER_ALL, {"run": run_id}).rowcount


def time_out(connection: Connection, ids: Ids, run_id: int, now: int, *, heard: bool) -> list[int]:
    """End the attempts whose deadline has passed and free their units; return the agents' ids.

    *heard* says that someone listens to the run's events, of which each end is one.
    """
    overdue = (agents.c.task_run_id == run_id, agents.c.deadline < now)
    ended = _end_attempts(connection, overdue, AgentStatus.TIMEOUT, UnitStatus.LAUNCHED, now)
    return _told(connection, ids, ended, now, heard=heard)


def give_up(connection: Connection, ids: Ids, agent_id: int, now: int, *, heard: bool) -> bool:
    """End one attempt as `time_out` does, before its deadline; False if it is not live any more."""
    ended = _end_attempts(
        connection, (agents.c.id == agent_id,), AgentStatus.TIMEOUT, UnitStatus.LAUNCHED, now
    )
    return bool(_told(connection, ids, ended, now, heard=heard))


def extend(connection: Connection, run_id: int, gap: int) -> None:
    """Move the deadlines of all live attempts of a run by *gap* microseconds."""
    connection.execute(
        update(agents)
        .where(agents.c.task_run_id == run_id, one_of(agents.c.status, LIVE_AGENTS))
        .values(deadline=agents.c.deadline + gap)
    )


def withdraw(connection: Connection, run_id: int) -> None:
    """Take back the units that nobody holds."""
    connection.execute(
        update(units)
        .where(units.c.task_run_id == run_id, units.c.status.in_(FREE))
        .values(status=UnitStatus.EXPIRED, reserved_at=None)
    )


def take_back(connection: Connection, unit_id: int, window: int) -> bool:
    """Take back one unit, and offer another in its place; False if somebody works, or has worked, on it."""
    taken = connection.execute(
        update(units)
        .where(units.c.id == unit_id, units.c.status.in_(FREE))
        .values(status=UnitStatus.EXPIRED, reserved_at=None)
        .returning(units.c.task_run_id, units.c.assignment_id)
    ).first()
    if taken is None:
        return False
    offer_another(connection, taken, window)
    return True


def offer_anew(connection: Connection, run_id: int, window: int, *, taken_back: bool) -> None:
    """Offer units of the data as far as *window* has room for them, from the oldest on if there were more before.

    With *taken_back*, those that were taken back are among them.
    """
    waiting = [UnitStatus.EXPIRED] if taken_back else []
    if window and int(_ACTIVE.scalar(connection, {"run": run_id})) > window:
        waiting.append(UnitStatus.LAUNCHED)
    if waiting:
        connection.execute(
            update(units)
            .where(
                units.c.task_run_id == run_id,
                one_of(units.c.status, waiting),
                one_of(units.c.kind, [UnitKind.STANDARD]),
            )
            .values(status=UnitStatus.CREATED)
        )
    open_window(connection, run_id, window)


def offer_another(connection: Connection, missing: AnyRow, window: int) -> None:
    """Go on without one unit: wait for its row of data no longer, and offer another in its place."""
    row = select(assignments.c.source_index).where(assignments.c.id == missing.assignment_id)
    source_index = connection.execute(row).scalar_one()
    if source_index is not None:
        runs.advance(connection, missing.task_run_id, source_index)
    if window:
        open_window(connection, missing.task_run_id, window)


def expire(connection: Connection, ids: Ids, run_id: int, now: int, *, heard: bool) -> list[int]:
    """End all attempts of a run that is closing; return the agents' ids. *heard* is as in `time_out`."""
    live = (agents.c.task_run_id == run_id,)
    ended = _end_attempts(connection, live, AgentStatus.EXPIRED, UnitStatus.EXPIRED, now)
    return _told(connection, ids, ended, now, heard=heard)


def _end_attempts(
    connection: Connection,
    which: Sequence[Any],
    agent_status: AgentStatus,
    unit_status: UnitStatus,
    now: int,
) -> list[AnyRow]:
    ended = connection.execute(
        update(agents)
        .where(*which, one_of(agents.c.status, LIVE_AGENTS))
        .values(status=agent_status, ended_at=now)
        .returning(agents.c.id, agents.c.unit_id, agents.c.task_run_id)
    ).all()
    for agent in ended:
        connection.execute(
            update(units)
            .where(
                units.c.agent_id == agent.id,
                units.c.id == agent.unit_id,
                units.c.status == UnitStatus.ASSIGNED,
            )
            .values(status=unit_status, agent_id=None, worker_id=None)
        )
    return list(ended)


def _told(connection: Connection, ids: Ids, ended: Sequence[AnyRow], now: int, *, heard: bool) -> list[int]:
    for agent in ended:
        if heard and agent.unit_id is not None:
            events.add(connection, ids, agent, now)
    return [agent.id for agent in ended]
