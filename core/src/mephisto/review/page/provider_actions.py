"""What the provider was asked to do about answers, and how that stands, as the page shows it."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from mephisto.data_model.base import as_id
from mephisto.model import actions, agents
from mephisto.store import outbox
from mephisto.store.rows import AnyRow


def of_attempts(connection: Connection, agent_ids: Collection[int]) -> defaultdict[int, list[dict[str, Any]]]:
    """Describe what was asked for about each attempt, the oldest first."""
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in outbox.of_attempts(connection, agent_ids):
        found[row.agent_id].append(_described(row))
    return found


def of_task(connection: Connection, task_id: int, action_ids: Collection[str]) -> list[int]:
    """List the ids of those actions that are about attempts at a task."""
    query = (
        select(actions.c.id)
        .join_from(actions, agents, agents.c.id == actions.c.agent_id)
        .where(actions.c.id.in_(list(map(as_id, action_ids))), agents.c.task_id == task_id)
    )
    return list(connection.execute(query).scalars())


def _described(row: AnyRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "kind": row.kind,
        "cents": row.payload.get("amount"),
        "state": row.state,
        "why": row.error,
    }
