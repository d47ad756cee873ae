"""Whether a process that has a row is still alive."""

import os
import platform
import subprocess
import sys
from dataclasses import dataclass

import psutil
import pytest

from mephisto.instants import MINUTE, SECOND, Time
from mephisto.store.processes import is_alive

NOW = Time().now()
LONG_AGO = NOW - 60 * MINUTE


@dataclass
class Row:
    host: str
    number: int
    started_at: int
    heartbeat_at: int


def row_of(number, **values):
    started = int(psutil.Process(number).create_time() * SECOND)
    return Row(
        **{"host": platform.node(), "number": number, "started_at": started, "heartbeat_at": LONG_AGO}
        | values
    )


@pytest.fixture
def child():
    code = "import sys; sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_a_process_lives_while_it_runs_however_long_it_was_silent(child):
    """One that was stopped for a while, or whose machine slept, comes back and goes on."""
    row = row_of(child.pid)
    assert is_alive(row, NOW)
    child.kill()
    child.wait(10)
    assert not is_alive(row, NOW)


@pytest.mark.skipif(os.name != "posix", reason="only there does a process that ended wait for its parent")
def test_a_process_that_was_killed_is_dead_before_its_parent_has_noticed(child):
    row = row_of(child.pid, heartbeat_at=NOW)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE
    assert not is_alive(row, NOW)


def test_a_number_that_was_given_to_another_process_tells_of_no_life(child):
    assert not is_alive(row_of(child.pid, started_at=LONG_AGO), NOW)


def test_a_process_that_was_heard_of_lately_lives_though_the_clock_was_set(child):
    """When a process started is told from the clock: set it, and the start has moved."""
    assert is_alive(row_of(child.pid, started_at=LONG_AGO, heartbeat_at=NOW), NOW)


def test_a_process_that_had_our_own_number_is_dead():
    """A container that starts again gives the same name and number to the next process."""
    assert not is_alive(row_of(os.getpid(), started_at=LONG_AGO, heartbeat_at=NOW), NOW)
    assert is_alive(row_of(os.getpid()), NOW)


def test_a_process_of_another_machine_lives_by_its_heartbeat():
    assert is_alive(row_of(os.getpid(), host="elsewhere", heartbeat_at=NOW - 10 * SECOND), NOW)
    assert not is_alive(row_of(os.getpid(), host="elsewhere", heartbeat_at=NOW - MINUTE), NOW)
