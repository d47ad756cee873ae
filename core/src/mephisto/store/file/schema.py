"""The tables that this version reads, and the revision with which a file says that it has them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from mephisto.model import Model
from mephisto.store.file.connections import make_engine
from mephisto.store.file.migrations import NEWEST
from mephisto.store.file.new_file import new_file
from mephisto.store.file.recognition import APPLICATION_ID


@dataclass(frozen=True)
class Schema:
    """A revision, and the folders in which the migrations that lead to it stand."""

    revision: str
    folders: tuple[Path, ...]


CURRENT: Final = Schema(NEWEST, (Path(__file__).parent / "migrations" / "versions",))

# As Alembic makes it.
_VERSION_TABLE: Final = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def create(path: Path, schema: Schema) -> None:
    """Make a new database at *path* from the models, whole or not at all.

    Raises `FileExistsError` if another was quicker, and what SQLite raises on a full disk. The migrations would lead to the same tables, which a test holds; but they are slow to import.
    """
    with new_file(path) as unfinished:
        engine = make_engine(unfinished)
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA query_only = OFF")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                Model.metadata.create_all(connection)
                connection.exec_driver_sql(_VERSION_TABLE)
                connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (schema.revision,))
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.exec_driver_sql("COMMIT")
                # Else closing does it, and does not tell if the disk is too full: only the file itself is kept.
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            engine.dispose()


def revision(connection: Connection) -> str:
    """Return the revision of a file's tables, empty if it names none."""
    has_table = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    if not connection.exec_driver_sql(has_table).scalar():
        return ""
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    return ", ".join(sorted(found))
