"""The database file: known before it is written to, made whole or not at all, the same settings on every connection."""

import os
import sqlite3
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from mephisto.errors import StoreError
from mephisto.store import Store
from mephisto.store.file import recognition
from mephisto.store.file.database import open_database
from mephisto.store.file.recognition import recognise


def opened(folder):
    Store(folder).open().close()


def names(folder):
    return [path.name for path in folder.iterdir()]


def refused(folder):
    with pytest.raises(StoreError) as caught:
        opened(folder)
    assert caught.value.problem.remedy
    return str(caught.value)


def sqlite_file(path, *statements):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path.read_bytes()


FOREIGN = {
    "an empty file": lambda path: path.write_bytes(b""),
    "a text file": lambda path: path.write_text("id,text\n1,one\n" * 100),
    "a truncated database": lambda path: path.write_bytes(b"SQLite format 3\0"),
    "a database without tables": lambda path: sqlite_file(path, "PRAGMA user_version = 1"),
    "another program's database": lambda path: sqlite_file(path, "CREATE TABLE urls (id)"),
    "another program's marked database": lambda path: sqlite_file(
        path, "PRAGMA application_id = 252006674", "CREATE TABLE event (id)"
    ),
    "another program's database in WAL": lambda path: sqlite_file(
        path, "PRAGMA journal_mode = WAL", "CREATE TABLE urls (id)"
    ),
    # As it is called and filled by the program whose scripts we run.
    "the original's database": lambda path: sqlite_file(
        path,
        "CREATE TABLE projects (project_id INTEGER PRIMARY KEY AUTOINCREMENT, project_name TEXT NOT NULL UNIQUE)",
        "CREATE TABLE tasks (task_id INTEGER PRIMARY KEY AUTOINCREMENT, task_name TEXT NOT NULL UNIQUE)",
        "CREATE TABLE units (unit_id INTEGER PRIMARY KEY AUTOINCREMENT, pay_amount FLOAT NOT NULL)",
        "INSERT INTO tasks (task_name) VALUES ('html-static-task-example')",
    ),
}


@pytest.mark.parametrize("make", FOREIGN.values(), ids=FOREIGN)
def test_what_is_not_ours_is_refused_and_left_as_it_is(tmp_path, make):
    """To open it and look would write: the journal mode alone stands in the file."""
    path = tmp_path / "mephisto.db"
    make(path)
    before, modified = path.read_bytes(), path.stat().st_mtime_ns

    assert str(path) in refused(tmp_path)
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == modified
    assert names(tmp_path) == ["mephisto.db"]


def test_a_database_of_the_original_beside_ours_is_not_touched(tmp_path):
    before = sqlite_file(tmp_path / "database.db", "CREATE TABLE units (unit_id INTEGER PRIMARY KEY)")
    opened(tmp_path)
    assert (tmp_path / "database.db").read_bytes() == before


def test_a_folder_or_a_pipe_in_the_files_place_is_refused(tmp_path):
    (tmp_path / "folder" / "mephisto.db").mkdir(parents=True)
    assert "is a folder" in refused(tmp_path / "folder")
    if os.name == "posix":
        os.mkfifo(tmp_path / "mephisto.db")
        assert "is not a file" in refused(tmp_path)  # to open it would wait for ever


def test_a_file_in_the_folders_place_is_refused(tmp_path):
    (tmp_path / "data").write_text("mine")
    assert str(tmp_path / "data") in refused(tmp_path / "data")
    assert str(tmp_path / "data" / "deeper") in refused(tmp_path / "data" / "deeper")


@pytest.mark.skipif(os.name != "posix", reason="rights are another matter there")
@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o555, 0o644), (0o777, 0o444), (0o777, 0o000)])
def test_without_the_right_to_write_it_is_refused_plainly(tmp_path, as_nobody, folder_mode, file_mode):
    data = tmp_path / "data"
    opened(data)
    (data / "mephisto.db").chmod(file_mode)
    data.chmod(folder_mode)
    try:
        told = as_nobody(lambda: refused(data))
    finally:
        data.chmod(0o755)
    assert "cannot be read" in told or "may not read and write" in told
    assert names(data) == ["mephisto.db"]


def test_a_path_may_hold_any_character_and_lead_over_a_link(tmp_path):
    folder = tmp_path / f"100% über{'?' if os.name == 'posix' else ''} #1&x=y"
    opened(folder)
    assert names(folder) == ["mephisto.db"]
    if os.name == "posix":
        (tmp_path / "linked").mkdir()
        (tmp_path / "linked" / "mephisto.db").symlink_to(tmp_path / "elsewhere.db")
        opened(tmp_path / "linked")
        assert recognise(tmp_path / "elsewhere.db")


def test_processes_and_threads_that_start_at_once_make_one_database(tmp_path):
    """To make the file first and its tables then would show the others an empty one."""
    code = "import sys; from pathlib import Path; from mephisto.store import Store; Store(Path(sys.argv[1])).open().close()"
    folders = [tmp_path / f"{number}" for number in range(10)]
    others = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), folders[0]])
    barrier = threading.Barrier(6)

    def race(_):
        for folder in folders:
            barrier.wait(10)
            store = Store(folder)
            store.write(lambda connection: connection.exec_driver_sql("SELECT count(*) FROM task"))
            store.close()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(race, range(6))) == [None] * 6
    assert others.wait(30) == 0
    assert {name for folder in folders for name in names(folder)} == {"mephisto.db"}


def test_a_database_that_could_not_be_made_leaves_nothing(tmp_path, monkeypatch):
    def fails(*_):
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("mephisto.store.file.schema.Model.metadata.create_all", fails)
    assert "disk I/O error" in refused(tmp_path)
    assert names(tmp_path) == []


def test_looking_at_a_file_leaves_the_locks_on_it(tmp_path):
    """To read its header with open() would drop, with the close, all locks that this process has on it."""
    store = Store(tmp_path).open()
    opened(tmp_path)
    recognise(store.path)

    def takes_the_file():
        code = """
            import sqlite3, sys
            connection = sqlite3.connect(sys.argv[1], timeout=0)
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("SELECT * FROM task")
        """
        return subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), store.path], check=False, capture_output=True
        )

    assert b"database is locked" in takes_the_file().stderr
    if os.name == "posix":
        store.path.read_bytes()  # the naive way
        assert takes_the_file().returncode == 0
    store.close()


SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "fullfsync": 1,
    "foreign_keys": 1,
    "busy_timeout": 30_000,
}


def settings_of(connection):
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in SETTINGS}


def test_every_connection_has_the_same_settings(tmp_path):
    """Settings of SQLite belong to a connection: to set them once, after opening, leaves the others without."""
    store = Store(tmp_path).open()
    at_once = 20  # more than the pool keeps
    barrier = threading.Barrier(at_once)

    def read(_):
        with store.read() as connection:
            barrier.wait(10)
            return settings_of(connection)

    with ThreadPoolExecutor(at_once) as pool:
        assert list(pool.map(read, range(at_once))) == [SETTINGS] * at_once
    assert store.write(settings_of) == SETTINGS
    store.close()


def test_a_reference_to_what_is_not_there_is_refused(tmp_path):
    store = Store(tmp_path).open()
    with pytest.raises(Exception, match="FOREIGN KEY"):
        store.write(
            lambda connection: connection.exec_driver_sql(
                "INSERT INTO unit (id, task_run_id, assignment_id, unit_index, kind, status, pay_cents) "
                "VALUES (1, 2, 3, 0, 'standard', 'created', 5)"
            )
        )
    store.close()


def test_a_current_database_is_opened_and_made_without_importing_alembic(tmp_path):
    code = """
        import sys
        from pathlib import Path
        from mephisto.store import Store

        for _ in range(2):
            Store(Path(sys.argv[1])).open().close()
        print("alembic" in sys.modules)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_a_database_is_marked_as_ours_in_its_first_bytes(tmp_path):
    open_database(tmp_path / "mephisto.db").dispose()
    header = (tmp_path / "mephisto.db").read_bytes()[:100]
    assert int.from_bytes(header[68:72], "big") == recognition.APPLICATION_ID
