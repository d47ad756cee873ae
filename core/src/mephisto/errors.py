"""Every error a user can meet.

MephistoError
├── ConfigError          an option, a file or a command line is wrong
│   └── ChecksFailed     several things are wrong; all of them in one list
├── PluginError
│   ├── PluginNotFound   no installed distribution offers this name
│   ├── PluginBroken     it is installed, but importing it failed
│   ├── PluginMisuse     it breaks the contract of its kind
│   └── PluginFailed     one of its hooks raised
├── LaunchError          a launch could not be completed, and what it had done was undone
├── StoreError           the database cannot be used
└── NotFound             nothing is stored under this id or name
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in three parts: what happened, why, and what to do."""

    what: str
    why: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        return "\n".join(part for part in (self.what, self.why, self.remedy) if part)


class MephistoError(Exception):
    """Base of all errors that are shown to users without a traceback.

    `exit_status` is what a command ends with: 1 when something failed, 2 when it was used wrongly.
    """

    exit_status = 1

    def __init__(self, what: str, why: str = "", remedy: str = "") -> None:
        self.problem = Problem(what, why, remedy)
        super().__init__(str(self.problem))


class ConfigError(MephistoError):
    """An option, a file or a command line is wrong."""

    exit_status = 2


class ChecksFailed(ConfigError):
    """Several things are wrong; `problems` holds all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        listed = "\n".join(
            f"{number}. {_indented(problem)}" for number, problem in enumerate(self.problems, 1)
        )
        count = "One thing is" if len(self.problems) == 1 else f"{len(self.problems)} things are"
        super().__init__(f"{count} wrong with this configuration. Nothing was created.", listed)


def _indented(problem: Problem) -> str:
    return str(problem).replace("\n", "\n   ")


class PluginError(MephistoError):
    """Something about an installed, or missing, plugin is wrong."""


class PluginNotFound(PluginError):
    """No installed distribution offers this name."""

    exit_status = 2


class PluginBroken(PluginError):
    """The plugin is installed, but importing it failed."""


class PluginMisuse(PluginError):
    """The plugin, or whoever calls it, breaks the contract of its kind."""


class PluginFailed(PluginError):
    """One of the plugin's hooks raised."""


class LaunchError(MephistoError):
    """A launch could not be completed; what it had done so far was undone."""


class StoreError(MephistoError):
    """The database cannot be used."""


class NotFound(MephistoError):
    """Nothing is stored under this id or name."""
