"""What providers shall do: one row for each thing."""

from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from mephisto.model.base import Model, id_field, instant, reference
from mephisto.status import OPEN_ACTIONS, ActionState

_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN_ACTIONS))


class Action(Model, table=True):
    """One thing, written with the decision that asks for it.

    `token` is the same at each try. `process_id` is the process that holds it back, `fence` the turn in the
    account's role in which it was begun; `error` is what went wrong at the last try.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_open", "requester_id", "id", sqlite_where=text(f"state IN ({_OPEN})")),
        Index(None, "worker_id"),
    )

    id: int = id_field()
    provider: str
    requester_id: int = reference("requester.id")
    worker_id: int = reference("worker.id")
    agent_id: int | None = reference("agent.id", default=None)
    decision_id: int | None = reference("decision.id", default=None, index=True)
    process_id: int = reference("process.id")
    kind: str
    payload: dict[str, Any] = Field(sa_type=JSON)
    token: str = Field(unique=True)
    state: str = ActionState.HELD
    fence: int = 0
    attempts: int = 0
    not_before: int = instant()
    error: str = ""
    created_at: int = instant()
    settled_at: int | None = instant(default=None)
