"""What providers shall do: written with a decision, held, released, done in lanes, and settled.

A lane is what one account's provider does, one thing after the other. Whoever does it takes the account's role; with
the fence of that turn alone can the outcome of what was begun in it be written.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, insert, select, update

from mephisto.model import actions, agents, assignments, decisions, processes, requesters, tasks, workers
from mephisto.status import ACTION, OPEN_ACTIONS, ActionState, sources
from mephisto.store.prepared import Prepared
from mephisto.store.roles import Place, RoleName, lasts
from mephisto.store.rows import AnyRow
from mephisto.store.statements import one_of

#: An action, and what people call those it is about; where it is about no attempt, there is no row and no task.
DESCRIBED: Final = select(
    actions,
    workers.c.name.label("worker"),
    requesters.c.name.label("account"),
    assignments.c.source_index,
    tasks.c.name.label("task"),
).select_from(
    actions.join(workers, workers.c.id == actions.c.worker_id)
    .join(requesters, requesters.c.id == actions.c.requester_id)
    .outerjoin(agents, agents.c.id == actions.c.agent_id)
    .outerjoin(assignments, assignments.c.id == agents.c.assignment_id)
    .outerjoin(tasks, tasks.c.id == agents.c.task_id)
)

#: Of these, only the newest counts: one that has not been begun is dropped for the next.
_ABOUT_WORK: Final = ("approve", "reject", "soft_reject")
_REPLACED: Final = (_ABOUT_WORK, ("block", "unblock"), ("grant", "revoke"))
_TAKEN_BACK: Final = {"unblock": "block", "revoke": "grant"}

_ADD: Final = Prepared(insert(actions))
_DROP_UNBEGUN: Final = (
    update(actions)
    .where(one_of(actions.c.state, sources(ACTION, ActionState.DROPPED)), actions.c.attempts == 0)
    .values(state=ActionState.DROPPED)
)
_DROP_ABOUT_WORK: Final = Prepared(
    _DROP_UNBEGUN.where(
        one_of(actions.c.kind, _ABOUT_WORK),
        actions.c.decision_id.in_(select(decisions.c.id).where(decisions.c.agent_id == bindparam("agent"))),
    )
)
_OF_DECISION: Final = actions.c.decision_id == bindparam("decision")
_DROP_OF_DECISION: Final = Prepared(_DROP_UNBEGUN.where(_OF_DECISION))
_BEGUN: Final = Prepared(select(actions.c.id).where(_OF_DECISION, actions.c.attempts > 0).limit(1))


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
    if new.kind in _ABOUT_WORK:
        _DROP_ABOUT_WORK.change(connection, {"agent": new.agent_id})
    elif (same := _about_the_same(new)) is not None:
        dropped = connection.execute(_DROP_UNBEGUN.where(same)).rowcount
        if dropped and new.kind in _TAKEN_BACK:
            told = actions.c.kind == _TAKEN_BACK[new.kind], actions.c.state != ActionState.DROPPED
            if connection.execute(select(actions.c.id).where(same, *told)).first() is None:
                return False  # the provider has never heard of it
    row = {
        **vars(new),
        "decision_id": decision_id,
        "process_id": process_id,
        "state": ActionState.HELD if held else ActionState.READY,
        "not_before": now,
        "created_at": now,
    }
    _ADD.change(connection, row)
    return True


def _about_the_same(new: NewAction | AnyRow) -> ColumnElement[bool] | None:
    kinds = next((group for group in _REPLACED if new.kind in group), None)
    if kinds is None:
        return None
    if kinds is _ABOUT_WORK:
        return actions.c.kind.in_(kinds) & _about([new.agent_id])
    conditions = [
        actions.c.kind.in_(kinds),
        actions.c.requester_id == new.requester_id,
        actions.c.worker_id == new.worker_id,
    ]
    if "qualification" in new.payload:
        named = actions.c.payload["qualification"].as_string()
        conditions.append(named == new.payload["qualification"])
    return and_(*conditions)


def _about(agent_ids: Collection[int | None]) -> ColumnElement[bool]:
    """Make the condition that an action is about one of these attempts; decisions have an index for them."""
    return actions.c.decision_id.in_(select(decisions.c.id).where(decisions.c.agent_id.in_(agent_ids)))


def is_begun(connection: Connection, decision_id: int) -> bool:
    """Say whether a provider may have heard of what a decision asked for."""
    return _BEGUN.first(connection, {"decision": decision_id}) is not None


def drop(connection: Connection, decision_id: int) -> None:
    """Let what a decision asked for not be done."""
    _DROP_OF_DECISION.change(connection, {"decision": decision_id})


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
    query = DESCRIBED.where(
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
        DESCRIBED.where(
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
    """Write what became of something that was begun with *fence*; False if it is not that turn's any more.

    What was done makes needless what failed about the same before.
    """
    settled = connection.execute(
        update(actions)
        .where(actions.c.id == action.id, actions.c.state == ActionState.RUNNING, actions.c.fence == fence)
        .values(state=state, settled_at=None if state in OPEN_ACTIONS else now, **values)
    )
    same = _about_the_same(action)
    if settled.rowcount and state is ActionState.DONE and same is not None:
        _drop_failed(connection, same & (actions.c.id < action.id), now)
    return settled.rowcount == 1


def retry(connection: Connection, action_ids: Collection[int], now: int) -> list[int]:
    """Let what failed be tried once more, with the same token, and return the ids of what is.

    What was decided otherwise since is not: the provider shall not do what nobody wants any more.
    """
    failed = select(actions).where(actions.c.id.in_(action_ids), actions.c.state == ActionState.FAILED)
    wanted = [row.id for row in connection.execute(failed).all() if not _is_replaced(connection, row)]
    connection.execute(
        update(actions)
        .where(actions.c.id.in_(wanted))
        .values(state=ActionState.READY, not_before=now, settled_at=None)
    )
    return wanted


def retry_same(connection: Connection, new: NewAction, now: int) -> int | None:
    """Let the last thing be tried once more that is what *new* would be, if it failed; return its id, else None."""
    same = _about_the_same(new)
    if same is None:
        return None
    newest = select(actions.c.id).where(same, actions.c.kind == new.kind).order_by(actions.c.id.desc())
    return next(iter(retry(connection, connection.execute(newest.limit(1)).scalars().all(), now)), None)


def dismiss(connection: Connection, action_ids: Collection[int], now: int) -> list[int]:
    """Let what failed not be done, as it was done by other means, and return the ids of what that holds for."""
    failed = select(actions.c.id).where(actions.c.id.in_(action_ids), actions.c.state == ActionState.FAILED)
    found = list(connection.execute(failed).scalars())
    _drop_failed(connection, actions.c.id.in_(found), now)
    return found


def _drop_failed(connection: Connection, condition: ColumnElement[bool], now: int) -> None:
    connection.execute(
        update(actions)
        .where(condition, actions.c.state == ActionState.FAILED)
        .values(state=ActionState.DROPPED, settled_at=now)
    )


def _is_replaced(connection: Connection, action: AnyRow) -> bool:
    """Say whether something later about the same shall be done, or was."""
    same = _about_the_same(action)
    if same is None:
        return False
    later = (actions.c.id > action.id) & (actions.c.state != ActionState.DROPPED)
    return connection.execute(select(actions.c.id).where(same, later).limit(1)).first() is not None


def is_any_open(connection: Connection) -> bool:
    """Say whether anything is held, due or being done."""
    query = select(actions.c.id).where(one_of(actions.c.state, OPEN_ACTIONS)).limit(1)
    return connection.execute(query).first() is not None


def unsettled(connection: Connection, requester_id: int | None = None) -> list[AnyRow]:
    """List what is open or failed, the oldest first."""
    states = OPEN_ACTIONS | {ActionState.FAILED}
    query = DESCRIBED.where(actions.c.state.in_(states)).order_by(actions.c.id)
    if requester_id is not None:
        query = query.where(actions.c.requester_id == requester_id)
    return list(connection.execute(query))


def of_attempts(connection: Connection, agent_ids: Collection[int]) -> list[AnyRow]:
    """List what was asked for about attempts, the oldest first, without what was dropped."""
    query = DESCRIBED.where(_about(agent_ids), actions.c.state != ActionState.DROPPED)
    return list(connection.execute(query.order_by(actions.c.id)))
