"""Looking into a database from outside: nothing is written, and nothing is made where there is none."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DatabaseError

from mephisto.errors import StoreError
from mephisto.store import json_text
from mephisto.store.database import FILE_NAME, is_ours

# The first tidies up after itself like any other program; the others need no right to write. The last one is for a
# folder in which SQLite may not make the files that readers agree by, so that nobody else can be writing either.
_WAYS: Final = ("mode=rw", "mode=ro", "mode=ro&immutable=1")


@contextmanager
def reading(directory: Path) -> Iterator[Connection | None]:
    """Give a connection that only reads the database of *directory*; None if there is none, or nothing in it.

    Raises `StoreError` if it is not ours, of another version, or cannot be read.
    """
    path = directory / FILE_NAME
    if not path.exists():
        yield None
        return
    try:
        with closing(_open(path)) as raw:
            engine = create_engine(
                "sqlite://",
                creator=lambda: raw,
                poolclass=NullPool,
                isolation_level="AUTOCOMMIT",
                json_serializer=json_text.encode,
                json_deserializer=json_text.decode,
            )
            with engine.connect() as connection:
                yield connection if is_ours(path, connection) else None
    except (sqlite3.Error, DatabaseError) as error:
        raise StoreError(
            f"The database {path} cannot be read.",
            str(getattr(error, "orig", None) or error),
            "See that you may read it, or name another folder: MEPHISTO_DATA_DIR=PATH.",
        ) from error


def copy_database(source: Path, target: Path) -> None:
    """Copy the database of the folder *source*, if it has one, into *target*, as it stands at one moment."""
    path = source / FILE_NAME
    if path.exists():
        with closing(_open(path)) as one, closing(sqlite3.connect(target / FILE_NAME)) as other:
            one.backup(other)


def _open(path: Path) -> sqlite3.Connection:
    for way in _WAYS[:-1]:
        with suppress(sqlite3.OperationalError):
            return _connected(path, way)
    return _connected(path, _WAYS[-1])


def _connected(path: Path, way: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{way}", uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA busy_timeout = 10000")
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
