"""Backups of a database, made while others work on it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from mephisto.errors import NotFound
from mephisto.store.file.copying import copy
from mephisto.store.file.failures import in_sentences
from mephisto.store.file.file_systems import real_path
from mephisto.store.file.looking import look_into
from mephisto.store.file.recognition import recognise
from mephisto.store.store import Store

#: How long somebody may keep the file to themselves.
PATIENCE_SECONDS: Final = 5


def backup(source: Store | Path, target: Path) -> None:
    """Copy a database to the new file *target*, whole and as of one moment, while others read and write it.

    A copy of the file alone would lack what was committed last, which stands in a file beside it. Raises `NotFound`
    if there is no database, and `StoreError` if *target* exists or cannot be written; nothing is left of it then.
    """
    path = real_path(source if isinstance(source, Path) else source.path)
    if not recognise(path):
        raise NotFound(f"There is no database {path}.")
    try:
        with closing(look_into(path, PATIENCE_SECONDS)) as connection:
            copy(connection, target)
    except sqlite3.Error as error:
        raise in_sentences(error, path) from error
