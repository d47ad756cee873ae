"""A connection for those who only look, who may have no right to write where the database lies."""

import sqlite3
from pathlib import Path
from typing import Final

from mephisto.errors import StoreError
from mephisto.store.file.failures import primary_code

#: What SQLite says where it may not make the files that share a database between programs.
_NO_RIGHTS: Final = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}


def look_into(path: Path, patience: float = 5) -> sqlite3.Connection:
    """Connect to our database at *path*, which is absolute, for reading; nothing is made where there is none.

    It waits *patience* seconds for others. Raises `StoreError` if what was written last may not be read.
    """
    try:
        # "rw" does not make a file; unlike "ro", it leaves none of SQLite's own files behind.
        return _connected(path, "mode=rw", patience)
    except sqlite3.OperationalError as error:
        if primary_code(error) not in _NO_RIGHTS:
            raise
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise StoreError(
                f"{path} cannot be read whole.",
                f"What was written last stands in {log.name} beside it. SQLite says: {error}.",
                "Have the rights of both files and of their folder changed, or ask somebody who has them.",
            ) from error
    # No program has it open that could write: it would have made its files beside it.
    return _connected(path, "mode=ro&immutable=1", patience)


def _connected(path: Path, how: str, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, isolation_level=None, timeout=patience)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the first look tells
    except BaseException:
        connection.close()
        raise
    return connection
