"""Options as the row of a run keeps them, made an instance of the plugin's `Config` again."""

import dataclasses
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from mephisto.config import MISSING, default_of


def stored_options(plugin: Any, stored: Mapping[str, Any], base: Path) -> Any:
    """Return the options of *plugin* with the values of *stored*, which were checked when the run was launched in *base*.

    One that the row does not know, since it was made by another version, is its default, or `None` where it has none.
    """
    types = get_type_hints(plugin.Config)
    values = {}
    for option in dataclasses.fields(plugin.Config):
        value = stored.get(option.name, default_of(option))
        is_nothing = value in (dataclasses.MISSING, MISSING) or (value == "" and is_path(types[option.name]))
        values[option.name] = None if is_nothing else restored(types[option.name], value, base)
    return plugin.Config(**values)


def restored(annotation: Any, value: Any, base: Path) -> Any:
    """Return *value* with paths where *annotation* has them, relative ones below *base*."""
    if value is None:
        return None
    if annotation is Path:
        path = Path(value)
        with suppress(RuntimeError):  # a home directory that nobody has
            path = path.expanduser()
        return base / path
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, UnionType}:
        return restored(Path, value, base) if Path in arguments else value
    if origin is dict:
        return {key: restored(arguments[1], item, base) for key, item in value.items()}
    if origin is list:
        return [restored(arguments[0], item, base) for item in value]
    return value


def is_path(annotation: Any) -> bool:
    """Say whether an option of this type is a path, or may be one."""
    return annotation is Path or (
        get_origin(annotation) in {Union, UnionType} and Path in get_args(annotation)
    )
