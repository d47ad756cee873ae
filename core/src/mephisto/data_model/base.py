"""What all objects of run scripts share: each is one row, read when the object is made."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, Protocol, Self

from sqlalchemy import Select

from mephisto.data_model import texts
from mephisto.data_model.errors import EntryDoesNotExistException
from mephisto.instants import SECOND
from mephisto.outbox.sender import Sender
from mephisto.store import Store
from mephisto.store.rows import AnyRow

#: A column holds whole numbers up to this one, and down to its negative.
LARGEST: Final = 2**63 - 1


class Database(Protocol):
    """What the objects need of a database.

    `changes` counts what was changed about answers through it, so that what was read ahead can be read anew; `outbox`
    hands on to providers what was decided.
    """

    store: Store
    changes: int
    outbox: Sender


def seconds(instant: int) -> float:
    """Return an instant in seconds since 1970, as scripts calculate with it."""
    return instant / SECOND


def as_id(given: Any) -> int:
    """Return the number of an id; -1, which no row has, for what is none."""
    text = str(given)
    is_one = text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST))
    number = int(text) if is_one else -1
    return number if number <= LARGEST else -1


def is_storable(value: Any) -> bool:
    """Say whether a column can hold *value*: numbers have a size, and texts are written in UTF-8."""
    if isinstance(value, int):
        return -LARGEST <= value <= LARGEST
    return not isinstance(value, str) or not texts.why_not(value)


def _date(instant: int) -> datetime:
    return datetime.fromtimestamp(seconds(instant), UTC)


def _text_or_none(number: int | None) -> str | None:
    return None if number is None else str(number)


_CONVERSIONS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "creation_date": _date,
    "update_date": _date,
    "pay_amount": lambda cents: cents / 100,
}


class StoredObject:
    """One row. Its columns are attributes, ids among them as str; further attributes may be set by scripts."""

    #: How the row is read: the column `id`, and each other one under the attribute's name.
    rows: ClassVar[Select[Any]]
    #: What it is called in sentences.
    subject: ClassVar[str]

    db: Database
    db_id: str

    _columns: ClassVar[Sequence[tuple[str, Callable[[Any], Any] | None]]]

    def __init_subclass__(cls) -> None:
        if not hasattr(cls, "rows"):
            return  # it says what several have in common
        names = cls.rows.selected_columns.keys()[1:]
        cls._columns = [(name, _text_or_none if _is_id(name) else _CONVERSIONS.get(name)) for name in names]

    def __init__(self, db: Database, db_id: str | int, row: AnyRow | None = None) -> None:
        """Read the row; raise `EntryDoesNotExistException` if there is none."""
        if row is None:
            with db.store.read() as connection:
                row = connection.execute(
                    self.rows.where(self.rows.selected_columns["id"] == as_id(db_id))
                ).first()
        if row is None:
            raise EntryDoesNotExistException(f"There is no {self.subject} with the id {db_id}.")
        self.db = db
        self.db_id = str(row[0])
        for (name, convert), value in zip(self._columns, row[1:], strict=True):
            setattr(self, name, value if convert is None else convert(value))

    @classmethod
    def get(cls, db: Database, db_id: str | int) -> Self:
        """Read the one with this id; raise `EntryDoesNotExistException` if there is none."""
        return cls(db, db_id)

    @classmethod
    async def async_get(cls, db: Database, db_id: str | int) -> Self:
        """Do what `get` does, on a thread, so that the event loop goes on meanwhile."""
        import asyncio

        return await asyncio.to_thread(cls.get, db, db_id)

    @classmethod
    def find(cls, db: Database, **wanted: Any) -> list[Self]:
        """List all whose attributes have the values *wanted*, the oldest first; None is any value."""
        if not all(is_storable(value) for value in wanted.values()):
            return []
        query = cls.rows
        for name, value in wanted.items():
            if value is not None:
                column = query.selected_columns[name]
                query = query.where(column == (as_id(value) if _is_id(name) else value))
        return cls.read(db, query.order_by(query.selected_columns["id"]))

    @classmethod
    def read(cls, db: Database, query: Select[*tuple[Any, ...]]) -> list[Self]:
        """List what *query*, made from `rows`, finds."""
        with db.store.read() as connection:
            found = connection.execute(query).all()
        return [cls(db, row[0], row) for row in found]

    def to_dict(self) -> dict[str, Any]:
        """Return the columns by name, the id under `<subject>_id`."""
        columns = {name: getattr(self, name) for name, _ in self._columns}
        if "db_status" in columns:
            columns["status"] = columns.pop("db_status")
        return {f"{self.subject.replace(' ', '_')}_id": self.db_id, **columns}

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.db_id == other.db_id

    def __hash__(self) -> int:
        return hash((self.subject, self.db_id))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.db_id})"


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")
