"""The feeder: pulls rows of data from their source and makes them assignments, no further ahead than is needed."""

import logging
import reprlib
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from mephisto.effects import AssignmentData
from mephisto.errors import ConfigError, LaunchError, MephistoError
from mephisto.operations.callbacks import show
from mephisto.operations.known_rows import KnownRows
from mephisto.store import Store, json_text, offering, runs
from mephisto.store.offering import NewAssignment
from mephisto.store.roles import RoleLost, RoleName, Turn

logger = logging.getLogger(__name__)

#: At most so many rows, and hardly more than so many units, are committed at once.
CHUNK: Final = 500
CHUNK_UNITS: Final = 5_000
LEAST_AHEAD: Final = 1_000
#: How often it looks whether more rows are needed: usually, and for a while after some were.
POLL_SECONDS: Final = 0.1
BUSY_POLL_SECONDS: Final = 0.01
BUSY_SECONDS: Final = 1.0
#: How long it waits before rows that could not be saved, on a full disk perhaps, are saved again.
RETRY_SECONDS: Final = 1.0


@dataclass
class _Stretch:
    """Rows in a row, from `first` to `last`, that have the same number of units."""

    first: int
    last: int
    units: int


class Feeder:
    """Reads the source of one run on a thread of its own; the source may be lazy, endless, slow, or raise.

    It stays at most `max(2 * window, 1000)` units ahead of the furthest row on which anybody has worked. Rows and
    the position in the source are committed together; `flush` commits what a slow source has given so far.

    Of a run that has rows already, these are compared first, for which no turn is needed.
    """

    def __init__(
        self,
        store: Store,
        run_id: int,
        source: Iterable[AssignmentData],
        pay_cents: int,
        window: int,
        known: KnownRows | None = None,
    ) -> None:
        self.error: BaseException | None = None
        self.first = threading.Event()
        self._store = store
        self._turn: Turn | None = None
        self._run_id = run_id
        self._source = source
        self._known = known or KnownRows(store, run_id)
        self._pay_cents = pay_cents
        self._window = window
        self._most_ahead = max(2 * window, LEAST_AHEAD)
        self._ahead: deque[_Stretch] = deque()  # the rows beyond the furthest one worked on
        self._units_ahead = 0
        self._moved_at = 0.0
        self._pending: list[NewAssignment] = []
        self._units_pending = 0
        self._position = self._known.count
        self._taken = 0
        self._compared = threading.Event()
        self._may_write = threading.Event()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"mephisto-feeder-{run_id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def compare(self, patience: float) -> None:
        """Wait until the rows that the run has are compared, or for *patience* seconds; raise what is wrong with them.

        Those that are left are compared by and by.
        """
        self._compared.wait(patience)
        if self.error is None or self._taken >= self._known.count:
            return
        if isinstance(self.error, Exception):
            raise self.error
        raise LaunchError(  # a generator wants to end the process: that ends its data only
            "The source of the task data ended with an error.",
            f"{type(self.error).__name__}: {self.error}",
            "Correct it: it has to give the rows that the run has once more.",
        ) from self.error

    def feed(self, turn: Turn) -> None:
        """Make assignments of what is read, in *turn*."""
        self._turn = turn
        if self._known.count:
            self.first.set()
        self._may_write.set()

    def stop(self) -> None:
        """Read no further. A source that is busy just now is left behind."""
        self._stopped.set()
        self._may_write.set()

    def flush(self, *, ended: bool = False) -> None:
        """Commit the rows that have been read, and `ended`: whether they were the last."""
        with self._lock:
            turn, chunk, position = self._turn, self._pending, self._position
            if turn is None or not (chunk or ended):
                return

            def job(connection: Connection) -> None:
                if offering.add(
                    connection, self._store.ids, self._run_id, position, chunk, self._pay_cents, ended=ended
                ):
                    offering.open_window(connection, self._run_id, self._window)

            self._store.write(turn.guarded(RoleName.FEEDER, job))
            # Not before the commit: rows that could not be saved are saved with the next ones.
            self._pending, self._units_pending = [], 0
            self._position += len(chunk)
        self.first.set()

    def _run(self) -> None:
        try:
            self._read()
        except BaseException as error:  # noqa: BLE001 - a researcher's generator may raise anything, even SystemExit
            self.error = error
        self._compared.set()
        self._may_write.wait()
        if self.error is not None and self._turn is not None:
            _show(self.error, max(self._taken, self._known.count))
        self._save(ended=True)
        self.first.set()

    def _read(self) -> None:
        for row in self._source:
            if self._stopped.is_set():
                return
            self._take(self._taken, row)
            self._taken += 1
            if self._taken >= self._known.count:
                self._compared.set()
                self._may_write.wait()
                self._wait_for_demand()
        self._known.end(self._taken)

    def _take(self, index: int, row: AssignmentData) -> None:
        new = checked(index, row)
        full = False
        if index < self._known.count:
            self._known.compare(index, new)
        else:
            with self._lock:
                self._pending.append(new)
                self._units_pending += new.units
                full = len(self._pending) >= CHUNK or self._units_pending >= CHUNK_UNITS
        if index > self._known.frontier:
            self._note_ahead(index, new)
        if full:
            self._save()

    def _note_ahead(self, index: int, new: NewAssignment) -> None:
        if self._ahead and self._ahead[-1].units == new.units:
            self._ahead[-1].last = index
        else:
            self._ahead.append(_Stretch(index, index, new.units))
        self._units_ahead += new.units

    def _save(self, *, ended: bool = False) -> None:
        told = False
        while not self._stopped.is_set():
            try:
                self.flush(ended=ended)
            except RoleLost:
                self.stop()  # another process reads on, or nobody
            except Exception:
                if not told:
                    logger.exception("Rows of the task data could not be saved; it is tried until they are.")
                told = True
                self._stopped.wait(RETRY_SECONDS)
            else:
                return

    def _wait_for_demand(self) -> None:
        while self._units_ahead >= self._most_ahead and not self._stopped.is_set():
            self._save()
            try:
                self._forget_worked_on()
            except Exception:
                logger.exception("How far workers are could not be read; it is tried again.")
                self._stopped.wait(RETRY_SECONDS)
            if self._units_ahead >= self._most_ahead:
                is_busy = time.monotonic() - self._moved_at < BUSY_SECONDS
                self._stopped.wait(BUSY_POLL_SECONDS if is_busy else POLL_SECONDS)

    def _forget_worked_on(self) -> None:
        with self._store.read() as connection:
            frontier = runs.progress(connection, self._run_id).frontier
        while self._ahead and self._ahead[0].first <= frontier:
            stretch = self._ahead[0]
            worked_on = min(stretch.last, frontier) + 1 - stretch.first
            self._units_ahead -= worked_on * stretch.units
            self._moved_at = time.monotonic()
            stretch.first += worked_on
            if stretch.first > stretch.last:
                self._ahead.popleft()


def checked(index: int, row: AssignmentData) -> NewAssignment:
    """Return what is stored of a row: a copy, since a generator may go on to change the one it gave."""
    if not isinstance(row, AssignmentData) or not isinstance(row.data, Mapping):
        given = row.data if isinstance(row, AssignmentData) else row
        raise ConfigError(
            f"Row {index + 1} of the task data is {reprlib.repr(given)}.",
            "Each row must be a dict of values.",
            "Correct the source of the data; the rows before it are offered.",
        )
    if not 1 <= row.units <= AssignmentData.MOST_UNITS:
        raise ConfigError(
            f"Row {index + 1} of the task data shall be done by {row.units} workers.",
            f"It has to be 1 at least, and {AssignmentData.MOST_UNITS} at most.",
            "Correct the source of the data; the rows before it are offered.",
        )
    try:
        text = json_text.encode(dict(row.data))
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigError(
            f"Row {index + 1} of the task data cannot be stored: {reprlib.repr(dict(row.data))}.",
            str(error),
            "Give each row values that JSON knows: text, numbers, True, False, None, lists and dicts. "
            "The rows before it are offered.",
        ) from error
    return NewAssignment(json_text.decode(text), row.units)


def _show(error: BaseException, rows: int) -> None:
    if isinstance(error, MephistoError):
        logger.error("The task data ended early.\n%s", error)
    else:
        show("The source of the task data", error)
    logger.error("The rows before, %d of them, are offered; the run will end as failed.", rows)
