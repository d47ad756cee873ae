"""What workers have filled in so far. A draft becomes *partial* when the time runs out; it never counts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from mephisto.model import agents, drafts
from mephisto.status import LIVE_AGENTS
from mephisto.store.ids import Ids
from mephisto.store.rows import AnyRow

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


def of_agent(connection: Connection, agent_id: int) -> AnyRow | None:
    """Return data, saved_at and partial_at of an attempt's draft; None if there is none."""
    query = select(drafts.c.data, drafts.c.saved_at, drafts.c.partial_at).where(drafts.c.agent_id == agent_id)
    return connection.execute(query).first()
