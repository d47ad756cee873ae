"""Statements that are executed with every request: written as all others are, and prepared once.

What SQLAlchemy does anew for each execution costs several times as much as SQLite's own work on a row.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeEngine

#: Makes of a value what the driver takes, or of the driver's what Python is given; None leaves it as it is.
_Processor = Callable[[Any], Any] | None


class Prepared:
    """A statement of Core whose values have names: those of its `bindparam`s, or the columns of an insert.

    It is executed on the driver's own connection, in the transaction that is open there. Rows are named tuples;
    errors are SQLAlchemy's. An insert takes all columns, and for those that a row leaves out what the model says.
    """

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self._statement: Final = statement
        self._by_dialect: Final[dict[str, _Compiled]] = {}

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Execute and return all rows."""
        compiled = self._compiled(connection)
        cursor = compiled.execute(connection, values)
        rows = [compiled.row(found) for found in cursor.fetchall()]
        cursor.close()
        return rows

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute and return the first row, None if there is none."""
        compiled = self._compiled(connection)
        cursor = compiled.execute(connection, values)
        found = cursor.fetchone()
        cursor.close()
        return None if found is None else compiled.row(found)

    def scalar(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute and return the first column of the first row, None if there is none."""
        row = self.first(connection, values)
        return None if row is None else row[0]

    def change(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Execute and return how many rows were changed."""
        cursor = self._compiled(connection).execute(connection, values)
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def _compiled(self, connection: Connection) -> "_Compiled":
        name = connection.dialect.name
        compiled = self._by_dialect.get(name)
        if compiled is None:
            compiled = self._by_dialect[name] = _Compiled(self._statement, connection.dialect)
        return compiled


class _Compiled:
    """A statement in the words of one dialect, with what its values and rows go through."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self._sql: Final = str(compiled)
        self._dialect: Final = dialect
        binds: dict[str, BindParameter[Any]] = {name: bind for bind, name in compiled.bind_names.items()}
        self._names: Final[Sequence[str]] = compiled.positiontup or ()
        self._processors: Final = [
            (name, processor)
            for name in dict.fromkeys(self._names)
            if (processor := _of(binds[name].type, dialect).bind_processor(dialect)) is not None
        ]
        self._given: Final = {
            name: bind.effective_value for name, bind in binds.items() if not bind.required
        } | (_left_out(statement) if isinstance(statement, Insert) else {})
        self.row: Final = _row_maker(statement, dialect)

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute on the driver's connection and return the driver's cursor."""
        bound = {**self._given, **values}
        for name, processor in self._processors:
            bound[name] = processor(bound[name])
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._sql, [bound[name] for name in self._names])
        except self._dialect.loaded_dbapi.Error as error:
            cursor.close()
            self._fail(error)
        return cursor

    def _fail(self, error: Exception) -> NoReturn:
        base = self._dialect.loaded_dbapi.Error
        raise DBAPIError.instance(self._sql, None, error, base, hide_parameters=True) from error


def _of(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)


def _left_out(statement: Insert) -> dict[str, Any]:
    """Return what columns hold that a row need not name."""
    columns: Iterable[Any] = statement.table.columns
    return {
        column.key: None if column.default is None else column.default.arg
        for column in columns
        if (column.default is None and column.nullable)
        or (column.default is not None and column.default.is_scalar)
    }


def _row_maker(
    statement: Select[Any] | Insert | Update | Delete, dialect: Dialect
) -> Callable[[Sequence[Any]], Any]:
    columns: Sequence[Any] = [] if isinstance(statement, Insert) else list(statement.exported_columns)
    names: Any = [str(column.key) for column in columns]
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - the statement names its fields
    processors: list[_Processor] = [
        _of(column.type, dialect).result_processor(dialect, None) for column in columns
    ]
    if not any(processors):
        make: Callable[[Sequence[Any]], Any] = row._make
        return make
    return lambda found: row._make(
        [
            value if process is None else process(value)
            for value, process in zip(found, processors, strict=True)
        ]
    )
