"""What reviewers see of what providers shall do: what is open, why, and trying it once more."""

from collections.abc import Sequence
from dataclasses import dataclass

from mephisto.data_model.base import Database
from mephisto.outbox.reviewing import Reviewing, sentences
from mephisto.outbox.sender import in_words
from mephisto.store import outbox

__all__ = ["OpenAction", "Reviewing", "open_actions", "retry", "reviewing", "send_now", "sentences"]


@dataclass(frozen=True)
class OpenAction:
    """One thing that a provider has not done: what it is in words, how it stands, and what went wrong at last."""

    id: str
    kind: str
    what: str
    state: str
    error: str
    attempts: int
    decision_id: str | None
    agent_id: str | None
    worker_id: str


def reviewing(db: Database, patience: float = 5.0) -> Reviewing:
    """Begin a review, a context: decisions are held until the next step or until it is left, and then carried out."""
    return Reviewing(db.store, db.outbox, patience)


def open_actions(db: Database) -> list[OpenAction]:
    """List what is open or failed, the oldest first."""
    with db.store.read() as connection:
        rows = outbox.unsettled(connection)
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
        )
        for row in rows
    ]


def retry(db: Database, action_ids: Sequence[str]) -> int:
    """Let what failed be tried once more, with the same token; return how many there are."""
    now = db.store.now()
    return db.store.write(
        lambda connection: outbox.retry(connection, [int(each) for each in action_ids], now)
    )


def send_now(db: Database, patience: float = 0) -> None:
    """Carry out what is due, waiting *patience* seconds for accounts that another process is working for."""
    db.outbox.send(patience)
