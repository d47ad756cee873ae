"""Why a run closes by itself."""

from typing import Final

from sqlalchemy import Connection

from mephisto.config import TaskRunArgs
from mephisto.instants import SECOND
from mephisto.store import Store, resuming, runs
from mephisto.store.rows import AnyRow

ALL_DONE: Final = "all of its units are done"
DONE_OR_TAKEN_BACK: Final = "its units are done or were taken back"
DATA_FAILED: Final = "its data ended with an error; the units of the rows before it are done"
NO_ROWS: Final = "its data has no rows"
#: Reasons that leave nothing to go on with.
NOTHING_LEFT: Final = frozenset({ALL_DONE, DONE_OR_TAKEN_BACK})


def is_work_left(connection: Connection, run: AnyRow) -> bool:
    """Say whether a run on which nobody works, as `runs.launched` returns it, has something to go on with."""
    if run.end_reason == DATA_FAILED:
        return True  # what its source failed to give may be there by now
    return run.end_reason not in NOTHING_LEFT and resuming.is_any_left(connection, run)


class ReasonsToClose:
    """All units of a run are done, its lifetime is over, or nothing has moved for too long."""

    def __init__(self, store: Store, run_id: int, task: TaskRunArgs) -> None:
        self._store = store
        self._run_id = run_id
        self._lifetime = task.task_lifetime_in_seconds * SECOND
        self._patience = task.no_submission_patience * SECOND
        self._launched_at = self._moved_at = store.now()

    def first(self, seen: AnyRow, now: int, *, has_failed_data: bool) -> str:
        """Say why a run that was *seen* as `runs.glance` returns it closes; nothing if it goes on."""
        if seen.source_ended and not seen.is_any_open:
            if has_failed_data:
                return DATA_FAILED
            return self._over() if seen.source_position else NO_ROWS
        if now - self._launched_at > self._lifetime:
            return "its lifetime is over (mephisto.task.task_lifetime_in_seconds)"
        if now - self._moved(now) > self._patience:
            return "nothing was submitted for too long (mephisto.task.no_submission_patience)"
        return ""

    def forgive(self, gap: int, now: int) -> None:
        """Count a *gap* of which nobody had the use neither to the lifetime nor to the patience."""
        self._launched_at += gap
        self._moved_at = now

    def _over(self) -> str:
        with self._store.read() as connection:
            is_any_expired = runs.counts(connection, self._run_id).expired
        return DONE_OR_TAKEN_BACK if is_any_expired else ALL_DONE

    def _moved(self, now: int) -> int:
        """Return when a unit was given out last, or an answer came in.

        The rows are asked only when what is known of it may be too long ago.
        """
        if now - self._moved_at > self._patience:
            with self._store.read() as connection:
                newest = runs.last_moved(connection, self._run_id)
            self._moved_at = max(self._moved_at, newest or 0)
        return self._moved_at
