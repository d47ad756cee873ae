"""The store of the run whose callback is running, so that a database opened in there shares its one writer."""

from contextvars import ContextVar
from typing import Final

from mephisto.store.store import Store

current_store: Final[ContextVar[Store | None]] = ContextVar("current_store", default=None)
