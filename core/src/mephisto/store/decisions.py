"""Decisions about finished work: agent, unit and the row that tells of it change together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select, update

from mephisto.model import agents, decisions, units
from mephisto.status import AGENT, ANSWERED_AGENTS, UNIT, AgentStatus, UnitStatus, sources

#: What a unit becomes with its agent.
UNIT_STATUSES: Final[Mapping[AgentStatus, UnitStatus]] = {
    AgentStatus.COMPLETED: UnitStatus.COMPLETED,
    AgentStatus.APPROVED: UnitStatus.ACCEPTED,
    AgentStatus.REJECTED: UnitStatus.REJECTED,
    AgentStatus.SOFT_REJECTED: UnitStatus.SOFT_REJECTED,
}


@dataclass(frozen=True)
class Review:
    """Who decides, why, and when; `decision_id` is the id of the row that is written."""

    decision_id: int
    reviewer: str
    reason: str
    now: int


def decide(connection: Connection, agent_id: int, target: AgentStatus, review: Review) -> AgentStatus:
    """Bring finished work to *target*, and return what it was before; nothing is written where that is not legal.

    An attempt that brought no answer is not finished work: only its answer can complete it.
    """
    before = AgentStatus(
        connection.execute(select(agents.c.status).where(agents.c.id == agent_id)).scalar_one()
    )
    if before != target and before in ANSWERED_AGENTS and before in sources(AGENT, target):
        _move(connection, agent_id, before, target, review)
    return before


def undo(connection: Connection, decision_id: int, review: Review) -> bool:
    """Take a decision back; False if it is not the last one about its agent."""
    decided = connection.execute(select(decisions).where(decisions.c.id == decision_id)).one()
    last = connection.execute(
        select(decisions.c.id)
        .where(decisions.c.agent_id == decided.agent_id)
        .order_by(decisions.c.id.desc())
        .limit(1)
    ).scalar_one()
    if last != decision_id:
        return False
    target, before = AgentStatus(decided.before), AgentStatus(decided.status)
    _move(connection, decided.agent_id, before, target, review, undoes=decision_id)
    return True


def _move(
    connection: Connection,
    agent_id: int,
    before: AgentStatus,
    target: AgentStatus,
    review: Review,
    undoes: int | None = None,
) -> None:
    connection.execute(
        update(agents)
        .where(agents.c.id == agent_id, agents.c.status.in_(sources(AGENT, target)))
        .values(status=target)
    )
    unit_target = UNIT_STATUSES[target]
    connection.execute(
        update(units)
        .where(units.c.agent_id == agent_id, units.c.status.in_(sources(UNIT, unit_target)))
        .values(status=unit_target)
    )
    connection.execute(
        insert(decisions).values(
            id=review.decision_id,
            agent_id=agent_id,
            status=target,
            before=before,
            reviewer=review.reviewer,
            reason=review.reason,
            undoes=undoes,
            created_at=review.now,
        )
    )
