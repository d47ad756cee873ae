"""Live updates: what the page of an attempt and scripts say to each other, each kept once and in order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update

from mephisto.model import agents, live_updates
from mephisto.store.ids import Ids
from mephisto.store.prepared import Prepared
from mephisto.store.rows import AnyRow

#: That there are updates of an attempt, in a query of agents.
EXIST: Final = exists().where(live_updates.c.agent_id == agents.c.id).correlate(agents)
_IS_WAITING: Final = (
    live_updates.c.agent_id == bindparam("agent"),
    live_updates.c.from_worker.is_(True),
    live_updates.c.taken_at.is_(None),
)
_WAITING: Final = Prepared(select(func.count()).select_from(live_updates).where(*_IS_WAITING))
_FIRST_WAITING: Final = Prepared(
    select(live_updates.c.id, live_updates.c.data)
    .where(*_IS_WAITING)
    .order_by(live_updates.c.number)
    .limit(1)
)
_ANY_WAITING: Final = Prepared(select(live_updates.c.id).where(*_IS_WAITING).limit(1))
_OF_AGENT: Final = (
    select(
        live_updates.c.number,
        live_updates.c.from_worker,
        live_updates.c.data,
        live_updates.c.sent_at,
    )
    .where(live_updates.c.agent_id == bindparam("agent"))
    .order_by(live_updates.c.number)
)
_ALL: Final = Prepared(_OF_AGENT)
_AFTER: Final = Prepared(_OF_AGENT.where(live_updates.c.number > bindparam("after")).limit(bindparam("most")))


@dataclass(frozen=True)
class NewUpdate:
    """One update as its sender made it."""

    update_id: str
    data: Mapping[str, Any]


def add(
    connection: Connection, ids: Ids, agent_id: int, new: Sequence[NewUpdate], now: int, *, from_worker: bool
) -> None:
    """Keep updates in their order; those that came before are left as they are."""
    mine = live_updates.c.agent_id == agent_id
    known = set(
        connection.execute(
            select(live_updates.c.update_id).where(
                mine,
                live_updates.c.from_worker.is_(from_worker),
                live_updates.c.update_id.in_([each.update_id for each in new]),
            )
        ).scalars()
    )
    # Numbered within the transaction: an id is made before, so that a smaller one may be committed later.
    number = connection.execute(select(func.max(live_updates.c.number)).where(mine)).scalar() or 0
    for each in new:
        if each.update_id in known:
            continue
        known.add(each.update_id)
        number += 1
        row = {
            "id": ids.new(),
            "agent_id": agent_id,
            "number": number,
            "from_worker": from_worker,
            "update_id": each.update_id,
            "data": dict(each.data),
            "sent_at": now,
        }
        connection.execute(insert(live_updates).values(row))


def after(connection: Connection, agent_id: int, number: int, most: int) -> Sequence[AnyRow]:
    """List number, from_worker, data and sent_at of at most *most* updates of an attempt that follow *number*."""
    return _AFTER.all(connection, {"agent": agent_id, "after": number, "most": most})


def waiting(connection: Connection, agent_id: int) -> int:
    """Count what the page of an attempt has sent and no script has taken."""
    return int(_WAITING.scalar(connection, {"agent": agent_id}))


def is_waiting(connection: Connection, agent_id: int) -> bool:
    """Say whether there is something that `take` would return."""
    return _ANY_WAITING.first(connection, {"agent": agent_id}) is not None


def take(connection: Connection, agent_id: int, now: int) -> dict[str, Any] | None:
    """Take the oldest that is waiting, so that no other script gets it; None if there is none."""
    found = _FIRST_WAITING.first(connection, {"agent": agent_id})
    if found is None:
        return None
    connection.execute(update(live_updates).where(live_updates.c.id == found.id).values(taken_at=now))
    data: dict[str, Any] = found.data
    return data


def of_agent(connection: Connection, agent_id: int) -> Sequence[AnyRow]:
    """List what `after` does, but all of it."""
    return _ALL.all(connection, {"agent": agent_id})


def of_agents(connection: Connection, agent_ids: Iterable[int]) -> dict[int, list[AnyRow]]:
    """Map each of *agent_ids* that has updates to all of them, in order, with from_worker, data and sent_at."""
    query = (
        select(
            live_updates.c.agent_id,
            live_updates.c.from_worker,
            live_updates.c.data,
            live_updates.c.sent_at,
        )
        .where(live_updates.c.agent_id.in_(list(agent_ids)))
        .order_by(live_updates.c.agent_id, live_updates.c.number)
    )
    found: dict[int, list[AnyRow]] = {}
    for row in connection.execute(query):
        found.setdefault(row.agent_id, []).append(row)
    return found


def are_any(connection: Connection, run_ids: Iterable[int]) -> bool:
    """Say whether there are updates of attempts of these runs."""
    query = select(live_updates.c.id).join_from(live_updates, agents)
    return (
        connection.execute(query.where(agents.c.task_run_id.in_(list(run_ids))).limit(1)).first() is not None
    )
