"""Processes that work on runs: this one's row, and that it is alive."""

import os
import platform
from typing import Any, Final

import psutil

from mephisto.instants import SECOND
from mephisto.store import Store, runs
from mephisto.store.liveness import SILENCE_SECONDS, is_alive

__all__ = ["HEARTBEAT_SECONDS", "SILENCE_SECONDS", "beat", "is_alive", "register"]

HEARTBEAT_SECONDS: Final = 2


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
