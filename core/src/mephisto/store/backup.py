"""Backups of a database, made while others work on it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from mephisto.errors import NotFound
from mephisto.store.copying import copy
from mephisto.store.recognition import recognise
from mephisto.store.store import Store


def backup(source: Store | Path, target: Path) -> None:
    """Copy a database to the new file *target*, whole and as of one moment, while others read and write it.

    A copy of the file alone would lack what was committed last, which stands in a file beside it. Raises `NotFound`
    if there is no database, and `StoreError` if *target* exists or cannot be written; nothing is left of it then.
    """
    path = (source if isinstance(source, Path) else source.path).absolute().resolve()
    if not recognise(path):
        raise NotFound(f"There is no database {path}.")
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        copy(connection, target)
