"""Taking away what a run left behind whose process is gone, or could not take it down itself."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from mephisto.errors import MephistoError
from mephisto.operations.uploads import UploadFolder
from mephisto.plugins import Use, load, stored_options
from mephisto.status import UNFINISHED_RUNS, RunStatus
from mephisto.store import Store, drafts, offering, roles, runs
from mephisto.store.processes import is_alive
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
    if run.status in UNFINISHED_RUNS and is_alive(run, store.now()):
        raise MephistoError(
            f"Run {run_id} is alive.",
            f"Process {run.number} on {run.host} works on it.",
            "Stop it there, with Ctrl-C; it takes down what it put up itself.",
        )
    architect = load("architect", run.architect)
    use = Use({"architect": run.architect})
    config = stored_options(architect, run.config.get("architect") or {}, Path(run.working_directory))
    use.command(use.hooks.architect_shutdown, config=config, state=run.deployed)
    UploadFolder(store).drop_unused(run_id)
    return store.write(lambda connection: _end(connection, store, run))


def _end(connection: Connection, store: Store, run: AnyRow) -> Cleaned:
    now = store.now()
    roles.take_away(connection, run.id)
    counts = runs.counts(connection, run.id)
    offering.withdraw(connection, run.id)
    ended = offering.expire(connection, store.ids, run.id, now, heard=False)
    drafts.make_partial(connection, ended, now)
    runs.move(
        connection, run.id, RunStatus.DIED, ended_at=now, end_reason="its process was gone; it was cleaned up"
    )
    return Cleaned(len(ended), counts.open, runs.answers(connection, run.id))
