"""Import paths of existing run scripts behind which there is nothing here: importing one says what is missing."""

from typing import Final

from mephisto.errors import MephistoError

#: What tells which plugins there are.
LISTED: Final = "'mephisto plugins' lists what is installed."


class NotHere(MephistoError, ModuleNotFoundError):
    """There is no such thing to import here; why, and what there is instead."""


def kind(name: str) -> NotHere:
    """Return what importing from *name* raises, "architects" say: plugins, which scripts do not import."""
    return NotHere(
        f"There is nothing to import from {name!r}.",
        "They are plugins, which a configuration chooses by their names.",
        LISTED,
    )


def part(module: str, blueprint: str) -> NotHere:
    """Return what importing from *module* raises, which elsewhere holds a part of *blueprint* by itself."""
    return NotHere(
        f"There is nothing to import from {module!r}.",
        f"A blueprint is one class here: what the blueprint {blueprint!r} is made of, its plugin knows.",
        LISTED,
    )
