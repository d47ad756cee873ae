"""How an answer, however deep, becomes one row of cells, and how a cell is read back.

Each field of an object is a column, named by its path: `outputs.address.city`; a dot or backslash inside a name is
written with a backslash before it. A list is one cell, and so is an object without fields. A column in which there is
nothing but text holds the text as it is; any other holds JSON. An empty cell is nothing, null, or empty text. A text
that begins with = + - @, a tab, a line break or an apostrophe gets an apostrophe before it, so that no spreadsheet
takes it for a formula; whoever reads it back takes one apostrophe away.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

#: The last four are the wide forms of the first, which some spreadsheets take for the same.
_GUARDED: Final = frozenset("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ".": "\\."})
_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

_TYPES: Final[Mapping[type, str]] = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    float: "number",
    list: "list",
    dict: "object",
    type(None): "null",
}


def flat(prefix: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the columns of an object with their values: text, number, boolean, null, list or an empty object."""
    for name, inner in value.items():
        plain = name if "." not in name and "\\" not in name else name.translate(_ESCAPES)
        column = f"{prefix}.{plain}"
        if type(inner) is dict and inner:
            yield from flat(column, inner)
        else:
            yield column, inner


def type_name(kind: type) -> str:
    """Name the type of a value in words."""
    return _TYPES[kind]


def cell(value: Any, *, is_text: bool) -> str:
    """Write a value into a cell of a column that holds text, or JSON."""
    if value is None:
        return ""
    if is_text:
        return guarded(value)
    return _JSON.encode(value)


def read_cell(text: str, *, is_text: bool) -> Any:
    """Read a cell back; None for an empty one."""
    if not text:
        return None
    if is_text:
        return text[1:] if text[0] == "'" else text
    return json.loads(text)


def guarded(text: str) -> str:
    """Write a text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text and text[0] in _GUARDED else text
