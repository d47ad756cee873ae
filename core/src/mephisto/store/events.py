"""Events, where someone listens: written with what caused them, delivered after their commit, in order, at least once."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from mephisto.model import agents, events, roles, task_runs, workers
from mephisto.status import UNFINISHED_RUNS
from mephisto.store.ids import Ids
from mephisto.store.prepared import Prepared
from mephisto.store.roles import RoleName
from mephisto.store.rows import AnyRow

#: An attempt at a unit has ended, with an answer or without.
UNIT_ENDED: Final = "unit ended"

_ADD: Final = Prepared(insert(events))


def are_heard(connection: Connection, run_id: int) -> bool:
    """Say whether someone listens to a run's events: a process has taken it upon itself to tell them to its script."""
    query = (
        select(roles.c.id)
        .join_from(roles, task_runs, roles.c.task_run_id == task_runs.c.id)
        .where(
            task_runs.c.id == run_id,
            task_runs.c.status.in_(UNFINISHED_RUNS),
            roles.c.name == RoleName.CALLBACKS,
            roles.c.process_id.is_not(None),
        )
    )
    return connection.execute(query).first() is not None


def add(connection: Connection, ids: Ids, agent: Any, now: int) -> None:
    """Write that the attempt of *agent*, a row with id, unit_id and task_run_id, has ended."""
    row = {
        "id": ids.new(),
        "task_run_id": agent.task_run_id,
        "agent_id": agent.id,
        "unit_id": agent.unit_id,
        "kind": UNIT_ENDED,
        "data": {},
        "created_at": now,
    }
    _ADD.change(connection, row)


def undelivered(connection: Connection, run_id: int, most: int) -> Sequence[AnyRow]:
    """List the oldest events of a run of which nobody was told yet."""
    query = (
        select(events.c.id, events.c.kind, events.c.unit_id, events.c.agent_id)
        .where(events.c.task_run_id == run_id, events.c.delivered_at.is_(None))
        .order_by(events.c.id)
        .limit(most)
    )
    return connection.execute(query).all()


def is_waiting(connection: Connection, run_id: int, worker_name: str | None = None) -> bool:
    """Say whether events of a run, of one worker's attempts if one is named, are undelivered."""
    query = select(events.c.id).where(events.c.task_run_id == run_id, events.c.delivered_at.is_(None))
    if worker_name is not None:
        query = (
            query.join(agents, agents.c.id == events.c.agent_id)
            .join(workers, workers.c.id == agents.c.worker_id)
            .where(workers.c.name == worker_name)
        )
    return connection.execute(query.limit(1)).first() is not None


def deliver(connection: Connection, event_id: int, now: int) -> None:
    connection.execute(update(events).where(events.c.id == event_id).values(delivered_at=now))
