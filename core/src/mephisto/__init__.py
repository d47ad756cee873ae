"""Write a human task once, run it anywhere, never lose an answer.

The front door for plugin authors; a complete architect:

    from dataclasses import dataclass
    from pathlib import Path

    from mephisto import ArchitectArgs, Deployed, arg, hookimpl

    @dataclass
    class HereArgs(ArchitectArgs):
        _architect_type: str = "here"
        port: int = arg("Port to serve on.", 3000)

    class HereArchitect:
        Config = HereArgs

        @hookimpl
        def architect_deploy(self, config, site, desk):
            from mephisto.web import create_app, serve

            self.server = serve(create_app(site, desk), "localhost", config.port)
            return Deployed(self.server.url)

        @hookimpl
        def architect_shutdown(self):
            self.server.stop()

Names are imported when they are first asked for (PEP 562), so that `import mephisto` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mephisto.config import MISSING as MISSING
    from mephisto.config import ArchitectArgs as ArchitectArgs
    from mephisto.config import BlueprintArgs as BlueprintArgs
    from mephisto.config import GoldArgs as GoldArgs
    from mephisto.config import OnboardingArgs as OnboardingArgs
    from mephisto.config import ProviderArgs as ProviderArgs
    from mephisto.config import RequesterArgs as RequesterArgs
    from mephisto.config import ScreeningArgs as ScreeningArgs
    from mephisto.config import arg as arg
    from mephisto.effects import Adapter as Adapter
    from mephisto.effects import AssignmentData as AssignmentData
    from mephisto.effects import Deployed as Deployed
    from mephisto.effects import Done as Done
    from mephisto.effects import Failed as Failed
    from mephisto.effects import Identity as Identity
    from mephisto.effects import Later as Later
    from mephisto.effects import Link as Link
    from mephisto.effects import Pages as Pages
    from mephisto.effects import Refuse as Refuse
    from mephisto.errors import ConfigError as ConfigError
    from mephisto.errors import MephistoError as MephistoError
    from mephisto.errors import Problem as Problem
    from mephisto.hookspecs import hookimpl as hookimpl
    from mephisto.shared_state import GoldSharedState as GoldSharedState
    from mephisto.shared_state import OnboardingSharedState as OnboardingSharedState
    from mephisto.shared_state import ScreeningSharedState as ScreeningSharedState
    from mephisto.shared_state import SharedTaskState as SharedTaskState
    from mephisto.views import AttemptView as AttemptView
    from mephisto.views import RequesterView as RequesterView
    from mephisto.views import RunView as RunView
    from mephisto.views import WorkerView as WorkerView
    from mephisto.web.line import Desk as Desk

__version__ = "0.1.0"

_HOMES = {
    "mephisto.config": (
        "MISSING",
        "ArchitectArgs",
        "BlueprintArgs",
        "GoldArgs",
        "OnboardingArgs",
        "ProviderArgs",
        "RequesterArgs",
        "ScreeningArgs",
        "arg",
    ),
    "mephisto.effects": (
        "Adapter",
        "AssignmentData",
        "Deployed",
        "Done",
        "Failed",
        "Identity",
        "Later",
        "Link",
        "Pages",
        "Refuse",
    ),
    "mephisto.errors": ("ConfigError", "MephistoError", "Problem"),
    "mephisto.hookspecs": ("hookimpl",),
    "mephisto.shared_state": (
        "GoldSharedState",
        "OnboardingSharedState",
        "ScreeningSharedState",
        "SharedTaskState",
    ),
    "mephisto.views": ("AttemptView", "RequesterView", "RunView", "WorkerView"),
    "mephisto.web.line": ("Desk",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'mephisto' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *(name for names in _HOMES.values() for name in names)})
