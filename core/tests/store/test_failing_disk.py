"""A disk that is full or fails in the middle of a batch: who asked for too much hears of it, the others are saved."""

import os
import shutil
import subprocess
import sys
import textwrap
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from mephisto.errors import StoreError
from mephisto.store import Store
from mephisto.store.file.backup import backup

MEGABYTE = 1 << 20


@contextmanager
def full_disk(folder, size="2m"):
    """A small disk, where one may be mounted: the real thing."""
    folder.mkdir()
    mounted = (
        shutil.which("mount") is not None
        and not subprocess.run(
            ["mount", "-t", "tmpfs", f"-osize={size}", "tmpfs", folder], check=False, capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("only root may mount a small disk; a database that may not grow is tried instead")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def database_that_may_not_grow(folder):
    """What SQLite offers in place of a full disk."""
    yield folder


def writing(size):
    def write(connection):
        connection.execute(text("INSERT INTO note VALUES (:size, randomblob(:size))"), {"size": size})
        return size

    return write


def sizes(store):
    with store.read() as connection:
        return list(connection.execute(text("SELECT size FROM note ORDER BY size")).scalars())


@pytest.mark.parametrize("disk", [full_disk, database_that_may_not_grow])
def test_a_full_disk_fails_what_does_not_fit_and_nothing_else(tmp_path, one_batch, disk):
    """To give out results when the jobs have run, before the COMMIT that finds no room, would lose all three."""
    with disk(tmp_path / "disk") as folder:
        store = Store(folder)
        try:
            store.write(lambda connection: connection.execute(text("CREATE TABLE note (size, content)")))
            if disk is database_that_may_not_grow:
                store.write(lambda connection: connection.execute(text("PRAGMA max_page_count = 300")))
            with one_batch(store):
                queued = [store.submit(writing(size)) for size in (10, 20, 4 * MEGABYTE, 30)]

            with pytest.raises(StoreError, match="full") as told:
                queued[2].result(30)
            assert str(store.path) in str(told.value)
            assert [queued[place].result(30) for place in (0, 1, 3)] == [10, 20, 30]
            assert sizes(store) == [10, 20, 30]

            if disk is database_that_may_not_grow:
                store.write(lambda connection: connection.execute(text("PRAGMA max_page_count = 3000")))
            else:
                subprocess.run(["mount", "-o", "remount,size=32m", folder], check=True)
            assert (
                store.write(writing(4 * MEGABYTE)) == 4 * MEGABYTE
            )  # there is room again: nothing else is needed
        finally:
            store.close()


@pytest.mark.parametrize("size", ["40k", "200k", "400k", "500k"])
def test_a_new_database_that_does_not_fit_is_refused_and_nothing_is_left_of_it(tmp_path, size):
    """On the larger of these disks all is written to the log beside the file, and does not fit into the file itself."""
    with full_disk(tmp_path / "disk", size) as folder:
        for _ in range(2):
            with pytest.raises(StoreError) as caught:
                Store(folder).open()
            assert caught.value.problem.what == f"The disk of {folder}/mephisto.db is full."
            assert "Make room" in caught.value.problem.remedy
            assert not list(folder.iterdir())
        subprocess.run(["mount", "-o", "remount,size=32m", folder], check=True)
        Store(folder).open().close()


def test_a_backup_that_does_not_fit_is_refused_and_nothing_is_left_of_it(tmp_path):
    store = Store(tmp_path / "data").open()
    with full_disk(tmp_path / "disk", "100k") as folder:
        with pytest.raises(StoreError, match=r"The disk of .*/copy\.db is full"):
            backup(store, folder / "copy.db")
        assert not list(folder.iterdir())
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="the size of a process's files can be limited on POSIX only")
def test_an_input_or_output_error_fails_what_met_it_and_nothing_else(tmp_path):
    """The kernel refuses to let files grow: SQLite meets a real error in the middle of the batch."""
    code = """
        import resource, sys, time
        from pathlib import Path
        from sqlalchemy import text
        from mephisto.errors import StoreError
        from mephisto.store import Store

        def writing(size):
            def write(connection):
                connection.execute(text("INSERT INTO note VALUES (:size, randomblob(:size))"), {"size": size})
                return size
            return write

        store = Store(Path(sys.argv[1]))
        store.write(lambda connection: connection.execute(text("CREATE TABLE note (size, content)")))
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, resource.RLIM_INFINITY))
        store.submit(lambda _: time.sleep(0.3))  # then come the others, in one batch
        queued = [store.submit(writing(size)) for size in (10, 20, 4 << 20, 30)]
        print([queued[place].result(30) for place in (0, 1, 3)])
        try:
            queued[2].result(30)
        except StoreError as error:
            print("disk I/O error" in str(error))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        store.write(writing(40))
        store.close()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["[10, 20, 30]", "True"]
    store = Store(tmp_path)
    assert sizes(store) == [10, 20, 30, 40]
    store.close()


def test_what_was_acknowledged_survives_the_death_of_the_process(tmp_path):
    code = """
        import itertools, sys
        from pathlib import Path
        from sqlalchemy import text
        from mephisto.store import Store

        store = Store(Path(sys.argv[1]))
        store.write(lambda connection: connection.execute(text("CREATE TABLE note (size, content)")))
        for number in itertools.count():
            values = {"number": number}
            store.write(lambda connection: connection.execute(text("INSERT INTO note VALUES (:number, 0)"), values))
            print(number, flush=True)
    """
    writing = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), tmp_path], stdout=subprocess.PIPE
    )
    with writing:
        acknowledged = [int(writing.stdout.readline()) for _ in range(50)]
        writing.kill()
        acknowledged += [int(line) for line in writing.stdout.read().split(b"\n")[:-1]]
    store = Store(tmp_path)
    assert set(acknowledged) <= set(sizes(store))
    store.close()
