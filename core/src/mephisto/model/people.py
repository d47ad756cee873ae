"""Accounts that launch, and people who work."""

from sqlalchemy import UniqueConstraint

from mephisto.model.base import Model, id_field, instant, reference


class Requester(Model, table=True):
    """An account that launches."""

    __tablename__ = "requester"
    __table_args__ = (UniqueConstraint("provider", "name"),)

    id: int = id_field()
    provider: str
    name: str
    created_at: int = instant()


class Worker(Model, table=True):
    """A person, under the name that a provider knows."""

    __tablename__ = "worker"
    __table_args__ = (UniqueConstraint("provider", "name"),)

    id: int = id_field()
    provider: str
    name: str
    created_at: int = instant()


class Block(Model, table=True):
    """A worker who may do nothing more for an account."""

    __tablename__ = "block"
    __table_args__ = (UniqueConstraint("worker_id", "requester_id"),)

    id: int = id_field()
    worker_id: int = reference("worker.id")
    requester_id: int = reference("requester.id")
    reason: str
    created_at: int = instant()
