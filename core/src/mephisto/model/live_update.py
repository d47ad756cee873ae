"""What pages and scripts say to each other while a worker is at work."""

from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from mephisto.model.base import Model, id_field, instant, reference


class LiveUpdate(Model, table=True):
    """One update of an attempt, from its worker's page or to it.

    `number` counts the updates of the attempt, both ways, in the order of their commits: a page that knows one of them
    asks for what follows. `update_id` is its sender's, and is in `data` as well; sent again, it is the same update.
    `taken_at` is when a script took one of a page.
    """

    __tablename__ = "live_update"
    __table_args__ = (
        UniqueConstraint("agent_id", "number"),
        UniqueConstraint("agent_id", "from_worker", "update_id"),
        Index(
            "ix_live_update_waiting",
            "agent_id",
            "from_worker",
            "number",
            sqlite_where=text("taken_at IS NULL"),
        ),
    )

    id: int = id_field()
    agent_id: int = reference("agent.id")
    number: int
    from_worker: bool
    update_id: str
    data: dict[str, Any] = Field(sa_type=JSON)
    sent_at: int = instant()
    taken_at: int | None = instant(default=None)
