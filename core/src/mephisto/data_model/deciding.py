"""How what is decided is written, with what the provider shall do about it, and handed on."""

import getpass
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Connection, select

from mephisto.data_model import texts
from mephisto.data_model.base import Database
from mephisto.data_model.errors import MephistoDBException
from mephisto.errors import PluginError
from mephisto.model import actions as action_rows
from mephisto.model import agents, task_runs
from mephisto.status import ActionState
from mephisto.store import decisions, outbox, people

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Item = TypeVar("Item")

#: How many decisions are written in one transaction.
_TOGETHER: Final = 250

#: How long a script waits for another process that works for the same account.
_PATIENCE_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Account:
    """With whom something is done: a provider, and the requester's id there."""

    provider: str
    requester_id: int


@dataclass(frozen=True)
class Act(Generic[Result]):
    """One thing that is decided.

    `change` writes it, and says whether it changed anything, beside its result. `kind` and `payload` are what the
    provider is asked for; without an `account`, nobody is asked.
    """

    kind: str
    worker_id: int
    change: Callable[[Connection, decisions.Review], tuple[bool, Result]]
    account: Account | None
    agent_id: int | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told(Generic[Result]):
    """What came of it: the id of the decision, None if nothing changed, and why the provider has not done it.

    What is decided so already, and the provider failed to do, it is asked for once more.
    """

    result: Result
    decision_id: str | None
    failure: str = ""


def perform(db: Database, act: Act[Result], reason: str | None) -> Told[Result]:
    """Write a decision and what it asks the provider for, together; and let it be done, unless it is held."""
    return perform_all(db, [act], reason)[0]


def perform_all(db: Database, acts: Sequence[Act[Result]], reason: str | None) -> list[Told[Result]]:
    """Do what `perform` does for each of *acts*, as one step, some hundred of them in one transaction."""
    held, releasing = db.outbox.is_holding, db.outbox.releasing()
    prepared = [_prepared(db, act, reason) for act in acts]
    process_id = db.outbox.process_id if any(each.action for each in prepared) else 0

    def write(connection: Connection, each: _Prepared[Result]) -> tuple[bool, Result, int | None]:
        review, action = each.review, each.action
        changed, result = each.act.change(connection, review)
        if action is None:
            return changed, result, None
        if not changed:
            return changed, result, outbox.retry_same(connection, action, review.now)
        outbox.add(connection, action, review.decision_id, process_id, review.now, held=held)
        return changed, result, action.id

    def job(
        some: Sequence[_Prepared[Result]], connection: Connection
    ) -> list[tuple[bool, Result, int | None]]:
        outbox.release(connection, releasing)
        return [write(connection, each) for each in some]

    written = [one for some in batched(prepared) for one in db.store.write(partial(job, some))]
    db.changes += 1
    if not held and any(asked is not None for _, _, asked in written):
        db.outbox.send(_PATIENCE_SECONDS)
    return [
        Told(
            result,
            str(each.review.decision_id) if changed else None,
            "" if held or asked is None else _failure(db, asked),
        )
        for each, (changed, result, asked) in zip(prepared, written, strict=True)
    ]


@dataclass(frozen=True)
class _Prepared(Generic[Result]):
    act: Act[Result]
    review: decisions.Review
    action: outbox.NewAction | None


def _prepared(db: Database, act: Act[Result], reason: str | None) -> _Prepared[Result]:
    review = review_of(db, reason)
    if act.account is None or not serves(db, act.account, act.kind):
        return _Prepared(act, review, None)
    action = db.outbox.new_action(
        act.kind,
        provider=act.account.provider,
        requester_id=act.account.requester_id,
        worker_id=act.worker_id,
        agent_id=act.agent_id,
        payload={**act.payload, "reason": review.reason},
    )
    return _Prepared(act, review, action)


def take_back(db: Database, decision_id: str) -> bool:
    """Take a decision back, and what it asks the provider for.

    False, and nothing changes, if something was decided about the same since, or the provider was asked already.
    """
    return take_back_all(db, [decision_id]) == 1


def take_back_all(db: Database, decision_ids: Sequence[str]) -> int:
    """Do what `take_back` does for each decision, in this order, and return how many were taken back."""

    def write(connection: Connection, number: int) -> bool:
        if outbox.is_begun(connection, number) or not decisions.undo(connection, number, reviews[number]):
            return False
        outbox.drop(connection, number)
        return True

    def job(some: Sequence[int], connection: Connection) -> int:
        return sum(write(connection, number) for number in some)

    reviews = {int(decision_id): review_of(db, "") for decision_id in decision_ids}
    undone = sum(db.store.write(partial(job, some)) for some in batched(list(reviews)))
    db.changes += 1
    return undone


def batched(several: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield *several* in parts that are one transaction each, so that others' writes come between them."""
    for start in range(0, len(several), _TOGETHER):
        yield several[start : start + _TOGETHER]


def serves(db: Database, account: Account, kind: str) -> bool:
    """Say whether the provider carries out decisions of this kind.

    One that cannot be loaded now may do so, so that what it is asked for is kept.
    """
    try:
        return db.outbox.serves(account.provider, kind)
    except PluginError as error:
        logger.warning("%s", error)
        return True


def account_of_run(db: Database, run_id: str) -> Account:
    """Return with whom a run was launched."""
    query = select(task_runs.c.provider, task_runs.c.requester_id).where(task_runs.c.id == int(run_id))
    with db.store.read() as connection:
        row = connection.execute(query).one()
    return Account(row.provider, row.requester_id)


def account_of_worker(db: Database, worker_id: int, provider: str) -> Account | None:
    """Return for whom a worker worked last, or else the provider's newest account; None if there is none."""
    newest = (
        select(task_runs.c.requester_id)
        .join_from(agents, task_runs)
        .where(agents.c.worker_id == worker_id)
        .order_by(agents.c.id.desc())
        .limit(1)
    )
    with db.store.read() as connection:
        found = connection.execute(newest).first() or people.newest_requester(connection, provider)
    return None if found is None else Account(provider, found[0])


def review_of(db: Database, reason: str | None) -> decisions.Review:
    """Say who decides, why, and when. Raises `MephistoDBException` for a reason that cannot be stored."""
    why = texts.why_not(reason or "")
    if why:
        raise MephistoDBException("This cannot be the reason of a decision.", why, "Write it anew.")
    return decisions.Review(db.store.ids.new(), _reviewer(), reason or "", db.store.now())


def _failure(db: Database, action_id: int) -> str:
    query = select(action_rows.c.state, action_rows.c.error).where(action_rows.c.id == action_id)
    with db.store.read() as connection:
        row = connection.execute(query).first()
    if row is None or row.state in {ActionState.DONE, ActionState.DROPPED}:
        return ""
    return str(row.error) or "It waits until what goes before it is done."


def _reviewer() -> str:
    """Return who sits at this machine, nothing where it does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
