"""The one writer: a thread that commits the jobs of all others, many at a time.

A job is a function of a connection: it reads and writes rows, and nothing else. It may be run again, so it keeps
no state, does no input or output, and calls no code of users. Its result is given out after the COMMIT.
"""

import logging
import threading
import time
from collections import deque
from enum import IntEnum
from typing import Any, Final

from sqlalchemy import Engine

from mephisto.errors import StoreError
from mephisto.store.file.failures import StoreBusy
from mephisto.store.pending import Pending
from mephisto.store.transactions import Job, Outcome, Result, Transactions

__all__ = ["Job", "Lane", "Result", "StoreBusy", "Writer"]

logger = logging.getLogger(__name__)

BATCH: Final = 256
SLOW_SECONDS: Final = 1.0


class Lane(IntEnum):
    """What goes first: answers, then claims, then everything else."""

    SUBMIT = 0
    CLAIM = 1
    REST = 2


class Writer:
    """Takes jobs from all threads and runs them on its own, lane by lane and in each as they came.

    Nothing that a job does ends the thread. Should it end all the same, whoever waits gets an error.
    """

    def __init__(self, engine: Engine, *, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._lanes: dict[Lane, deque[Pending[Any]]] = {lane: deque() for lane in Lane}
        self._changed = threading.Condition()
        self._closing = False
        self._transactions = Transactions(engine, give_up=lambda: self._closing)
        self.thread = threading.Thread(target=self._run, name="mephisto-writer", daemon=True)
        self.thread.start()

    def submit(self, job: Job[Result], lane: Lane = Lane.REST) -> Pending[Result]:
        """Queue *job*; what is pending settles after the COMMIT. Raises `StoreBusy` when the queue is full."""
        self._refuse_own_thread("wants to write through the writer, and would wait for itself")
        pending = Pending(job)
        with self._changed:
            if self._closing:
                raise StoreError("The database is closed.")
            if sum(map(len, self._lanes.values())) >= self._capacity:
                raise StoreBusy("Too many writes are waiting.", "", "Try again in a moment.")
            self._lanes[lane].append(pending)
            self._changed.notify()
        return pending

    def write(self, job: Job[Result], lane: Lane = Lane.REST, patience: float | None = None) -> Result:
        """Run *job* and wait until it is committed, for *patience* seconds if that is given.

        Raises what the job raised, or why it could not be saved; `StoreBusy` where the wait was too long.
        """
        return self.submit(job, lane).result(patience)

    def close(self) -> None:
        """Finish what is queued and end the thread; if others keep the file locked, waiting jobs get `StoreBusy`."""
        self._refuse_own_thread("wants to close the writer")
        with self._changed:
            self._closing = True
            self._changed.notify()
        self.thread.join()

    def _refuse_own_thread(self, what: str) -> None:
        if threading.current_thread() is self.thread:
            raise StoreError(f"A job of the writer {what}.")

    def _run(self) -> None:
        try:
            while batch := self._next_batch():
                self._commit(batch)
        finally:
            self._abandon()
            self._transactions.close()

    def _next_batch(self) -> list[Pending[Any]]:
        """Wait for jobs; return none when the writer is closed and all are done."""
        with self._changed:
            while True:
                batch = self._take()
                if batch or self._closing:
                    return batch
                self._changed.wait()

    def _take(self) -> list[Pending[Any]]:
        batch: list[Pending[Any]] = []
        for lane in Lane:
            waiting = self._lanes[lane]
            while waiting and len(batch) < BATCH:
                batch.append(waiting.popleft())
        return batch

    def _commit(self, batch: list[Pending[Any]]) -> None:
        started = time.monotonic()
        try:
            outcomes = self._transactions.run([pending.job for pending in batch])
        except BaseException as error:  # noqa: BLE001 - the thread goes on, and those who wait hear of it
            outcomes = [Outcome(error=error) for _ in batch]
        elapsed = time.monotonic() - started
        for pending, outcome in zip(batch, outcomes, strict=True):
            pending.settle(outcome)
        _say_what_was_slow(batch, outcomes, elapsed)
        if self._closing and all(isinstance(outcome.error, StoreBusy) for outcome in outcomes):
            self._abandon()

    def _abandon(self) -> None:
        with self._changed:
            self._closing = True
            left = [pending for waiting in self._lanes.values() for pending in waiting]
            for waiting in self._lanes.values():
                waiting.clear()
        for pending in left:
            error = StoreBusy("The database was closed before this could be written.")
            pending.settle(Outcome(error=error))


def _say_what_was_slow(batch: list[Pending[Any]], outcomes: list[Outcome], elapsed: float) -> None:
    for pending, outcome in zip(batch, outcomes, strict=True):
        if outcome.seconds > SLOW_SECONDS:
            logger.warning("A write took %.1f s: %s.", outcome.seconds, _name(pending.job))
    beside = elapsed - sum(outcome.seconds for outcome in outcomes)
    if beside > SLOW_SECONDS:
        logger.warning("Saving %d writes took %.1f s beside the writes themselves.", len(batch), beside)


def _name(job: Job[Any]) -> str:
    """Name the function, and never what it was given: that may be a secret."""
    function = getattr(job, "func", job)  # of a partial
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return f"{function.__module__}.{name}"
