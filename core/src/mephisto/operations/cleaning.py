"""Taking away what a run left behind whose process is gone, or could not take it down itself."""

from dataclasses import dataclass

from sqlalchemy import Connection

from mephisto.errors import MephistoError
from mephisto.operations.left_behind import refuse_if_alive, take_down
from mephisto.operations.uploads import UploadFolder
from mephisto.status import RunStatus
from mephisto.store import Store, drafts, offering, roles, runs
from mephisto.store.rows import AnyRow


@dataclass(frozen=True)
class Cleaned:
    """What there was: attempts in the middle of which workers were, units that nobody has done, and answers, all kept."""

    attempts: int
    units: int
    answers: int


def clean(store: Store, run_id: int) -> Cleaned:
    """Take down what a run deployed, and end what is open of it; safe to call twice.

    Raises `MephistoError` if a process works on the run, and what the architect raises, before anything is written.
    """
    with store.read() as connection:
        run = runs.launched(connection, run_id)
    refuse_if_alive(run, store.now(), "Stop it there, with Ctrl-C; it takes down what it put up itself.")
    take_down(run)
    UploadFolder(store).drop_unused(run_id)
    return store.write(lambda connection: _end(connection, store, run))


def _end(connection: Connection, store: Store, run: AnyRow) -> Cleaned:
    now = store.now()
    if not runs.is_as_seen(connection, run):
        raise MephistoError(
            f"Run {run.id} is another process's by now.",
            "While it was being cleaned up, another process went on with it.",
            "'mephisto run' tells what it is about now.",
        )
    roles.take_away(connection, run.id)
    counts = runs.counts(connection, run.id)
    offering.withdraw(connection, run.id)
    ended = offering.expire(connection, store.ids, run.id, now, heard=False)
    drafts.make_partial(connection, ended, now)
    reason = "its process was gone; it was cleaned up"
    is_ended = runs.move(connection, run.id, RunStatus.DIED, ended_at=now, end_reason=reason)
    if not (is_ended or run.end_reason):
        runs.note_end_reason(connection, run.id, reason)  # a launch had found it dead, and took nothing back
    return Cleaned(len(ended), counts.open, runs.answers(connection, run.id))
