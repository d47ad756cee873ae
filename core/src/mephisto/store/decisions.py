"""Decisions about finished work and about workers: what they change, and the row that tells of it, change together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from mephisto.model import agents, decisions, units
from mephisto.status import AGENT, UNIT, AgentStatus, DecisionKind, UnitStatus, sources
from mephisto.store import blocks
from mephisto.store import qualifications as held
from mephisto.store.prepared import Prepared
from mephisto.store.rows import AnyRow
from mephisto.store.statements import one_of

#: What a unit becomes with its agent.
UNIT_STATUSES: Final[Mapping[AgentStatus, UnitStatus]] = {
    AgentStatus.COMPLETED: UnitStatus.COMPLETED,
    AgentStatus.APPROVED: UnitStatus.ACCEPTED,
    AgentStatus.REJECTED: UnitStatus.REJECTED,
    AgentStatus.SOFT_REJECTED: UnitStatus.SOFT_REJECTED,
}
BLOCKED: Final = "blocked"

# All of a worker are decided about together: what that takes is prepared.
_AGENT: Final = Prepared(select(agents.c.status, agents.c.worker_id).where(agents.c.id == bindparam("agent")))
_MOVES: Final[Mapping[AgentStatus, tuple[Prepared, Prepared]]] = {
    target: (
        Prepared(
            update(agents)
            .where(agents.c.id == bindparam("agent"), one_of(agents.c.status, sources(AGENT, target)))
            .values(status=target)
        ),
        Prepared(
            update(units)
            .where(units.c.agent_id == bindparam("agent"), one_of(units.c.status, sources(UNIT, of_unit)))
            .values(status=of_unit)
        ),
    )
    for target, of_unit in UNIT_STATUSES.items()
}
_DECIDED: Final = Prepared(select(decisions).where(decisions.c.id == bindparam("decision")))
_LAST_ABOUT_WORK: Final = Prepared(
    select(decisions.c.id)
    .where(decisions.c.agent_id == bindparam("agent"), one_of(decisions.c.kind, [DecisionKind.WORK]))
    .order_by(decisions.c.id.desc())
    .limit(1)
)
_ADD_DECISION: Final = Prepared(insert(decisions))


@dataclass(frozen=True)
class Review:
    """Who decides, why, and when; `decision_id` is the id of the row that is written."""

    decision_id: int
    reviewer: str
    reason: str
    now: int


def decide(
    connection: Connection,
    agent_id: int,
    target: AgentStatus,
    review: Review,
    seen: AgentStatus | None = None,
) -> AgentStatus:
    """Bring finished work to *target*, and return what it was before.

    Nothing is written where that is not legal, or where it was not what was *seen*.
    """
    agent = _AGENT.first(connection, {"agent": agent_id})
    before = AgentStatus(agent.status)
    if seen in {None, before} and before != target and before in sources(AGENT, target):
        _move(connection, agent_id, target)
        about = {"agent_id": agent_id, "worker_id": agent.worker_id, "status": target, "before": before}
        _add(connection, DecisionKind.WORK, review, about)
    return before


def pay_bonus(
    connection: Connection, worker_id: int, agent_id: int | None, cents: int, review: Review
) -> None:
    """Write that a worker shall be paid more."""
    about = {"agent_id": agent_id, "worker_id": worker_id, "cents": cents, "status": "", "before": ""}
    _add(connection, DecisionKind.BONUS, review, about)


def send_message(connection: Connection, worker_id: int, agent_id: int, text: str, review: Review) -> None:
    """Write that a worker shall read *text*, which is about an attempt of theirs."""
    about = {"agent_id": agent_id, "worker_id": worker_id, "reason": text, "status": "", "before": ""}
    _add(connection, DecisionKind.MESSAGE, review, about)


def block(connection: Connection, worker_id: int, requester_id: int, review: Review) -> bool:
    """Keep a worker from all tasks of an account; False if they are kept from them already."""
    if not blocks.add(connection, review.decision_id, worker_id, requester_id, review.reason, review.now):
        return False
    about = {"worker_id": worker_id, "requester_id": requester_id, "status": BLOCKED, "before": ""}
    _add(connection, DecisionKind.BLOCK, review, about)
    return True


def unblock(connection: Connection, worker_id: int, requester_id: int, review: Review) -> bool:
    """Take a block back; False if there is none."""
    if not blocks.remove(connection, worker_id, requester_id):
        return False
    about = {"worker_id": worker_id, "requester_id": requester_id, "status": "", "before": BLOCKED}
    _add(connection, DecisionKind.UNBLOCK, review, about)
    return True


def grant(connection: Connection, worker_id: int, name: str, value: int, review: Review) -> bool:
    """Let a worker hold the qualification *name* with *value*; False if there is none of this name."""
    qualification = held.find(connection, name)
    if qualification is None:
        return False
    before = held.value(connection, worker_id, name)
    held.grant(connection, review.decision_id, worker_id, qualification, value, review.now)
    about = {"worker_id": worker_id, "qualification": name, "status": str(value), "before": _text(before)}
    _add(connection, DecisionKind.GRANT, review, about)
    return True


def revoke(connection: Connection, worker_id: int, name: str, review: Review) -> bool:
    """Take the qualification *name* from a worker; False if they do not hold it."""
    qualification, before = held.find(connection, name), held.value(connection, worker_id, name)
    if qualification is None or before is None:
        return False
    held.revoke(connection, worker_id, qualification)
    about = {"worker_id": worker_id, "qualification": name, "status": "", "before": _text(before)}
    _add(connection, DecisionKind.REVOKE, review, about)
    return True


def undo(connection: Connection, decision_id: int, review: Review) -> bool:
    """Take a decision back; False if something was decided about the same since, or it was taken back already."""
    decided = _DECIDED.first(connection, {"decision": decision_id})
    if decided.undoes is not None or _last_about_the_same(connection, decided) != decision_id:
        return False
    if not _restored(connection, decided, review):
        return False
    about = {
        **{name: getattr(decided, name) for name in _SUBJECT},
        "status": decided.before,
        "before": decided.status,
        "undoes": decision_id,
    }
    _add(connection, DecisionKind(decided.kind), review, about)
    return True


_SUBJECT: Final = ("agent_id", "worker_id", "requester_id", "qualification", "cents")
_ABOUT_THE_SAME: Final[Mapping[DecisionKind, tuple[DecisionKind, ...]]] = {
    DecisionKind.BLOCK: (DecisionKind.BLOCK, DecisionKind.UNBLOCK),
    DecisionKind.UNBLOCK: (DecisionKind.BLOCK, DecisionKind.UNBLOCK),
    DecisionKind.GRANT: (DecisionKind.GRANT, DecisionKind.REVOKE),
    DecisionKind.REVOKE: (DecisionKind.GRANT, DecisionKind.REVOKE),
}


def _last_about_the_same(connection: Connection, decided: AnyRow) -> int:
    kind = DecisionKind(decided.kind)
    if kind in {DecisionKind.BONUS, DecisionKind.MESSAGE}:  # each is one by itself
        of_it = (decisions.c.id == decided.id) | (decisions.c.undoes == decided.id)
        return _last(connection, of_it)
    if kind is DecisionKind.WORK:
        return int(_LAST_ABOUT_WORK.scalar(connection, {"agent": decided.agent_id}))
    same = decisions.c.kind.in_(_ABOUT_THE_SAME[kind])
    of_worker = same & (decisions.c.worker_id == decided.worker_id)
    if decided.requester_id is not None:
        return _last(connection, of_worker & (decisions.c.requester_id == decided.requester_id))
    return _last(connection, of_worker & (decisions.c.qualification == decided.qualification))


def _last(connection: Connection, condition: ColumnElement[bool]) -> int:
    query = select(decisions.c.id).where(condition).order_by(decisions.c.id.desc()).limit(1)
    return int(connection.execute(query).scalar_one())


def _restored(connection: Connection, decided: AnyRow, review: Review) -> bool:
    """Bring back what was before; False if there is no qualification of this name any more."""
    kind, worker = DecisionKind(decided.kind), decided.worker_id
    if kind is DecisionKind.WORK:
        _move(connection, decided.agent_id, AgentStatus(decided.before))
    elif kind is DecisionKind.BLOCK:
        blocks.remove(connection, worker, decided.requester_id)
    elif kind is DecisionKind.UNBLOCK:
        blocks.add(connection, review.decision_id, worker, decided.requester_id, decided.reason, review.now)
    elif kind in {DecisionKind.GRANT, DecisionKind.REVOKE}:
        qualification = held.find(connection, decided.qualification)
        if qualification is None:
            return False
        if decided.before:
            value = int(decided.before)
            held.grant(connection, review.decision_id, worker, qualification, value, review.now)
        else:
            held.revoke(connection, worker, qualification)
    return True


def _move(connection: Connection, agent_id: int, target: AgentStatus) -> None:
    for move in _MOVES[target]:
        move.change(connection, {"agent": agent_id})


def _add(connection: Connection, kind: DecisionKind, review: Review, about: Mapping[str, Any]) -> None:
    row = {
        "id": review.decision_id,
        "kind": kind,
        "reviewer": review.reviewer,
        "reason": review.reason,
        "created_at": review.now,
        **about,
    }
    _ADD_DECISION.change(connection, row)


def _text(value: int | None) -> str:
    return "" if value is None else str(value)
