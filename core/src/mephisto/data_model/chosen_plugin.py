"""Plugins that a run chose, made anew for a script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mephisto.plugins import find, stored_options
from mephisto.plugins.use import instance


@dataclass(frozen=True)
class ChosenPlugin:
    """What was chosen: `plugin` is a new instance of its class, `config` its options as the run was launched with them.

    The run's own instance is in the process of the run, and with it the shared state.
    """

    name: str
    plugin: Any
    config: Any


def chosen(kind: str, name: str, stored: Mapping[str, Any]) -> ChosenPlugin:
    """Make the plugin *name*, with the options that a run has stored; raises what `mephisto.plugins.load` raises."""
    plugin = instance(find(kind, name))
    return ChosenPlugin(name, plugin, stored_options(type(plugin), stored))
