"""An import path of existing run scripts; the database lives in `mephisto.data_model.database`."""

from typing import Any


def __getattr__(name: str) -> Any:
    if name == "LocalMephistoDB":
        from mephisto.data_model.database import LocalMephistoDB

        return LocalMephistoDB
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
