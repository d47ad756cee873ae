"""An import path of existing run scripts; the blueprint is the installed plugin of this name."""

from typing import Any

BLUEPRINT_TYPE_STATIC_HTML = BLUEPRINT_TYPE = "static_task"


def __getattr__(name: str) -> Any:
    if name == "StaticHTMLBlueprint":
        from mephisto.plugins import load

        return load("blueprint", BLUEPRINT_TYPE)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
