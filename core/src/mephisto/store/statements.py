"""What statements share that are made once and executed often: making one anew costs more than SQLite's work on it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, literal_column


def one_of(column: ColumnElement[Any], statuses: Iterable[Any]) -> ColumnElement[bool]:
    """Make the condition that *column* holds one of *statuses*, written out, so that partial indexes are found."""
    return column.in_([_written_out(status) for status in sorted(statuses)])


def none_of(column: ColumnElement[Any], statuses: Iterable[Any]) -> ColumnElement[bool]:
    """Make the condition that *column* holds none of *statuses*, written out as in `one_of`."""
    return column.not_in([_written_out(status) for status in sorted(statuses)])


def looked_at(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Make of *column* what rows are compared with that are there already, and not what they are found by.

    A planner that knows nothing of the data prefers to find by equality, as all agents of a run, to reading on from the
    newest.
    """
    return column + 0


def _written_out(status: Any) -> ColumnElement[str]:
    return literal_column(f"'{status}'")
