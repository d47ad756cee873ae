"""What run scripts import of a blueprint: classes of the plugin that is installed under its name, whoever made it."""

from collections.abc import Callable
from typing import Any

from mephisto.abstractions.not_here import LISTED, NotHere
from mephisto.errors import PluginNotFound
from mephisto.plugins import load
from mephisto.shared_state import SharedTaskState


def names_of(
    blueprint: str, *, plugin: str = "", config: str = "", shared_state: str = ""
) -> Callable[[str], Any]:
    """Return the `__getattr__` of a module that has the classes of *blueprint* under these names.

    Asking for one raises `NotHere`, an `ImportError`, if there is no such blueprint, and what `mephisto.plugins.load` raises
    if it is broken.
    """

    def attribute(name: str) -> Any:
        if name not in {plugin, config, shared_state}:
            raise AttributeError(f"There is no {name!r} of the blueprint {blueprint!r} to import.")
        try:
            found = load("blueprint", blueprint)
        except PluginNotFound as missing:
            raise NotHere(
                f"{name} comes with the blueprint {blueprint!r}, which is not installed.",
                missing.problem.why,
                f"Install the distribution that brings it. {LISTED}",
            ) from missing
        if name == shared_state:
            return getattr(found, "SharedState", SharedTaskState)
        return found.Config if name == config else found

    return attribute
