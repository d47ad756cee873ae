"""Options as the row of a run keeps them, made an instance of the plugin's `Config` again."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

from mephisto.config import MISSING, default_of


def stored_options(plugin: Any, stored: Mapping[str, Any]) -> Any:
    """Return the options of *plugin* with the values of *stored*, which were checked when the run was launched.

    One that the row does not know, since it was made by another version, is its default, or `None` where it has none.
    """
    types = get_type_hints(plugin.Config)
    values = {}
    for option in dataclasses.fields(plugin.Config):
        value = stored.get(option.name, default_of(option))
        value = None if value is dataclasses.MISSING or value == MISSING else value
        values[option.name] = Path(value) if types[option.name] is Path and value else value
    return plugin.Config(**values)
