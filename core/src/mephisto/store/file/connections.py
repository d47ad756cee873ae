"""Connections to the database file, each with the same settings."""

import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event

from mephisto.store import json_text

BUSY_MILLISECONDS: Final = 30_000


def make_engine(path: Path) -> Engine:
    """Make the pool of connections to the database at *path*; they read, and one of them is let write."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        # The driver starts no transactions of its own: the writer says BEGIN, and readers need none.
        isolation_level="AUTOCOMMIT",
        # Whatever fails may be logged, and parameters hold tokens and answers.
        hide_parameters=True,
        json_serializer=json_text.encode,
        json_deserializer=json_text.decode,
        # One for each thread that may ask: what came on top would be opened, and closed, for a single read. Those
        # returned last are taken first, so that no more are opened than are in use at the same time.
        pool_size=80,
        max_overflow=0,
        pool_use_lifo=True,
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # answers are paid for: survive a power cut, too
    connection.execute("PRAGMA fullfsync = ON")  # or macOS leaves them in the disk's cache
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA query_only = ON")
