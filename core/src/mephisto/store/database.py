"""The database file: opening it, knowing it for ours, and the settings of every connection."""

import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from mephisto.errors import StoreError
from mephisto.model import Model
from mephisto.store import json_text

FILE_NAME: Final = "mephisto.db"
APPLICATION_ID: Final = 0x4D455048  # "MEPH", in the header of the file
REVISION: Final = 1


def open_database(path: Path) -> Engine:
    """Open the database at *path*, or make a new one.

    Raises `StoreError` if the file is not ours, is of another version, or cannot be used.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = _engine(path)
        with engine.connect() as connection:
            if not is_ours(path, connection):
                _create(engine)
    except (OSError, DatabaseError) as error:
        raise StoreError(
            f"The database {path} cannot be opened.",
            str(getattr(error, "orig", None) or error),
            "See that you may write there, or choose another folder: MEPHISTO_DATA_DIR=PATH.",
        ) from error
    return engine


def is_ours(path: Path, connection: Connection) -> bool:
    """Say whether a database is one of ours; False if it is empty. Raises `StoreError` if it is anything else."""
    if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0:
        return False
    if connection.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
        raise _foreign(path)
    _check_revision(path, connection.exec_driver_sql("PRAGMA user_version").scalar())
    return True


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        # The driver starts no transactions of its own: the writer says BEGIN, and readers need none.
        isolation_level="AUTOCOMMIT",
        json_serializer=json_text.encode,
        json_deserializer=json_text.decode,
        pool_size=16,
        max_overflow=64,
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("PRAGMA busy_timeout = 30000")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # answers are paid for: survive a power cut, too
    connection.execute("PRAGMA foreign_keys = ON")


def _create(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0:
            Model.metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {REVISION}")
        connection.exec_driver_sql("COMMIT")


def _foreign(path: Path) -> StoreError:
    return StoreError(
        f"{path} is a database, but not one of ours.",
        "It was made by another program, and is left as it is.",
        "Move it away, or choose another folder: MEPHISTO_DATA_DIR=PATH.",
    )


def _check_revision(path: Path, found: Any) -> None:
    if found != REVISION:
        raise StoreError(
            f"{path} was made by another version of mephisto.",
            f"Its tables are of revision {found}; this version reads revision {REVISION}.",
            "Use the version that made it, or choose another folder: MEPHISTO_DATA_DIR=PATH.",
        )
