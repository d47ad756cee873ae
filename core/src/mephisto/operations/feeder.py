"""The feeder: pulls rows of data from their source and makes them assignments, no further ahead than is needed."""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection

from mephisto.effects import AssignmentData
from mephisto.errors import ConfigError
from mephisto.store import Store, offering, runs
from mephisto.store.offering import NewAssignment

logger = logging.getLogger(__name__)

CHUNK: Final = 500
LEAST_AHEAD: Final = 1_000
POLL_SECONDS: Final = 0.1


class Feeder:
    """Reads the source of one run on a thread of its own; the source may be lazy, endless, slow, or raise.

    It stays at most `max(2 * window, 1000)` units ahead of the furthest row on which anybody has worked. Rows and
    the position in the source are committed together; `flush` commits what a slow source has given so far.
    """

    def __init__(
        self, store: Store, run_id: int, source: Iterable[AssignmentData], pay_cents: int, window: int
    ) -> None:
        self.error: BaseException | None = None
        self.first = threading.Event()
        self._store = store
        self._run_id = run_id
        self._source = source
        self._pay_cents = pay_cents
        self._window = window
        self._most_ahead = max(2 * window, LEAST_AHEAD)
        self._ahead: deque[tuple[int, int]] = deque()  # (row, units) beyond the frontier
        self._units_ahead = 0
        self._pending: list[NewAssignment] = []
        self._position = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"mephisto-feeder-{run_id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Read no further. A source that is busy just now is left behind."""
        self._stopped.set()

    def flush(self, *, ended: bool = False) -> None:
        """Commit the rows that have been read, and `ended`: whether they were the last."""
        with self._lock:
            chunk, self._pending = self._pending, []
            if not chunk and not ended:
                return
            position = self._position
            self._position += len(chunk)

            def job(connection: Connection) -> None:
                offering.add(
                    connection, self._store.ids, self._run_id, position, chunk, self._pay_cents, ended=ended
                )
                offering.open_window(connection, self._run_id, self._window)

            self._store.write(job)
        self.first.set()

    def _run(self) -> None:
        try:
            for index, row in enumerate(self._source):
                if self._stopped.is_set():
                    return
                self._take(index, row)
                self._wait_for_demand()
        except Exception as error:
            self.error = error
            logger.error("The task data ended with an error after %d rows.", self._position, exc_info=error)
        if not self._stopped.is_set():
            self.flush(ended=True)
        self.first.set()

    def _take(self, index: int, row: AssignmentData) -> None:
        if not isinstance(row.data, Mapping):
            raise ConfigError(
                f"Row {index + 1} of the task data is {row.data!r}.",
                "Each row must be a dict of values.",
                "Correct the source of the data; the rows before it are offered.",
            )
        with self._lock:
            self._pending.append(NewAssignment(row.data, row.units))
            full = len(self._pending) >= CHUNK
        self._ahead.append((index, row.units))
        self._units_ahead += row.units
        if full:
            self.flush()

    def _wait_for_demand(self) -> None:
        while self._units_ahead >= self._most_ahead and not self._stopped.is_set():
            self.flush()
            self._forget_worked_on()
            if self._units_ahead >= self._most_ahead:
                time.sleep(POLL_SECONDS)

    def _forget_worked_on(self) -> None:
        with self._store.read() as connection:
            frontier = runs.progress(connection, self._run_id).frontier
        while self._ahead and self._ahead[0][0] <= frontier:
            self._units_ahead -= self._ahead.popleft()[1]
