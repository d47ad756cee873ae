"""Threads that share one core, since Python lets only one of them work at a time.

On cores of their own, a thread that waits some microseconds for a socket or the disk finds that another one has taken
its place, and has to be woken again. When fifty workers ask at the same time, that costs more than what they ask for
(`make bench`, flows). On one core, it goes on before the next one is looked at.
"""

import logging
import os
import sys
import threading
from collections.abc import Iterable

logger = logging.getLogger(__name__)


def share_one_core(threads: Iterable[threading.Thread]) -> None:
    """Let *threads*, which have been started, run on one core, the same one for all of this process.

    Nothing changes where the system does not let a thread choose its core: it is Linux that does.
    """
    if sys.platform == "linux":
        cores = sorted(os.sched_getaffinity(os.getpid()))
        core = cores[os.getpid() % len(cores)]
        for thread in threads:
            _run_on(thread.native_id or 0, {core})


def use_all_cores() -> None:
    """Let the calling thread run wherever its process may, though one that shares a core has started it."""
    if sys.platform == "linux":
        _run_on(threading.get_native_id(), os.sched_getaffinity(os.getpid()))


def _run_on(thread: int, cores: set[int]) -> None:
    if sys.platform == "linux":
        try:
            os.sched_setaffinity(thread, cores)
        except OSError as error:  # it has ended, or the system forbids it: it works all the same
            logger.debug("Thread %d runs wherever it runs: %s", thread, error)
