"""Named marks on workers."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from mephisto.model.base import Model, id_field, instant, reference


class Qualification(Model, table=True):
    """A name that can be granted."""

    __tablename__ = "qualification"

    id: int = id_field()
    name: str = Field(unique=True)
    description: str = ""
    created_at: int = instant()


class GrantedQualification(Model, table=True):
    """The value with which a worker holds a qualification."""

    __tablename__ = "granted_qualification"
    __table_args__ = (UniqueConstraint("worker_id", "qualification_id"),)

    id: int = id_field()
    worker_id: int = reference("worker.id")
    qualification_id: int = reference("qualification.id", index=True)
    value: int
    created_at: int = instant()
    updated_at: int = instant()
