"""Processes that work on what is stored: this one's row and heartbeat, and whether that of another row is alive."""

import os
import platform
from collections.abc import Mapping
from typing import Any, Final

import psutil
from sqlalchemy import Connection, insert, update

from mephisto.instants import SECOND
from mephisto.model import processes, task_runs
from mephisto.status import UNFINISHED_RUNS
from mephisto.store.rows import AnyRow

HEARTBEAT_SECONDS: Final = 2
#: After so long without a heartbeat, a process of another machine counts as dead.
SILENCE_SECONDS: Final = 30


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(insert(processes).values(row))


def register(connection: Connection, new_id: int, now: int) -> int:
    """Write a row for this process, and return its id."""
    row: dict[str, Any] = {
        "id": new_id,
        "host": platform.node(),
        "number": os.getpid(),
        "started_at": int(psutil.Process().create_time() * SECOND),
        "heartbeat_at": now,
    }
    add(connection, row)
    return new_id


def beat(connection: Connection, process_id: int, now: int) -> None:
    """Note that a process, and with it all of its unfinished runs, is alive."""
    connection.execute(update(processes).where(processes.c.id == process_id).values(heartbeat_at=now))
    connection.execute(
        update(task_runs)
        .where(task_runs.c.process_id == process_id, task_runs.c.status.in_(UNFINISHED_RUNS))
        .values(alive_until=now + SILENCE_SECONDS * SECOND)
    )


def is_alive(process: AnyRow, now: int) -> bool:
    """Say whether the process of a row with host, number, started_at and heartbeat_at lives."""
    is_heard = bool(process.heartbeat_at + SILENCE_SECONDS * SECOND > now)
    if process.host != platform.node():
        return is_heard
    try:
        found = psutil.Process(process.number)
        if found.status() == psutil.STATUS_ZOMBIE:
            return False
        started = found.create_time()
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return is_heard
    if abs(started * SECOND - process.started_at) < SECOND:  # the start is known to a hundredth
        return True
    # Another process has been given the number since; or the clock was set, by which a start is told. The first is
    # sure where the number is our own, as it often is when a container starts again.
    return is_heard and process.number != os.getpid()
