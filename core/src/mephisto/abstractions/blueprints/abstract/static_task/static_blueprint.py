"""An import path of existing run scripts; the shared state is that of the installed blueprint `static_task`."""

from typing import Any


def __getattr__(name: str) -> Any:
    if name == "SharedStaticTaskState":
        from mephisto.plugins import load

        return load("blueprint", "static_task").SharedState
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
