"""Whether a process that has a row is still alive."""

import os
import platform
from typing import Final

import psutil

from mephisto.instants import SECOND
from mephisto.store.rows import AnyRow

#: After so long without a heartbeat, a process of another machine counts as dead.
SILENCE_SECONDS: Final = 30


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
