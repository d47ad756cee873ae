"""An older database is brought up to date whole or not at all, after a backup, and by whoever is alone with it."""

import hashlib
import os
import platform
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing

import psutil
import pytest
from sqlalchemy import JSON, Boolean, Integer, create_engine, event, insert
from sqlalchemy.exc import IntegrityError

from mephisto.errors import StoreError
from mephisto.instants import SECOND, Time
from mephisto.model import Model, processes
from mephisto.store import Store
from mephisto.store.file.database import open_database
from mephisto.store.file.schema import CURRENT, Schema
from mephisto.store.file.upgrade import run_steps, steps_to

ROWS = 2_000

# A later version: parents of thousands of rows are made anew, as SQLite needs it for most changes.
LATER = """
    with op.batch_alter_table("worker", recreate="always") as batch:
        batch.add_column(sa.Column("language", sa.String(), nullable=False, server_default="en"))
    with op.batch_alter_table("task_run", recreate="always") as batch:
        batch.alter_column("url", new_column_name="address")
    op.create_table("note", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO note SELECT id FROM worker")
"""


@pytest.fixture
def later(tmp_path):
    """Makes the schema of a later version, whose one migration beyond this version's does what it is told."""

    def make(body=LATER):
        folder = tmp_path / "versions"
        folder.mkdir(exist_ok=True)
        head = f'import sqlalchemy as sa\nfrom alembic import op\n\nrevision = "later"\ndown_revision = "{CURRENT.revision}"\n'
        (folder / "r0002_later.py").write_text(
            f'"""A later version."""\n\n{head}\n\ndef upgrade():\n    pass\n{body}'
        )
        return Schema("later", (*CURRENT.folders, folder))

    return make


def value(column, number):
    if column.primary_key or column.foreign_keys or isinstance(column.type, Integer):
        return number
    if isinstance(column.type, Boolean):
        return number % 2 == 0
    return {"n": number} if isinstance(column.type, JSON) else f"{column.name} {number}"


@pytest.fixture
def path(tmp_path):
    """A database with thousands of rows in all tables; each row refers to those with its number."""
    store = Store(tmp_path / "data")

    def fill(connection):
        for table in Model.metadata.sorted_tables:
            rows = [
                {column.name: value(column, number) for column in table.c} for number in range(1, ROWS + 1)
            ]
            connection.execute(insert(table), rows)

    store.write(fill)
    store.close()
    return store.path


def content(path, renamed=()):
    """Sum up what the tables of this version hold, in their columns of this version."""
    names, sums = dict(renamed), {}
    with closing(sqlite3.connect(path)) as connection:
        for table in Model.metadata.sorted_tables:
            columns = ", ".join(f'"{names.get(column.name, column.name)}"' for column in table.c)
            rows = connection.execute(f"SELECT {columns} FROM {table.name} ORDER BY id").fetchall()  # noqa: S608
            sums[table.name] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return sums


def one(path, question):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()


def backups(path):
    return [found for found in path.parent.iterdir() if found.name.startswith("mephisto-")]


def refused(path, schema):
    with pytest.raises(StoreError) as caught:
        open_database(path, schema)
    return str(caught.value)


def test_all_rows_come_along(path, later, caplog):
    before = content(path)
    open_database(path, later()).dispose()

    assert content(path, [("url", "address")]) == before
    assert all(count == ROWS for count, _ in before.values())
    assert one(path, "SELECT count(*), min(language) FROM worker") == [(ROWS, "en")]
    assert one(path, "SELECT count(*) FROM note") == [(ROWS,)]
    assert one(path, "SELECT version_num FROM alembic_version") == [("later",)]
    assert one(path, "PRAGMA foreign_key_check") == []
    assert one(path, "PRAGMA integrity_check") == [("ok",)]
    assert one(path, "PRAGMA journal_mode") == [("wal",)]


def test_references_still_hold_afterwards(path, later):
    """A table that is made anew must be the one to which others refer."""
    open_database(path, later()).dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for question in ("DELETE FROM worker WHERE id = 7", "DELETE FROM task_run WHERE id = 7"):
            with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
                connection.execute(question)
        indexes = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        }
    assert {"ix_task_run_process_id", "ix_unit_extra"} <= indexes


def test_with_foreign_keys_on_the_same_migration_breaks(path, later):
    """The naive way: making a parent anew deletes its rows first, which its children forbid, or follow."""
    engine = create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"))
    with engine.connect() as connection, pytest.raises(IntegrityError, match="FOREIGN KEY"):
        run_steps(connection, steps_to(later())[1:])
    engine.dispose()


def test_the_file_as_it_was_is_kept_beside_and_named_in_the_log(path, later, caplog):
    before = content(path)
    open_database(path, later()).dispose()

    (saved,) = backups(path)
    assert str(saved) in caplog.text
    assert content(saved) == before
    open_database(saved).dispose()  # whole, and of this version

    open_database(path, later()).dispose()
    assert backups(path) == [saved]


FAILURES = {
    "an exception": "    raise RuntimeError('half-way')\n",
    "a statement that is wrong": "    op.execute('UPDATE nothing SET x = 1')\n",
    "an exit": "    raise SystemExit('half-way')\n",
    "children left without parents": "    op.execute('DELETE FROM worker WHERE id % 2')\n",
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failure_half_way_leaves_the_old_file_whole(path, later, failure):
    before, tables = content(path), one(path, "SELECT * FROM sqlite_master")

    with pytest.raises((StoreError, SystemExit)) as caught:
        open_database(path, later(LATER + failure))
    if isinstance(caught.value, StoreError):
        assert "as it was" in str(caught.value)

    assert content(path) == before
    assert one(path, "SELECT * FROM sqlite_master") == tables
    assert backups(path) == []
    open_database(path).dispose()
    open_database(path, later()).dispose()


def test_a_process_that_dies_half_way_leaves_the_old_file_whole(path, later):
    before = content(path)
    schema = later(LATER + "    import os\n    os._exit(9)\n")
    code = """
        import sys
        from pathlib import Path
        from mephisto.store.file.database import open_database
        from mephisto.store.file.schema import CURRENT, Schema

        open_database(Path(sys.argv[1]), Schema("later", (*CURRENT.folders, Path(sys.argv[2]))))
    """
    died = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), path, schema.folders[-1]], check=False
    )
    assert died.returncode == 9
    assert content(path) == before
    open_database(path).dispose()


def test_without_a_backup_nothing_is_changed(path, later, monkeypatch):
    def no_room(*_):
        raise StoreError("no room")

    before = path.read_bytes()
    monkeypatch.setattr("mephisto.store.file.upgrade.copy", no_room)
    assert refused(path, later()) == "no room"
    assert path.read_bytes() == before


def add_process(path, **values):
    process = psutil.Process()
    row = {
        "id": ROWS + 1,
        "host": platform.node(),
        "number": process.pid,
        "started_at": int(process.create_time() * SECOND),
        "heartbeat_at": Time().now(),
    }
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(insert(processes).values(row | values))
    engine.dispose()


def test_it_is_refused_while_a_live_process_works_on_it(path, later):
    add_process(path)
    before = path.read_bytes()
    assert f"process {os.getpid()} on {platform.node()}" in refused(path, later())
    assert path.read_bytes() == before


def test_it_is_refused_while_a_process_elsewhere_was_heard_of_lately(path, later):
    add_process(path, host="another machine")
    assert "another machine" in refused(path, later())


@pytest.mark.parametrize(
    "dead",
    [{"host": "another machine", "heartbeat_at": 1}, {"started_at": 1, "heartbeat_at": 1}, {"started_at": 1}],
    ids=["silent", "its number is another's", "its number is ours"],
)
def test_a_dead_process_is_not_waited_for(path, later, dead):
    add_process(path, **dead)
    open_database(path, later()).dispose()
    assert one(path, "SELECT version_num FROM alembic_version") == [("later",)]


def test_it_is_refused_while_any_program_has_the_file_open(path, later, monkeypatch):
    """One that is only looked into has no row that tells of it."""
    monkeypatch.setattr("mephisto.store.file.upgrade.PATIENCE_MILLISECONDS", 50)
    code = """
        import sqlite3, sys
        connection = sqlite3.connect(sys.argv[1])
        connection.execute("SELECT count(*) FROM worker").fetchone()
        print("open", flush=True)
        sys.stdin.read()
    """
    looking = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with looking:
        looking.stdout.readline()
        assert "Another program has it open" in refused(path, later())
        looking.stdin.close()
    open_database(path, later()).dispose()


@pytest.mark.parametrize("found", ["a newer one", None])
def test_a_revision_that_is_not_known_is_refused_plainly(path, found):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "UPDATE alembic_version SET version_num = ?" if found else "DELETE FROM alembic_version",
            [found] if found else [],
        )
        connection.commit()
    before = content(path)
    told = refused(path, CURRENT)
    assert f"revision {found or 'none'}" in told
    assert CURRENT.revision in told
    assert content(path) == before
    assert backups(path) == []


def test_a_later_database_is_refused_by_an_earlier_version(path, later):
    open_database(path, later()).dispose()
    assert "revision later" in refused(path, CURRENT)
