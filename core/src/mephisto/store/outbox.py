"""What providers shall do: written with a decision, held, released, done in lanes, and settled.

A lane is what one account's provider does, one thing after the other. Whoever does it takes the account's role; with
the fence of that turn alone can the outcome of what was begun in it be written.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, select, update

from mephisto.model import actions, processes
from mephisto.status import ACTION, OPEN_ACTIONS, ActionState, sources
from mephisto.store.roles import Place, RoleName, lasts
from mephisto.store.rows import AnyRow
from mephisto.store.statements import one_of

#: Of these, only the newest counts: one that has not been begun is dropped for the next.
_REPLACED = (("approve", "reject", "soft_reject"), ("block", "unblock"), ("grant", "revoke"))
_TAKEN_BACK = {"unblock": "block", "revoke": "grant"}


@dataclass(frozen=True)
class NewAction:
    """One thing to be done; `payload` holds what is said to the provider beside who it is about."""

    id: int
    token: str
    kind: str
    provider: str
    requester_id: int
    worker_id: int
    agent_id: int | None
    payload: Mapping[str, Any]


def add(
    connection: Connection, new: NewAction, decision_id: int, process_id: int, now: int, *, held: bool
) -> bool:
    """Write what shall be done, in place of what it makes needless; False if nothing is left to do."""
    same = _about_the_same(new)
    dropped = 0 if same is None else _drop(connection, same)
    if dropped and new.kind in _TAKEN_BACK:
        told = actions.c.kind == _TAKEN_BACK[new.kind], actions.c.state != ActionState.DROPPED
        if same is not None and connection.execute(select(actions.c.id).where(same, *told)).first() is None:
            return False  # the provider has never heard of it
    connection.execute(
        insert(actions).values(
            id=new.id,
            provider=new.provider,
            requester_id=new.requester_id,
            worker_id=new.worker_id,
            agent_id=new.agent_id,
            decision_id=decision_id,
            process_id=process_id,
            kind=new.kind,
            payload=dict(new.payload),
            token=new.token,
            state=ActionState.HELD if held else ActionState.READY,
            not_before=now,
            created_at=now,
        )
    )
    return True


def _about_the_same(new: NewAction) -> ColumnElement[bool] | None:
    kinds = next((group for group in _REPLACED if new.kind in group), None)
    if kinds is None:
        return None
    conditions = [
        actions.c.kind.in_(kinds),
        actions.c.requester_id == new.requester_id,
        actions.c.worker_id == new.worker_id,
    ]
    if "qualification" in new.payload:
        named = actions.c.payload["qualification"].as_string()
        conditions.append(named == new.payload["qualification"])
    if "approve" in kinds:
        conditions.append(actions.c.agent_id == new.agent_id)
    return and_(*conditions)


def _drop(connection: Connection, condition: ColumnElement[bool]) -> int:
    """Drop what has never been begun."""
    droppable = sources(ACTION, ActionState.DROPPED)
    dropped = connection.execute(
        update(actions)
        .where(condition, actions.c.state.in_(droppable), actions.c.attempts == 0)
        .values(state=ActionState.DROPPED)
    )
    return dropped.rowcount


def is_begun(connection: Connection, decision_id: int) -> bool:
    """Say whether a provider may have heard of what a decision asked for."""
    begun = (actions.c.attempts > 0) | actions.c.state.not_in(sources(ACTION, ActionState.DROPPED))
    query = select(actions.c.id).where(
        actions.c.decision_id == decision_id, actions.c.state != ActionState.DROPPED, begun
    )
    return connection.execute(query).first() is not None


def drop(connection: Connection, decision_id: int) -> None:
    """Let what a decision asked for not be done."""
    _drop(connection, actions.c.decision_id == decision_id)


def release(connection: Connection, process_ids: Collection[int]) -> None:
    """Let what these processes hold back be done."""
    connection.execute(
        update(actions)
        .where(actions.c.state == ActionState.HELD, actions.c.process_id.in_(process_ids))
        .values(state=ActionState.READY)
    )


def holders(connection: Connection) -> list[AnyRow]:
    """List the processes that hold something back, with what tells whether they live."""
    mine = exists().where(actions.c.process_id == processes.c.id, actions.c.state == ActionState.HELD)
    return list(connection.execute(select(processes).where(mine)))


def lane(requester_id: int) -> Place:
    """Return the role of whoever does what an account's provider shall do."""
    return Place(RoleName.OUTBOX, requester_id=requester_id)


def waiting_lanes(connection: Connection, now: int) -> list[int]:
    """List the accounts for which something is due, or was begun by somebody and not settled."""
    due = (actions.c.state == ActionState.READY) & (actions.c.not_before <= now)
    query = (
        select(actions.c.requester_id)
        .where(actions.c.state.in_(OPEN_ACTIONS), due | (actions.c.state == ActionState.RUNNING))
        .distinct()
    )
    return list(connection.execute(query).scalars())


def in_doubt(connection: Connection, requester_id: int, fence: int) -> list[AnyRow]:
    """List what was begun in earlier turns, of which nobody knows whether it was done."""
    query = select(actions).where(
        actions.c.requester_id == requester_id,
        actions.c.state == ActionState.RUNNING,
        actions.c.fence < fence,
    )
    return list(connection.execute(query.order_by(actions.c.id)))


def next_due(connection: Connection, requester_id: int, now: int) -> AnyRow | None:
    """Return the oldest thing that is due, and that nothing about the same worker goes before."""
    earlier = actions.alias("earlier")
    goes_before = exists().where(
        earlier.c.requester_id == requester_id,
        earlier.c.worker_id == actions.c.worker_id,
        earlier.c.state.in_(OPEN_ACTIONS),
        earlier.c.id < actions.c.id,
    )
    query = (
        select(actions)
        .where(
            actions.c.requester_id == requester_id,
            actions.c.state == ActionState.READY,
            actions.c.state.in_(OPEN_ACTIONS),
            actions.c.not_before <= now,
            ~goes_before,
        )
        .order_by(actions.c.id)
        .limit(1)
    )
    return connection.execute(query).first()


def begin(connection: Connection, action_id: int, requester_id: int, fence: int) -> bool:
    """Note that something is being done, in a turn that still lasts; False if it was dropped, or the turn is over."""
    begun = connection.execute(
        update(actions)
        .where(
            actions.c.id == action_id, actions.c.state == ActionState.READY, lasts(lane(requester_id), fence)
        )
        .values(state=ActionState.RUNNING, fence=fence, attempts=actions.c.attempts + 1)
    )
    return begun.rowcount == 1


def settle(
    connection: Connection, action: AnyRow, fence: int, state: ActionState, now: int, **values: Any
) -> bool:
    """Write what became of something that was begun with *fence*; False if it is not that turn's any more."""
    settled = connection.execute(
        update(actions)
        .where(actions.c.id == action.id, actions.c.state == ActionState.RUNNING, actions.c.fence == fence)
        .values(state=state, settled_at=None if state in OPEN_ACTIONS else now, **values)
    )
    return settled.rowcount == 1


def retry(connection: Connection, action_ids: Collection[int], now: int) -> int:
    """Let what failed be tried once more, with the same token; return how many there are."""
    again = connection.execute(
        update(actions)
        .where(actions.c.id.in_(action_ids), actions.c.state == ActionState.FAILED)
        .values(state=ActionState.READY, not_before=now, settled_at=None)
    )
    return again.rowcount


def is_any_open(connection: Connection) -> bool:
    """Say whether anything is held, due or being done."""
    query = select(actions.c.id).where(one_of(actions.c.state, OPEN_ACTIONS)).limit(1)
    return connection.execute(query).first() is not None


def unsettled(connection: Connection, requester_id: int | None = None) -> list[AnyRow]:
    """List what is open or failed, the oldest first."""
    states = OPEN_ACTIONS | {ActionState.FAILED}
    query = select(actions).where(actions.c.state.in_(states)).order_by(actions.c.id)
    if requester_id is not None:
        query = query.where(actions.c.requester_id == requester_id)
    return list(connection.execute(query))
