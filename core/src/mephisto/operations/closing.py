"""Why a run closes by itself, and when it moved last."""

from mephisto.config import TaskRunArgs
from mephisto.instants import SECOND
from mephisto.store import Store, runs
from mephisto.store.rows import AnyRow


class Movement:
    """When a unit of a run was given out last, or an answer came in.

    The rows are asked only when what is known of it may be longer ago than *patience*, in microseconds.
    """

    def __init__(self, store: Store, run_id: int, patience: int) -> None:
        self._store = store
        self._run_id = run_id
        self._patience = patience
        self._known = store.now()

    def note(self, instant: int) -> None:
        """Count as if something had moved at *instant*."""
        self._known = instant

    def last(self, now: int) -> int:
        """Return the newest instant that is known; if it is too long ago, then it is what the rows say."""
        if now - self._known > self._patience:
            with self._store.read() as connection:
                newest = runs.last_moved(connection, self._run_id)
            self._known = max(self._known, newest or 0)
        return self._known


def reason_to_close(
    task: TaskRunArgs, seen: AnyRow, now: int, *, launched_at: int, moved_at: int, has_failed_data: bool
) -> str:
    """Say why a run that was *seen* as `runs.glance` returns it closes; nothing if it goes on.

    *moved_at* is when a unit was given out, or an answer came in.
    """
    if seen.source_ended and not seen.is_any_open:
        if has_failed_data:
            return "its data ended with an error; the units of the rows before it are done"
        return "all of its units are done" if seen.source_position else "its data has no rows"
    if now - launched_at > task.task_lifetime_in_seconds * SECOND:
        return "its lifetime is over (mephisto.task.task_lifetime_in_seconds)"
    if now - moved_at > task.no_submission_patience * SECOND:
        return "nothing was submitted for too long (mephisto.task.no_submission_patience)"
    return ""
