"""Backups: whole and as of one moment, while others write."""

import shutil
import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import insert, select

from mephisto.errors import NotFound, StoreError
from mephisto.model import workers
from mephisto.store import Store
from mephisto.store.file.backup import backup


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "data").open()
    yield store
    store.close()


def names(path):
    """List the workers of the database at *path*, by what stands in that one file."""
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM worker ORDER BY id")]


def hire(store, *new):
    def job(connection):
        rows = [{"id": store.ids.new(), "provider": "mock", "name": name, "created_at": 1} for name in new]
        connection.execute(insert(workers), rows)

    store.write(job)


@pytest.mark.parametrize("given", ["the store", "its path"])
def test_a_backup_holds_what_was_committed_and_a_copy_of_the_file_does_not(store, tmp_path, given):
    hire(store, "anna", "ben")
    backup(store if given == "the store" else store.path, tmp_path / "backup.db")
    shutil.copy(
        store.path, tmp_path / "copy.db"
    )  # the naive way: without the file beside it, into which commits go

    assert names(tmp_path / "backup.db") == ["anna", "ben"]
    assert names(tmp_path / "copy.db") == []


def test_a_backup_of_a_store_that_is_written_to_is_as_of_one_moment(store, tmp_path):
    """Pairs are written together, so half a pair would tell of a copy made while they were."""
    stop, written = threading.Event(), threading.Semaphore(0)

    def write():
        number = 0
        while not stop.is_set():
            hire(store, f"{number} left", f"{number} right")
            written.release()
            number += 1

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(10):
            assert written.acquire(timeout=10)  # so nobody has to wait for a backup
            backup(store, tmp_path / f"{number}.db")
    finally:
        stop.set()
        writing.join()
    for number in range(10):
        found = names(tmp_path / f"{number}.db")
        assert found == [f"{pair} {side}" for pair in range(len(found) // 2) for side in ("left", "right")]
        assert len(found) >= 2 * (number + 1)


def test_a_backup_can_be_worked_on(store, tmp_path):
    hire(store, "anna")
    (tmp_path / "restored").mkdir()
    backup(store, tmp_path / "restored" / "mephisto.db")
    restored = Store(tmp_path / "restored")
    hire(restored, "ben")
    with restored.read() as connection:
        assert connection.execute(select(workers.c.name)).scalars().all() == ["anna", "ben"]
    restored.close()


def test_a_backup_of_a_closed_database_leaves_nothing_beside_it(store, tmp_path):
    hire(store, "anna")
    store.close()
    backup(store.path, tmp_path / "backup.db")
    assert names(tmp_path / "backup.db") == ["anna"]
    assert [path.name for path in store.directory.iterdir()] == ["mephisto.db"]


def test_a_backup_replaces_nothing(store, tmp_path):
    (tmp_path / "backup.db").write_text("mine")
    with pytest.raises(StoreError, match="exists"):
        backup(store, tmp_path / "backup.db")
    assert (tmp_path / "backup.db").read_text() == "mine"


def test_where_a_backup_cannot_be_written_nothing_is_left_of_it(store, tmp_path):
    with pytest.raises(StoreError):
        backup(store, tmp_path / "missing" / "backup.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_a_backup_of_nothing_or_of_another_program_is_refused(tmp_path):
    with pytest.raises(NotFound):
        backup(tmp_path / "mephisto.db", tmp_path / "backup.db")
    (tmp_path / "notes.db").write_text("mine")
    with pytest.raises(StoreError):
        backup(tmp_path / "notes.db", tmp_path / "backup.db")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.db"]


def test_a_database_that_others_keep_for_themselves_is_not_waited_for_for_ever(store, tmp_path, monkeypatch):
    monkeypatch.setattr("mephisto.store.file.backup.PATIENCE_SECONDS", 0.1)
    hire(store, "anna")
    store.close()
    with closing(sqlite3.connect(store.path)) as alone:
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        alone.execute("SELECT * FROM worker").fetchall()
        with pytest.raises(StoreError, match="locked"):
            backup(store.path, tmp_path / "backup.db")
    assert not (tmp_path / "backup.db").exists()
