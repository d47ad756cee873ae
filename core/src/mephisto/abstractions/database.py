"""An import path of existing run scripts; every database is a `LocalMephistoDB`."""

from typing import Any


def __getattr__(name: str) -> Any:
    if name == "MephistoDB":
        from mephisto.data_model.database import LocalMephistoDB

        return LocalMephistoDB
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
