"""Bringing an older database up to date: alone with the file, after a backup, whole or not at all."""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, event
from sqlalchemy.exc import OperationalError

from mephisto.errors import StoreError
from mephisto.instants import Time, local_text
from mephisto.store.file.connections import make_engine
from mephisto.store.file.copying import copy
from mephisto.store.file.failures import is_locked
from mephisto.store.file.schema import Schema, revision
from mephisto.store.processes import is_alive

logger = logging.getLogger(__name__)

#: How long a program that is just ending may take to let the file go.
PATIENCE_MILLISECONDS: Final = 2_000


def upgrade(path: Path, schema: Schema) -> None:
    """Bring the database at *path* to the revision of *schema*, leaving a copy of what it was beside it.

    Raises `StoreError` if the way from its revision is not known, if anybody uses it, or if a step fails; it is
    then as it was.
    """
    _refuse_while_processes_live(path)
    with _alone_with(path) as connection:
        found = revision(connection)
        steps = _steps_from(path, found, schema)
        if not steps:
            return
        saved = _backup(connection, path, found)
        try:
            _migrate(connection, steps, schema.revision)
        except BaseException as error:
            saved.unlink()  # the file is as it was
            if isinstance(error, Exception):
                raise StoreError(
                    f"{path} could not be brought up to date.",
                    f"{type(error).__name__}: {error}",
                    "It is as it was. Use the version of mephisto that made it, or choose another folder: "
                    "MEPHISTO_DATA_DIR=PATH.",
                ) from error
            raise


def _refuse_while_processes_live(path: Path) -> None:
    engine = make_engine(path)
    try:
        with engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT host, number, started_at, heartbeat_at FROM process")
            live = [process for process in rows if is_alive(process, Time().now())]
    finally:
        engine.dispose()
    if live:
        told = ", ".join(
            f"{process.number} on {process.host} since {local_text(process.started_at)}" for process in live
        )
        raise _in_use(path, f"Runs work on it in process {told}.")


@contextmanager
def _alone_with(path: Path) -> Iterator[Connection]:
    """Connect so that nobody else can, and with foreign keys off: a table that is made anew must not take others along."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(path, timeout=PATIENCE_MILLISECONDS / 1_000),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
    event.listen(engine, "connect", _lock)
    try:
        with engine.connect() as connection:
            yield connection
    except (OperationalError, sqlite3.OperationalError) as error:
        if is_locked(error):
            raise _in_use(path, "Another program has it open.") from error
        raise
    finally:
        engine.dispose()


def _lock(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("SELECT count(*) FROM sqlite_master")  # the first look takes the lock, and keeps it


def _in_use(path: Path, why: str) -> StoreError:
    return StoreError(
        f"{path} was made by an older version of mephisto, and cannot be brought up to date while it is used.",
        why,
        "End that first, and try again.",
    )


def steps_to(schema: Schema) -> list[Script]:
    """List the migrations that lead to the revision of *schema*, the oldest first."""
    scripts = ScriptDirectory(str(schema.folders[0].parent), version_locations=list(schema.folders))
    return list(scripts.walk_revisions("base", schema.revision))[::-1]


def run_steps(connection: Connection, steps: Sequence[Script]) -> None:
    """Run migrations in the transaction of *connection*."""
    with Operations.context(MigrationContext.configure(connection)):
        for step in steps:
            logger.info("Migration %s: %s", step.revision, step.doc)
            step.module.upgrade()


def _steps_from(path: Path, found: str, schema: Schema) -> Sequence[Script]:
    steps = steps_to(schema)
    known = [step.revision for step in steps]
    if found not in known:
        raise StoreError(
            f"{path} was made by another version of mephisto.",
            f"Its tables are of revision {found or 'none'}; this version knows no way from there to {schema.revision}.",
            "Use the version that made it, or choose another folder: MEPHISTO_DATA_DIR=PATH.",
        )
    return steps[known.index(found) + 1 :]


def _backup(connection: Connection, path: Path, found: str) -> Path:
    moment = datetime.now(UTC).astimezone().strftime("%Y%m%d-%H%M%S")
    saved = path.with_name(f"{path.stem}-{found}-{moment}{path.suffix}")
    copy(cast("sqlite3.Connection", connection.connection.driver_connection), saved)
    logger.warning("%s is brought up to date. As it was, it is kept as %s.", path, saved)
    return saved


def _migrate(connection: Connection, steps: Sequence[Script], target: str) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        run_steps(connection, steps)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (target,))
        _check_references(connection)
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({str(row[0]) for row in broken}))
        raise StoreError(f"{len(broken)} rows would refer to what is gone (in {tables}).")
