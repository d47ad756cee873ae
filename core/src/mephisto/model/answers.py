"""What agents handed in: submissions and the files that came with them."""

from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from mephisto.model.base import Model, id_field, instant, reference
from mephisto.status import SubmissionKind


class Submission(Model, table=True):
    """One thing that an agent handed in, committed before it was acknowledged.

    (agent, `submission_id`) is its identity; clients that send none have the empty one. `digest` is the SHA-256 by
    which two bodies are the same; `receipt_code` is what the worker can show.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("agent_id", "submission_id"),
        Index("ix_submission_unconfirmed", "received_at", sqlite_where=text("confirmed_at IS NULL")),
    )

    id: int = id_field()
    agent_id: int = reference("agent.id")
    submission_id: str
    kind: str = SubmissionKind.ANSWER
    receipt_code: str = Field(unique=True)
    data: dict[str, Any] = Field(sa_type=JSON)
    digest: str
    received_at: int = instant()
    confirmed_at: int | None = instant(default=None)


class Upload(Model, table=True):
    """One file, stored under `path` below the data directory; `name` is what the worker's browser called it."""

    __tablename__ = "upload"

    id: int = id_field()
    agent_id: int = reference("agent.id", index=True)
    submission_id: int | None = reference("submission.id", default=None, index=True)
    field: str
    name: str
    content_type: str
    size: int
    sha256: str
    path: str
    received_at: int = instant()
