"""The table of data: from CSV, JSON, JSON Lines, or the run script itself, one row after the other.

A row that is wrong comes as a `Problem` in its place, so that checking and launching read with the same eyes.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mephisto import ConfigError, Problem
from mephisto_blueprint_static import SharedStaticTaskState, StaticBlueprintArgs

Row = Mapping[str, Any]
Found = Row | Problem

_TYPES: Final = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}


@dataclass(frozen=True)
class Source:
    """The one file that the rows come from, and the option that names it."""

    option: str
    path: Path
    read: Callable[[Path], Iterator[Found]]


def sources(config: StaticBlueprintArgs) -> list[Source]:
    """List the files that options name; the first is the one that is read: CSV, then JSON, then JSON Lines."""
    readers = {"data_csv": csv_rows, "data_json": json_rows, "data_jsonl": jsonl_rows}
    named = {option: getattr(config, option) for option in readers}
    return [Source(option, path, readers[option]) for option, path in named.items() if path is not None]


def rows(config: StaticBlueprintArgs, shared_state: SharedStaticTaskState) -> Iterator[Row]:
    """Yield the rows as they are asked for; raise `ConfigError` at the first that is wrong."""
    files = sources(config)
    found = files[0].read(files[0].path) if files else script_rows(shared_state.static_task_data)
    for row in found:
        if isinstance(row, Problem):
            raise ConfigError(row.what, row.why, row.remedy)
        yield row


def csv_rows(path: Path) -> Iterator[Found]:
    """Read a header and rows of as many texts, in UTF-8 with or without a byte order mark; skip blank lines."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = _csv_lines(path, file)
        header: list[str] | None = None
        for number, cells in lines:
            if isinstance(cells, Problem):
                yield cells
            elif header is None:
                header = cells
                yield from _problems_of_header(path, header)
            elif len(cells) == len(header):
                yield dict(zip(header, cells, strict=True))
            else:
                yield Problem(
                    f"{path}, line {number}: the row has {_count(len(cells), 'cell')}.",
                    f"The header has {_count(len(header), 'column')}.",
                    "Put a cell that holds a comma in double quotes, or add what is missing.",
                )


def csv_header(path: Path) -> list[str]:
    """Return the names of the columns, none where they cannot be read."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, cells = next(_csv_lines(path, file), (0, []))
        return [] if isinstance(cells, Problem) else cells


def _csv_lines(path: Path, file: Iterable[str]) -> Iterator[tuple[int, list[str] | Problem]]:
    reader = csv.reader(file, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError:
            yield number, not_utf8(path)
            return
        except csv.Error as error:
            yield (
                number,
                Problem(
                    f"{path}, line {number}: this is not CSV.",
                    f"{error}.".capitalize(),
                    'A double quote inside a quoted cell is doubled: "". Very long texts are better kept as JSON Lines.',
                ),
            )
            return
        if cells:
            yield number, cells


def _problems_of_header(path: Path, header: list[str]) -> Iterator[Problem]:
    unnamed = [str(number) for number, name in enumerate(header, 1) if not name]
    if len(unnamed) > 1:
        yield Problem(
            f"{path}: columns {', '.join(unnamed[:-1])} and {unnamed[-1]} have no name.",
            "One would hide the other.",
            "Give each column a name of its own in the first line.",
        )
    for name in dict.fromkeys(name for name in header if name and header.count(name) > 1):
        yield Problem(
            f"{path}: {header.count(name)} columns are called {name!r}.",
            "One would hide the other.",
            "Give each column a name of its own in the first line.",
        )


def json_rows(path: Path) -> Iterator[Found]:
    """Read a list of objects."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        yield not_utf8(path)
        return
    found = _decoded(text, str(path), 1)
    if isinstance(found, list):
        for number, row in enumerate(found, 1):
            yield _object(row, f"{path}, item {number}")
    elif isinstance(found, Problem):
        yield found
    else:
        yield Problem(
            f"{path} holds {_named(found)}.",
            "Task data is a list of objects, one for each assignment.",
            'Write it like this: [{"name": "value"}, {"name": "another value"}]',
        )


def jsonl_rows(path: Path) -> Iterator[Found]:
    """Read an object from each line; skip blank ones."""
    with path.open(encoding="utf-8-sig") as file:
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    # Without its end, which would put what is missing there on the next line.
                    found = _decoded(line.rstrip("\r\n"), str(path), number)
                    yield found if isinstance(found, Problem) else _object(found, f"{path}, line {number}")
        except UnicodeDecodeError:
            yield not_utf8(path)


def script_rows(data: Iterable[Row]) -> Iterator[Found]:
    """Read what a run script hands over."""
    for number, row in enumerate(data, 1):
        yield _object(row, f"static_task_data, item {number}")


def not_utf8(path: Path) -> Problem:
    """Say where *path* stops being UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return Problem(
                    f"{path}, line {number}: this is not UTF-8.",
                    f"The byte 0x{line[error.start]:02x} does not belong to any text in UTF-8.",
                    "Save the file again with the encoding UTF-8.",
                )
    return Problem(f"{path} is not UTF-8.", "", "Save the file again with the encoding UTF-8.")


def _decoded(text: str, place: str, line: int) -> Any:
    """Return the value of *text*, which begins in *line*, or a `Problem`; no JSON value is one."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line, column, why = line + error.lineno - 1, f", column {error.colno}", error.msg
    except (ValueError, RecursionError) as error:  # a number too long, lists too deep
        column, why = "", str(error)
    return Problem(f"{place}, line {line}{column}: this is not JSON.", f"{why}.", "Repair the file there.")


def _object(row: Any, place: str) -> Found:
    if isinstance(row, Mapping):
        return row
    return Problem(
        f"{place}: this is {_named(row)}.",
        "The data of an assignment is an object, which gives values names.",
        'Write it like this: {"name": "value"}',
    )


def _named(value: Any) -> str:
    return _TYPES.get(type(value)) or ("a number" if isinstance(value, int | float) else type(value).__name__)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
