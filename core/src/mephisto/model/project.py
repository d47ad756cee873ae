"""Names under which tasks are put together."""

from sqlmodel import Field

from mephisto.model.base import Model, id_field, instant


class Project(Model, table=True):
    """Tasks that belong together."""

    __tablename__ = "project"

    id: int = id_field()
    name: str = Field(unique=True)
    created_at: int = instant()
