"""Processes that work on runs: this one's row, and whether another's process is still alive."""

import os
import platform
from typing import Any, Final

import psutil

from mephisto.instants import SECOND
from mephisto.store import Store, runs
from mephisto.store.rows import AnyRow

HEARTBEAT_SECONDS: Final = 2
#: After so long without a heartbeat, a process of another machine counts as dead.
SILENCE_SECONDS: Final = 30


def register(store: Store) -> int:
    """Write this process's row and return its id."""
    process_id, now = store.ids.new(), store.now()
    row: dict[str, Any] = {
        "id": process_id,
        "host": platform.node(),
        "number": os.getpid(),
        "started_at": int(psutil.Process().create_time() * SECOND),
        "heartbeat_at": now,
    }
    store.write(lambda connection: runs.add_process(connection, row))
    return process_id


def beat(store: Store, process_id: int) -> None:
    """Note that this process and its runs are alive."""
    now = store.now()
    until = now + SILENCE_SECONDS * SECOND
    store.write(lambda connection: runs.keep_alive(connection, process_id, now, until))


def is_alive(process: AnyRow, now: int) -> bool:
    """Say whether the process of a row with host, number, started_at and heartbeat_at lives."""
    if process.host != platform.node():
        return bool(process.heartbeat_at + SILENCE_SECONDS * SECOND > now)
    try:
        started = psutil.Process(process.number).create_time()
    except psutil.Error:
        return False
    # Another process may have been given the number since; the system's clock is read to a hundredth.
    return bool(abs(started * SECOND - process.started_at) < SECOND)
