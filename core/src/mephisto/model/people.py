"""Accounts that launch, and people who work."""

from sqlalchemy import UniqueConstraint

from mephisto.model.base import Model, id_field, instant


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
