"""What workers had filled in before they handed anything in."""

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from mephisto.model.base import Big, Model, id_field, instant


class Draft(Model, table=True):
    """The newest draft of an attempt.

    `partial_at` is when the attempt's time ran out without an answer: then the draft is all that there is of it.
    It never counts as an answer.
    """

    __tablename__ = "draft"

    id: int = id_field()
    agent_id: int = Field(unique=True, foreign_key="agent.id", ondelete="RESTRICT", sa_type=Big)
    data: dict[str, Any] = Field(sa_type=JSON)
    saved_at: int = instant()
    partial_at: int | None = instant(default=None)
