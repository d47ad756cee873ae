"""A job in the writer's queue, and what comes of it."""

import threading
from typing import Any, Final, Generic

from mephisto.store.file.failures import StoreBusy
from mephisto.store.transactions import Job, Outcome, Result


class Pending(Generic[Result]):
    """The future of a job: settled once, after the COMMIT, and waited for by any thread.

    It can be neither cancelled nor listened to, as Python's own futures can, which nobody needs here. What is left is
    a lock: each worker waits for two of them, and on one core, what is done to wake someone is done in their time.
    """

    def __init__(self, job: Job[Result]) -> None:
        self.job: Final = job
        self._outcome: Outcome | None = None
        self._unsettled = threading.Lock()
        self._unsettled.acquire()

    def settle(self, outcome: Outcome) -> None:
        """Give out what came of the job, to all who wait and will."""
        self._outcome = outcome
        self._unsettled.release()

    def result(self, patience: float | None = None) -> Result:
        """Return what the job returned, once that is committed; wait for *patience* seconds, or as long as it takes.

        Raises what the job raised, or why it could not be saved; `StoreBusy` where the wait was too long.
        """
        if not self._unsettled.acquire(timeout=-1 if patience is None else patience):
            raise StoreBusy("The database is busy.", "", "Try again in a moment.")
        self._unsettled.release()  # for whoever else waits
        outcome: Any = self._outcome
        if outcome.error is not None:
            raise outcome.error
        result: Result = outcome.result
        return result
