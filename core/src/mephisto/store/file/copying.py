"""Copying a database through its connection: as of one moment, and with what stands beside the file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from mephisto.errors import StoreError
from mephisto.store.file.failures import in_sentences
from mephisto.store.file.new_file import new_file


def copy(source: sqlite3.Connection, target: Path) -> None:
    """Copy what *source* sees to the new file *target*; raises `StoreError`."""
    try:
        with new_file(target.absolute()) as unfinished, closing(sqlite3.connect(unfinished)) as made:
            # In one step: one that is done by and by starts anew whenever somebody writes.
            source.backup(made, progress=_do_not_wait)
    except FileExistsError as error:
        raise StoreError(
            f"{target} exists.", "A backup replaces nothing.", "Choose another name for it."
        ) from error
    except (OSError, sqlite3.Error) as error:
        told = in_sentences(error, target)
        if isinstance(told, StoreError):
            raise told from error
        raise StoreError(f"The backup {target} cannot be made.", str(error)) from error


def _do_not_wait(status: int, _left: int, _all: int) -> None:
    if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        raise sqlite3.OperationalError("database is locked")  # the driver would try for ever
