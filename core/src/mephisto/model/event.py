"""What happened in a run: written with what caused it, told afterwards to whoever listens."""

from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from mephisto.model.base import Model, id_field, instant, reference


class Event(Model, table=True):
    """One moment. `delivered_at` is when all who listen were told. Where nobody listens there are none."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_undelivered", "task_run_id", "id", sqlite_where=text("delivered_at IS NULL")),
    )

    id: int = id_field()
    task_run_id: int = reference("task_run.id")
    agent_id: int = reference("agent.id", index=True)
    unit_id: int = reference("unit.id")
    kind: str
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: int = instant()
    delivered_at: int | None = instant(default=None)
