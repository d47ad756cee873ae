"""What workers have filled in so far. A draft becomes *partial* when the time runs out; it never counts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from mephisto.model import agents, drafts, submissions
from mephisto.status import LIVE_AGENTS
from mephisto.store.ids import Ids
from mephisto.store.rows import AnyRow

#: A draft that is all there is of an attempt at a unit: what comes in late takes its place.
IS_PARTIAL: Final = (
    drafts.c.partial_at.is_not(None)
    & agents.c.unit_id.is_not(None)
    & ~exists().where(submissions.c.agent_id == agents.c.id)
)
_ATTEMPT: Final = select(agents.c.id, agents.c.status, agents.c.deadline, agents.c.task_run_id).where(
    agents.c.token == bindparam("token")
)


def attempt(connection: Connection, token: str) -> AnyRow | None:
    """Return id, status, deadline and task_run_id of an agent."""
    return connection.execute(_ATTEMPT, {"token": token}).first()


def keep(connection: Connection, ids: Ids, token: str, data: Mapping[str, Any], now: int) -> bool:
    """Put *data* in place of the draft of a live attempt; False if it is not live any more."""
    agent = attempt(connection, token)
    if agent is None or agent.status not in LIVE_AGENTS:
        return False
    connection.execute(delete(drafts).where(drafts.c.agent_id == agent.id))
    connection.execute(insert(drafts).values(id=ids.new(), agent_id=agent.id, data=dict(data), saved_at=now))
    return True


def make_partial(connection: Connection, agent_ids: Sequence[int], now: int) -> None:
    """Note that the time of these attempts ran out: their drafts are all that there is of them."""
    for agent_id in agent_ids:
        connection.execute(update(drafts).where(drafts.c.agent_id == agent_id).values(partial_at=now))


def counts(connection: Connection, run_ids: Iterable[int]) -> dict[int, int]:
    """Map each of *run_ids* that has partial answers to how many."""
    query = (
        select(agents.c.task_run_id, func.count())
        .join_from(drafts, agents)
        .where(agents.c.task_run_id.in_(list(run_ids)), IS_PARTIAL)
        .group_by(agents.c.task_run_id)
    )
    return dict(connection.execute(query).all())


def agents_of_task(connection: Connection, task_id: int) -> list[int]:
    """List the attempts at units of a task of which there is a partial answer, as they began."""
    query = select(agents.c.id).join_from(drafts, agents).where(agents.c.task_id == task_id, IS_PARTIAL)
    return list(connection.execute(query.order_by(agents.c.id)).scalars())


def of_agents(connection: Connection, agent_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Map each of *agent_ids* of which there is a partial answer to it."""
    query = select(drafts.c.agent_id, drafts.c.data).join_from(drafts, agents)
    return dict(connection.execute(query.where(drafts.c.agent_id.in_(list(agent_ids)), IS_PARTIAL)).all())
