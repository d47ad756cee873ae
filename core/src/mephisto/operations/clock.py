"""The clock: one loop that looks at the rows of all runs of a process, and does what is due."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Final

from mephisto.operations.live_run import LiveRun
from mephisto.store import Store, processes

logger = logging.getLogger(__name__)

#: How long the clock sleeps when nothing wakes it.
TICK_SECONDS: Final = 0.25
#: How long it sleeps in any case, so that a busy run is not looked at after each answer; longer when a look costs
#: much, so that looking takes no more than this share of the time.
PAUSE_SECONDS: Final = 0.05
LOOKING: Final = 0.02


class Clock:
    """Runs on a thread of its own until it is stopped; setting `changed` wakes it."""

    def __init__(
        self, store: Store, process_id: int, changed: threading.Event, runs: Callable[[], Iterable[LiveRun]]
    ) -> None:
        self._store = store
        self._process_id = process_id
        self._changed = changed
        self._runs = runs
        self._stopped = threading.Event()
        self._beaten_at = 0.0
        self._thread = threading.Thread(target=self._run, name="mephisto-clock", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the loop and wait for what it is doing; safe to call twice."""
        self._stopped.set()
        self._changed.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        pause = PAUSE_SECONDS
        while not self._stopped.is_set():
            self._changed.wait(TICK_SECONDS)
            self._changed.clear()
            self._stopped.wait(pause)
            began = time.monotonic()
            self._look_at("the heartbeat", self._beat)
            for run in self._runs():
                self._look_at(f"run {run.id}", run.tick)
            pause = min(max(PAUSE_SECONDS, (time.monotonic() - began) / LOOKING), TICK_SECONDS)

    def _look_at(self, name: str, look: Callable[[], None]) -> None:
        try:
            look()
        except Exception:
            # The clock outlives whatever one moment brings; the next one looks at the same rows again.
            logger.exception("Watching %s failed; it is tried again.", name)

    def _beat(self) -> None:
        if time.monotonic() - self._beaten_at >= processes.HEARTBEAT_SECONDS:
            self._beaten_at = time.monotonic()
            now = self._store.now()
            self._store.write(lambda connection: processes.beat(connection, self._process_id, now))
