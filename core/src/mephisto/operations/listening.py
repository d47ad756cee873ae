"""Telling a run's callback what happened: in order, at least once, on one thread of its own."""

import logging
import threading
import time
from typing import Final

from sqlalchemy import Connection

from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.unit import Unit
from mephisto.operations.callbacks import Seats, show
from mephisto.shared_state import SharedTaskState
from mephisto.store import events
from mephisto.store.current import current_store
from mephisto.store.roles import RoleLost, RoleName, Turn
from mephisto.store.rows import AnyRow

logger = logging.getLogger(__name__)

BATCH: Final = 100
POLL_SECONDS: Final = 1.0
SLOW_SECONDS: Final = 10
#: How long a worker's next request waits for what their last one caused.
WAIT_SECONDS: Final = 2.0


class Listening:
    """Calls `on_unit_submitted` with each unit whose attempt has ended, after that is committed."""

    def __init__(self, db: LocalMephistoDB, turn: Turn, shared_state: SharedTaskState) -> None:
        self._db = db
        self._store = db.store
        self._turn = turn
        self._run_id = turn.run_id
        self._callback = shared_state.on_unit_submitted
        self._caused = threading.Event()
        self._delivered = threading.Condition()
        self._seats = Seats("on_unit_submitted")
        self._stopped = threading.Event()
        self._calling_since: float | None = None
        self._named_at = 0.0
        self._thread = threading.Thread(target=self._run, name=f"mephisto-events-{turn.run_id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Tell nothing more. A callback that is running is left to itself."""
        self._stopped.set()
        self._caused.set()

    def look(self) -> None:
        """Look for new events now."""
        self._caused.set()

    def is_busy(self) -> bool:
        """Say whether events are waiting to be told; name a callback that takes long."""
        now, since = time.monotonic(), self._calling_since
        if since is not None and now - max(since, self._named_at) > SLOW_SECONDS:
            self._named_at = now
            logger.warning(
                "The run waits for on_unit_submitted, which has not returned for %.0f s.", now - since
            )
        with self._store.read() as connection:
            return events.is_waiting(connection, self._run_id)

    def wait_for(self, worker_name: str) -> None:
        """Wait a little until all that a worker's attempts caused has been told: it may decide what they get next.

        Raises `TooManyWait`.
        """
        if not self._is_waiting(worker_name):
            return
        with self._seats, self._delivered:
            self._delivered.wait_for(lambda: not self._is_waiting(worker_name), timeout=WAIT_SECONDS)

    def _is_waiting(self, worker_name: str) -> bool:
        with self._store.read() as connection:
            return events.is_waiting(connection, self._run_id, worker_name)

    def _run(self) -> None:
        current_store.set(self._store)
        while not self._stopped.is_set():
            self._caused.wait(POLL_SECONDS)
            self._caused.clear()
            try:
                self._tell_all()
            except Exception as error:
                # What was not told is looked for again, unless the database was closed because all is over.
                if not self._stopped.is_set():
                    logger.error("Looking for events failed; it is tried again.", exc_info=error)

    def _tell_all(self) -> None:
        while not self._stopped.is_set() and (found := self._undelivered()):
            for event in found:
                if not self._stopped.is_set():
                    self._tell(event)

    def _undelivered(self) -> list[AnyRow]:
        with self._store.read() as connection:
            return list(events.undelivered(connection, self._run_id, BATCH))

    def _tell(self, event: AnyRow) -> None:
        try:
            unit = Unit.get(self._db, str(event.unit_id))
        except Exception as error:  # noqa: BLE001 - a read that failed is no telling: the event is told at the next look
            logger.error("A unit could not be read to tell on_unit_submitted of it: %s", error)
            self._stopped.wait(POLL_SECONDS)
            return
        self._calling_since = time.monotonic()
        try:
            self._callback(unit)
        except BaseException as error:  # noqa: BLE001 - a researcher's function may raise anything, sys.exit() too; it is shown, and skips this event
            show("on_unit_submitted", error)
        self._calling_since = None
        self._mark(event.id)
        with self._delivered:
            self._delivered.notify_all()

    def _mark(self, event_id: int) -> None:
        """Write that an event was told; try until that is written, so that it is not told again and again."""

        def job(connection: Connection) -> None:
            events.deliver(connection, event_id, self._store.now())

        while not self._stopped.is_set():
            try:
                self._store.write(self._turn.guarded(RoleName.CALLBACKS, job))
            except RoleLost:
                self.stop()  # another process tells what happens from now on, or nobody
            except Exception as error:  # noqa: BLE001 - a full queue, a full disk: the thread outlives them
                logger.error("That on_unit_submitted was called could not be written: %s", error)
                self._stopped.wait(POLL_SECONDS)
            else:
                return
