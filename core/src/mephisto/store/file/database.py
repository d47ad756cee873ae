"""The database file: opening it, making it, and bringing an older one up to date."""

import logging
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from mephisto.errors import StoreError
from mephisto.store.file.connections import make_engine
from mephisto.store.file.failures import in_sentences
from mephisto.store.file.file_systems import real_path
from mephisto.store.file.recognition import check_folder, check_rights, recognise
from mephisto.store.file.schema import CURRENT, Schema, create, revision


def open_database(path: Path, schema: Schema = CURRENT) -> Engine:
    """Open the database at *path*: a new one if nothing is there, an older one once it is brought up to date.

    Raises `StoreError` if the file is not ours, is of a version that is not known, or cannot be used.
    """
    path = real_path(path)
    try:
        check_folder(path.parent)
        if not recognise(path):
            try:
                create(path, schema)
            except FileExistsError:  # another process was quicker
                recognise(path)
        check_rights(path)
        return _opened(path, schema)
    except (OSError, sqlite3.Error, DatabaseError) as error:
        told = in_sentences(error, path)
        if isinstance(told, StoreError):
            raise told from error
        raise StoreError(
            f"The database {path} cannot be opened.",
            str(getattr(error, "orig", None) or error),
            "See that you may write there, or choose another folder: MEPHISTO_DATA_DIR=PATH.",
        ) from error


def _opened(path: Path, schema: Schema) -> Engine:
    engine = make_engine(path)
    try:
        with engine.connect() as connection:
            journal: Any = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            found = revision(connection)
    except BaseException:
        engine.dispose()
        raise
    if found == schema.revision and journal == "wal":
        return engine
    engine.dispose()
    if journal != "wal":
        raise StoreError(
            f"The file system of {path} cannot share memory between processes.",
            f"Without it, nobody can read while another writes (journal mode {journal!r}).",
            "Choose a folder on another disk: MEPHISTO_DATA_DIR=PATH.",
        )
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of its own plugins when it is imported
    from mephisto.store.file.upgrade import upgrade  # slow to import, and rarely needed

    upgrade(path, schema)
    return _opened(path, schema)
