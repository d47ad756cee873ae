"""What all tables share: the naming of constraints, the type of ids and instants, and the tables' short names."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Integer, MetaData, Table
from sqlmodel import Field, SQLModel

#: An id or an instant, 63 bits; SQLite must read INTEGER to keep the primary key in the row itself.
Big = BigInteger().with_variant(Integer(), "sqlite")


class Model(SQLModel):
    """Base of the tables. Rows live inside the store; others see views and data_model objects."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table(model: type[Model]) -> Table:
    """Return the Core table of a model; statements are written with its columns, `units.c.status`."""
    return Model.metadata.tables[str(model.__tablename__)]


def id_field() -> Any:
    return Field(primary_key=True, sa_type=Big)


def instant(*, default: Any = ...) -> Any:
    """Make a column of UTC microseconds since 1970."""
    return Field(default=default, sa_type=Big, nullable=default is None)


def reference(column: str, *, default: Any = ..., index: bool = False) -> Any:
    """Make a column that refers to another table's id; what is referred to cannot be deleted."""
    return Field(
        default=default,
        foreign_key=column,
        ondelete="RESTRICT",
        sa_type=Big,
        index=index,
        nullable=default is None,
    )
