"""What reviewers see of what providers shall do: what is open, why, trying it once more, and letting it be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mephisto.data_model.base import Database, as_id
from mephisto.outbox.reviewing import Reviewing
from mephisto.outbox.words import in_words, not_done, sentences
from mephisto.store import outbox
from mephisto.store.rows import AnyRow

__all__ = [
    "OpenAction",
    "Reviewing",
    "described",
    "dismiss",
    "not_done",
    "open_actions",
    "retry",
    "reviewing",
    "send_now",
    "sentences",
]


@dataclass(frozen=True)
class OpenAction:
    """One thing that a provider has not done: what it is in words, how it stands, and what went wrong at last.

    `row` is the row of data that it is about, counted from 1; `since` is when it was asked for.
    """

    id: str
    kind: str
    what: str
    state: str
    error: str
    attempts: int
    decision_id: str | None
    agent_id: str | None
    worker_id: str
    worker: str
    provider: str
    account: str
    task: str | None
    row: int | None
    since: int


def reviewing(db: Database, patience: float = 5.0) -> Reviewing:
    """Begin a review, a context: decisions are held until the next step or until it is left, and then carried out."""
    return Reviewing(db.store, db.outbox, patience)


def open_actions(db: Database) -> list[OpenAction]:
    """List what is open or failed, the oldest first."""
    with db.store.read() as connection:
        return described(outbox.unsettled(connection))


def described(rows: Iterable[AnyRow]) -> list[OpenAction]:
    """Describe what `mephisto.store.outbox` found."""
    return [
        OpenAction(
            id=str(row.id),
            kind=row.kind,
            what=in_words(row),
            state=row.state,
            error=row.error,
            attempts=row.attempts,
            decision_id=None if row.decision_id is None else str(row.decision_id),
            agent_id=None if row.agent_id is None else str(row.agent_id),
            worker_id=str(row.worker_id),
            worker=row.worker,
            provider=row.provider,
            account=row.account,
            task=row.task,
            row=None if row.source_index is None else row.source_index + 1,
            since=row.created_at,
        )
        for row in rows
    ]


def retry(db: Database, action_ids: Sequence[str]) -> list[str]:
    """Let what failed be tried once more, with the same token; return the ids of what is.

    What was decided otherwise since is not.
    """
    ids, now = [as_id(each) for each in action_ids], db.store.now()
    return [str(each) for each in db.store.write(lambda connection: outbox.retry(connection, ids, now))]


def dismiss(db: Database, action_ids: Sequence[str]) -> list[str]:
    """Let what failed not be asked for any more, since it was done by other means; return the ids of what is not."""
    ids, now = [as_id(each) for each in action_ids], db.store.now()
    return [str(each) for each in db.store.write(lambda connection: outbox.dismiss(connection, ids, now))]


def send_now(db: Database, patience: float = 0) -> None:
    """Carry out what is due, waiting *patience* seconds for accounts that another process is working for."""
    db.outbox.send(patience)
