"""An import path of existing run scripts; every database is one, so this is `LocalMephistoDB`."""

from typing import Any


def __getattr__(name: str) -> Any:
    if name == "MephistoSingletonDB":
        from mephisto.data_model.database import LocalMephistoDB

        return LocalMephistoDB
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
