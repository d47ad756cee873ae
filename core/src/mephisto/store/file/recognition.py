"""Knowing a file for ours before anything is written to it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from mephisto.errors import StoreError
from mephisto.store.file.file_systems import network_file_system, real_path

FILE_NAME: Final = "mephisto.db"
APPLICATION_ID: Final = 0x4D455048  # "MEPH", in the header of the file
_ELSEWHERE: Final = "Move it away, or choose another folder: MEPHISTO_DATA_DIR=PATH."


def recognise(path: Path) -> bool:
    """Say whether our database is at *path*, which is absolute; False if nothing is there.

    Raises `StoreError` if something else is, which has only been read.
    """
    try:
        if not path.exists():
            return False
    except PermissionError as error:
        raise StoreError(
            f"You may not look into {path.parent}.",
            f"The system says: {error.strerror}.",
            "Have its rights changed, or choose another folder: MEPHISTO_DATA_DIR=PATH.",
        ) from error
    if not path.is_file():
        raise StoreError(f"{path} is {'a folder' if path.is_dir() else 'not a file'}.", "", _ELSEWHERE)
    if not path.stat().st_size:
        raise StoreError(f"{path} is an empty file.", "It is left as it is.", _ELSEWHERE)
    try:
        found = _application_id(path)
    except sqlite3.OperationalError as error:
        raise StoreError(f"{path} cannot be read.", str(error), "See that you may read it.") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} is not a database.", str(error), _ELSEWHERE) from error
    if found != APPLICATION_ID:
        raise StoreError(
            f"{path} is a database, but not one of ours.",
            "It was made by another program, and is left as it is.",
            _ELSEWHERE,
        )
    return True


def check_folder(folder: Path) -> None:
    """Make *folder*, which is absolute, if it is missing; raises `StoreError` if a database must not lie there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be made a folder for data.",
            str(error),
            "Choose another: MEPHISTO_DATA_DIR=PATH.",
        ) from error
    kind = network_file_system(real_path(folder))
    if kind is not None:
        raise StoreError(
            f"{folder} is on a network file system ({kind}).",
            "Locks are not kept there as a database needs them: answers could be lost.",
            "Choose a folder on a disk of this machine: MEPHISTO_DATA_DIR=PATH for now, or "
            "core.main_data_directory in the settings for good.",
        )
    check_rights(folder)


def check_rights(path: Path) -> None:
    """Raise `StoreError` if *path* may not be read and written."""
    if not os.access(path, os.R_OK | os.W_OK):
        raise StoreError(
            f"You may not read and write {path}.",
            "",
            "Have its rights changed, or choose another folder: MEPHISTO_DATA_DIR=PATH.",
        )


def _application_id(path: Path) -> int:
    # SQLite reads it, not we: closing a file that the process has open twice drops SQLite's locks on it.
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        found: int = connection.execute("PRAGMA application_id").fetchone()[0]
        return found
