"""Looking into a database from outside: nothing is written, and nothing is made where there is none."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DatabaseError

from mephisto.errors import StoreError
from mephisto.store import json_text
from mephisto.store.file.backup import backup
from mephisto.store.file.failures import in_sentences
from mephisto.store.file.looking import look_into
from mephisto.store.file.recognition import FILE_NAME, recognise
from mephisto.store.file.schema import CURRENT, revision


@contextmanager
def reading(directory: Path) -> Iterator[Connection | None]:
    """Give a connection that only reads the database of *directory*; None if there is none.

    Raises `StoreError` if it is not ours, of another version, or cannot be read.
    """
    path = (directory / FILE_NAME).absolute()
    if not recognise(path):
        yield None
        return
    try:
        with closing(look_into(path)) as raw:
            engine = create_engine(
                "sqlite://",
                creator=lambda: raw,
                poolclass=NullPool,
                isolation_level="AUTOCOMMIT",
                json_serializer=json_text.encode,
                json_deserializer=json_text.decode,
            )
            with engine.connect() as connection:
                _check_revision(path, connection)
                yield connection
    except (sqlite3.Error, DatabaseError) as error:
        raise in_sentences(error, path) from error


def copy_database(source: Path, target: Path) -> None:
    """Copy the database of the folder *source*, if it has one, into *target*, as it stands at one moment.

    Raises `StoreError` if it is not ours, or cannot be read or written.
    """
    path = (source / FILE_NAME).absolute()
    if recognise(path):
        backup(path, target / FILE_NAME)


def _check_revision(path: Path, connection: Connection) -> None:
    found = revision(connection)
    if found != CURRENT.revision:
        raise StoreError(
            f"{path} was made by another version of mephisto.",
            f"Its tables are of revision {found or 'none'}; this version reads revision {CURRENT.revision}.",
            "If it is the older one, the next launch brings it up to date; else use the version that made it.",
        )
