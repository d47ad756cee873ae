"""The one writer: a thread that commits the jobs of all others, many at a time.

A job is a function of a connection: it reads and writes rows, and nothing else. It may be run again, so it keeps
no state, does no input or output, and calls no code of users. Its result is given out after the COMMIT.
"""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from mephisto.errors import StoreError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Job = Callable[[Connection], Result]

BATCH: Final = 256
SLOW_SECONDS: Final = 1.0


class Lane(IntEnum):
    """What goes first: answers, then claims, then everything else."""

    SUBMIT = 0
    CLAIM = 1
    REST = 2


class StoreBusy(StoreError):
    """More jobs wait than the writer takes on; try again a little later."""


@dataclass
class _Entry:
    job: Job[Any]
    future: Future[Any] = field(default_factory=Future)


class Writer:
    """Runs jobs in transactions of its own.

    A batch is one transaction with a savepoint for each job. A job that violates a constraint rolls back to its
    savepoint and fails alone. Any other failure rolls the batch back, and each of its jobs is run again alone.
    """

    def __init__(self, engine: Engine, *, capacity: int = 10_000) -> None:
        self._engine = engine
        self._capacity = capacity
        self._lanes: dict[Lane, deque[_Entry]] = {lane: deque() for lane in Lane}
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="mephisto-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job[Result], lane: Lane = Lane.REST) -> Future[Result]:
        """Queue *job*; its future resolves after the COMMIT. Raises `StoreBusy` when the queue is full."""
        entry = _Entry(job)
        with self._changed:
            if self._closing:
                raise StoreError("The database is closed.")
            if sum(map(len, self._lanes.values())) >= self._capacity:
                raise StoreBusy("Too many writes are waiting.", "", "Try again in a moment.")
            self._lanes[lane].append(entry)
            self._changed.notify()
        return entry.future

    def write(self, job: Job[Result], lane: Lane = Lane.REST) -> Result:
        """Run *job* and wait until it is committed. Raises what the job raised."""
        if threading.current_thread() is self._thread:
            raise StoreError(
                "A job of the writer wants to write through the writer, and would wait for itself."
            )
        return self.submit(job, lane).result()

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            # The driver's own connection: control statements need no translation.
            driver = cast("sqlite3.Connection", connection.connection.driver_connection)
            while batch := self._next_batch():
                started = time.monotonic()
                self._commit(connection, driver, batch)
                elapsed = time.monotonic() - started
                if elapsed > SLOW_SECONDS:
                    named = ", ".join(sorted({_name(entry.job) for entry in batch}))
                    logger.warning("Writing %d jobs took %.1f s: %s.", len(batch), elapsed, named)

    def _next_batch(self) -> list[_Entry]:
        with self._changed:
            while not any(self._lanes.values()):
                if self._closing:
                    return []
                self._changed.wait()
            batch: list[_Entry] = []
            for lane in Lane:
                waiting = self._lanes[lane]
                while waiting and len(batch) < BATCH:
                    batch.append(waiting.popleft())
            return batch

    def _commit(self, connection: Connection, driver: sqlite3.Connection, batch: list[_Entry]) -> None:
        try:
            outcomes = self._transaction(connection, driver, batch)
        except Exception as error:  # noqa: BLE001 - whatever a job or the disk raises belongs to the jobs that wait for it
            _roll_back(driver)
            if len(batch) == 1:
                batch[0].future.set_exception(error)
            else:
                for entry in batch:
                    self._commit(connection, driver, [entry])
            return
        for entry, (result, violation) in zip(batch, outcomes, strict=True):
            if violation is None:
                entry.future.set_result(result)
            else:
                entry.future.set_exception(violation)

    def _transaction(
        self, connection: Connection, driver: sqlite3.Connection, batch: list[_Entry]
    ) -> list[tuple[Any, IntegrityError | None]]:
        outcomes: list[tuple[Any, IntegrityError | None]] = []
        driver.execute("BEGIN IMMEDIATE")
        for entry in batch:
            driver.execute("SAVEPOINT job")
            try:
                outcomes.append((entry.job(connection), None))
            except IntegrityError as violation:
                driver.execute("ROLLBACK TO job")
                outcomes.append((None, violation))
            driver.execute("RELEASE job")
        driver.execute("COMMIT")
        return outcomes


def _roll_back(driver: sqlite3.Connection) -> None:
    if driver.in_transaction:
        driver.execute("ROLLBACK")


def _name(job: Job[Any]) -> str:
    return getattr(job, "__qualname__", None) or repr(job)
