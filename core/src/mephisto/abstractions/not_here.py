"""Import paths of existing run scripts behind which there is nothing here: importing one says what is missing."""

from typing import Final

from mephisto.errors import MephistoError

_INSTALLED: Final = "'mephisto plugins' lists what is installed."


class NotHere(MephistoError, ModuleNotFoundError):
    """There is no such module here; why, and what there is instead."""


def blueprint(name: str, why: str) -> NotHere:
    """Return what importing a blueprint raises that is not built yet."""
    return NotHere(f"The blueprint {name!r} is not part of Mephisto yet.", why, _INSTALLED)


def kind(name: str) -> NotHere:
    """Return what importing from *name* raises, "architects" say: plugins, which scripts do not import."""
    return NotHere(
        f"There is nothing to import from {name!r}.",
        "They are plugins, which a configuration chooses by their names.",
        _INSTALLED,
    )
