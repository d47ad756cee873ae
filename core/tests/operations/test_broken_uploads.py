"""Uploads that break off, and disks that are full: nothing half stays, and what stayed is swept at the next start."""

import io
import os
import signal
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest

from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.operator import Operator
from mephisto.operations.uploads import UploadFolder
from mephisto.store import StoreBusy

FILE = ("file1", ("a.txt", b"hello"))


def begin_upload(browser, *, whole_files, half=b"x" * 100_000):
    """Send *whole_files* and then the first half of another one; return the open connection."""
    address = urlsplit(browser.url)
    part = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    head = (
        f"POST /submit_task HTTP/1.1\r\nHost: {address.netloc}\r\nMephisto-Agent: {browser.token}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n"
    )
    connection = socket.create_connection((address.hostname, address.port), timeout=10)
    connection.sendall(head.encode() + (part + b"whole\r\n") * whole_files + part + half)
    return connection


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_connection_cut_in_the_middle_leaves_no_row_and_no_half_file(house, reset):
    house.launch()
    browser = house.browser().begin()
    connection = begin_upload(browser, whole_files=0)
    house.until(house.files)
    if reset:
        linger = b"\1\0\0\0\0\0\0\0"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()
    house.until(lambda: not house.files())
    assert house.count("uploads") == house.count("submissions") == 0
    assert browser.submit_as_page({"x": 1}, "s1", [FILE]).status_code == 200


def test_whole_files_of_an_answer_that_broke_off_are_gone_with_it(house):
    house.launch()
    browser = house.browser().begin()
    cut = begin_upload(browser, whole_files=2)
    house.until(lambda: len(house.files()) >= house.count("uploads") == 2)
    cut.close()
    house.until(lambda: house.count("uploads") == 0 and not house.files())
    receipt = browser.submit_as_page({"x": 1}, "s1", [FILE]).json()["receipt"]
    browser.confirm(receipt)
    house.ended()
    assert [row.name for row in house.rows("uploads")] == ["a.txt"]
    assert len(house.files()) == 1


@pytest.mark.skipif(os.name != "posix", reason="the size of a process's files can be limited on POSIX only")
def test_a_full_disk_is_a_clear_answer_and_leaves_nothing_half(tmp_path):
    """In a process whose files cannot grow beyond 4 MiB: the kernel refuses the write, as a full disk does."""
    limit = 4 << 20

    def keep_files_small():
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    code = f"""
import io
from pathlib import Path
from mephisto.operations.uploads import NotSaved, UploadFolder
from mephisto.store import Store

store = Store(Path({str(tmp_path)!r}))
folder = UploadFolder(store)
try:
    folder.store(io.BytesIO(b"x" * {limit + 1}), 1, 2, 3)
except NotSaved as error:
    print(error)
assert not [path for path in store.directory.rglob("*") if path.is_file() and "mephisto.db" not in path.name]
stored = folder.store(io.BytesIO(b"x" * {limit}), 1, 2, 4)
assert (store.directory / stored.path).stat().st_size == stored.size == {limit}
store.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        preexec_fn=keep_files_small,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    assert "could not be saved" in done.stdout


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_worker_whose_file_the_disk_does_not_take_is_told_to_try_again(house, monkeypatch, caplog, step):
    house.launch()
    browser = house.browser().begin()
    full = OSError(28, "No space left on device")

    def refuse(*_):
        raise full

    broken = {
        "fsync": "mephisto.operations.uploads.os.fsync",
        "rename": "mephisto.operations.uploads.Path.replace",
    }
    with monkeypatch.context() as patched:
        patched.setattr(broken[step], refuse)
        reply = browser.submit_as_page({"x": 1}, "s1", [FILE])
    assert reply.status_code == 503
    assert int(reply.headers["Retry-After"]) > 0
    assert reply.json()["error"]
    assert "No space left on device" in caplog.text
    assert house.count("uploads") == 0
    assert house.files() == []
    assert browser.submit_as_page({"x": 1}, "s1", [FILE]).status_code == 200


def test_leftovers_in_incoming_are_swept_at_start_and_what_a_living_process_writes_stays(house):
    run = house.launch()
    browser = house.browser().begin()
    incoming = house.directory / "incoming"
    incoming.mkdir(exist_ok=True)
    for name in ("123-456", "789"):
        (incoming / name).write_bytes(b"half")
    connection = begin_upload(browser, whole_files=0)
    house.until(lambda: len(house.files()) == 3)
    database = LocalMephistoDB(house.directory)
    operator = Operator(database)
    operator.launch_task_run_or_die(house.configuration())
    operator.shutdown()
    database.shutdown()
    assert [path.name.split("-")[0] for path in house.files()] == [run.id]
    connection.close()
    house.until(lambda: not house.files())


def test_a_sweep_takes_what_a_run_left_that_died(house, monkeypatch):
    house.launch()
    browser = house.browser().begin()
    data = {"field": "f", "name": "a.txt", "content_type": "text/plain"}
    packet = {"packet_type": "upload", "subject_id": browser.token, "data": data}
    assert browser.desk.upload(packet, io.BytesIO(b"whole")).status == 200
    agent = house.rows("agents")[0]
    (house.directory / "files" / str(agent.task_run_id) / str(agent.id) / "1").write_bytes(b"without a row")
    folder = UploadFolder(house.store)
    folder.sweep()
    assert len(house.files()) == 2, "A living run keeps what it has."
    monkeypatch.setattr("mephisto.operations.uploads.is_alive", lambda *_: False)
    folder.sweep()
    assert house.files() == []
    assert house.count("uploads") == 0


def test_an_answer_whose_files_are_gone_is_not_taken_without_them(house):
    house.launch()
    browser = house.browser().begin()
    packet = {"final_data": {"x": 1}, "submission_id": "s1", "uploads": ["12345"]}
    reply = browser.desk.handle({"packet_type": "submit_unit", "subject_id": browser.token, "data": packet})
    assert reply.status == 503
    assert house.count("submissions") == 0


def test_an_upload_without_room_in_the_queue_leaves_no_file(house, monkeypatch):
    house.launch()
    browser = house.browser().begin()
    write = house.store.write

    def busy(job, *lane):
        if threading.current_thread().name.startswith("mephisto"):
            return write(job, *lane)
        raise StoreBusy("Too many writes are waiting.")

    with monkeypatch.context() as patched:
        patched.setattr(house.store, "write", busy)
        reply = browser.submit_as_page({"x": 1}, "s1", [FILE])
    assert reply.status_code == 503
    assert house.files() == []
