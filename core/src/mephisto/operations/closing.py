"""Why a run closes by itself."""

from mephisto.config import TaskRunArgs
from mephisto.instants import SECOND
from mephisto.store.rows import AnyRow


def reason_to_close(
    task: TaskRunArgs, seen: AnyRow, now: int, *, launched_at: int, watched_since: int, has_failed_data: bool
) -> str:
    """Say why a run that was *seen* as `runs.glance` returns it closes; nothing if it goes on."""
    moved_at = max(seen.last_submission or 0, seen.last_claim or 0, watched_since)
    if seen.source_ended and not seen.is_any_open:
        if has_failed_data:
            return "its data ended with an error; the units of the rows before it are done"
        return "all of its units are done" if seen.source_position else "its data has no rows"
    if now - launched_at > task.task_lifetime_in_seconds * SECOND:
        return "its lifetime is over (mephisto.task.task_lifetime_in_seconds)"
    if now - moved_at > task.no_submission_patience * SECOND:
        return "nothing was submitted for too long (mephisto.task.no_submission_patience)"
    return ""
