"""Who worked: workers as lists for people, what became of their work, and whose a receipt is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, case, exists, func, select

from mephisto.model import (
    agents,
    blocks,
    decisions,
    granted_qualifications,
    qualifications,
    requesters,
    submissions,
    task_runs,
    tasks,
    workers,
)
from mephisto.status import ANSWERED_AGENTS, AgentStatus
from mephisto.store.rows import AnyRow


def worker_rows(
    connection: Connection,
    *,
    name: str | None = None,
    provider: str | None = None,
    task: str | None = None,
    qualification: str | None = None,
    blocked: bool = False,
    last: int | None = None,
) -> list[AnyRow]:
    """List workers, those who worked last first, with how many of their answers came in and how these were decided."""

    def counted(*statuses: AgentStatus) -> Any:
        return func.coalesce(func.sum(case((agents.c.status.in_(statuses), 1), else_=0)), 0)

    mine = (agents.c.worker_id == workers.c.id) & agents.c.unit_id.is_not(None)
    if task is not None:
        of_task = select(tasks.c.id).where(tasks.c.name == task).scalar_subquery()
        mine &= agents.c.task_id == of_task
    is_blocked = exists().where(blocks.c.worker_id == workers.c.id)
    query = (
        select(
            workers.c.id,
            workers.c.name,
            workers.c.provider,
            counted(*ANSWERED_AGENTS).label("answers"),
            counted(AgentStatus.APPROVED).label("approved"),
            counted(AgentStatus.REJECTED).label("rejected"),
            counted(AgentStatus.SOFT_REJECTED).label("soft_rejected"),
            func.max(agents.c.created_at).label("last_at"),
            is_blocked.label("blocked"),
        )
        .join_from(workers, agents, mine, isouter=task is None)
        .group_by(workers.c.id)
        .order_by(func.max(agents.c.created_at).desc(), workers.c.id.desc())
    )
    if name is not None:
        query = query.where(workers.c.name == name)
    if provider is not None:
        query = query.where(workers.c.provider == provider)
    if blocked:
        query = query.where(is_blocked)
    if qualification is not None:
        query = query.where(workers.c.id.in_(_holders(qualification)))
    return list(connection.execute(query if last is None else query.limit(last)))


def _holders(qualification: str) -> Any:
    return (
        select(granted_qualifications.c.worker_id)
        .join_from(granted_qualifications, qualifications)
        .where(qualifications.c.name == qualification)
    )


def held(connection: Connection, worker_id: int) -> dict[str, int]:
    """Map the qualifications that a worker holds to their values."""
    query = (
        select(qualifications.c.name, granted_qualifications.c.value)
        .join_from(granted_qualifications, qualifications)
        .where(granted_qualifications.c.worker_id == worker_id)
        .order_by(qualifications.c.name)
    )
    return dict(connection.execute(query).all())


def blocks_of(connection: Connection, worker_id: int) -> list[AnyRow]:
    """List the accounts that block a worker: requester, reason, created_at."""
    query = (
        select(requesters.c.name.label("requester"), blocks.c.reason, blocks.c.created_at)
        .join_from(blocks, requesters)
        .where(blocks.c.worker_id == worker_id)
        .order_by(blocks.c.id)
    )
    return list(connection.execute(query))


def tasks_of(connection: Connection, worker_id: int) -> list[AnyRow]:
    """List the tasks that a worker worked on, with the number of their answers."""
    answered = func.sum(case((agents.c.status.in_(ANSWERED_AGENTS), 1), else_=0))
    query = (
        select(tasks.c.name, answered.label("answers"), func.count().label("attempts"))
        .join_from(agents, tasks)
        .where(agents.c.worker_id == worker_id, agents.c.unit_id.is_not(None))
        .group_by(tasks.c.id)
        .order_by(tasks.c.name)
    )
    return list(connection.execute(query))


def decisions_of(
    connection: Connection, *, worker_id: int | None = None, agent_id: int | None = None
) -> Sequence[AnyRow]:
    """List what was decided about a worker, or about one attempt, the oldest first."""
    query = select(decisions).order_by(decisions.c.id)
    if worker_id is not None:
        query = query.where(decisions.c.worker_id == worker_id)
    if agent_id is not None:
        query = query.where(decisions.c.agent_id == agent_id)
    return connection.execute(query).all()


def receipt(connection: Connection, code: str) -> AnyRow | None:
    """Return what a receipt is for; None if there is none of this code."""
    query = (
        select(
            submissions.c.receipt_code,
            submissions.c.kind,
            submissions.c.received_at,
            submissions.c.confirmed_at,
            tasks.c.name.label("task"),
            task_runs.c.id.label("run_id"),
            requesters.c.name.label("requester"),
            workers.c.name.label("worker"),
            workers.c.provider,
            agents.c.id.label("agent_id"),
            agents.c.unit_id,
            agents.c.assignment_id,
            agents.c.status,
        )
        .join_from(submissions, agents)
        .join(workers, workers.c.id == agents.c.worker_id)
        .join(task_runs, task_runs.c.id == agents.c.task_run_id)
        .join(tasks, tasks.c.id == agents.c.task_id)
        .join(requesters, requesters.c.id == task_runs.c.requester_id)
        .where(submissions.c.receipt_code == code)
    )
    return connection.execute(query).first()
