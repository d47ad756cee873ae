"""The store of the run whose callback is being called, if one is."""

from contextvars import ContextVar

from mephisto.store.store import Store

current_store: ContextVar[Store | None] = ContextVar("current_store", default=None)
