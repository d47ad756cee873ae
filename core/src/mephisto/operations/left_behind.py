"""What a run left behind whose process is gone, or could not take it down itself."""

from pathlib import Path

from mephisto.errors import MephistoError
from mephisto.plugins import Use, load, stored_options
from mephisto.status import UNFINISHED_RUNS
from mephisto.store.processes import is_alive
from mephisto.store.rows import AnyRow


def refuse_if_alive(run: AnyRow, now: int, remedy: str) -> None:
    """Raise `MephistoError` if a process works on *run*, as `runs.launched` returns it."""
    if run.status in UNFINISHED_RUNS and is_alive(run, now):
        raise MephistoError(
            f"Run {run.id} is alive.", f"Process {run.number} on {run.host} works on it.", remedy
        )


def take_down(run: AnyRow) -> None:
    """Take down what *run* deployed; safe to call twice. Raises what its architect raises."""
    architect = load("architect", run.architect)
    use = Use({"architect": run.architect})
    config = stored_options(architect, run.config.get("architect") or {}, Path(run.working_directory))
    use.command(use.hooks.architect_shutdown, config=config, state=run.deployed)
