"""`mephisto review` as a process: the link it prints, its end by Ctrl-C, and what it says of tasks that are not there."""

import os
import re
import signal
import subprocess
import sys

import pytest
import requests

from mephisto.data_model.database import LocalMephistoDB
from mephisto.store import runs


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    db = LocalMephistoDB(folder)
    new_id, now = db.store.ids.new(), db.store.now()
    db.store.write(lambda connection: runs.task_id(connection, new_id, "characters", "static_task", now))
    db.shutdown()
    return folder


def started(data, *words):
    return subprocess.Popen(
        [sys.executable, "-c", "from mephisto.cli import main; main()", "review", *words],
        env=os.environ | {"MEPHISTO_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )


def test_a_link_is_printed_and_ctrl_c_ends_the_review(data):
    with started(data, "characters") as process:
        printed = ""
        while not (link := re.search(r"(http://127\.0\.0\.1:\d+)/#(\S+)", printed)):
            line = process.stdout.readline()
            assert line, printed
            printed += line
        opened = requests.post(f"{link[1]}/open", json={"key": link[2]}, timeout=10)
        assert opened.status_code == 200
        assert opened.json()["token"] not in printed
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(20) == 0
    assert f"To open it again: {link[1]}/#" in rest
    assert "All decisions are saved." in rest
    assert "Traceback" not in rest


def test_a_port_that_is_taken_is_said(data, tmp_path):
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        with started(data, "characters", "--port", port) as process:
            printed = process.stdout.read()
            assert process.wait(20) == 1
    assert f"cannot use port {port}" in printed
    assert "--port" in printed


@pytest.mark.parametrize("exists", [True, False])
def test_a_task_that_is_not_there_is_said(data, tmp_path, exists):
    with started(data if exists else tmp_path / "none", "charcters") as process:
        printed = process.stdout.read()
        assert process.wait(20) == 1
    assert "There is no task 'charcters'." in printed
    assert ("Did you mean 'characters'" in printed) is exists
    assert not (tmp_path / "none").exists()
