"""What run scripts look for on a live run, under the names of other versions."""

from dataclasses import dataclass
from typing import Any, Final

from mephisto.data_model.absent import Absent
from mephisto.data_model.objects import TaskRun

_PLUGIN: Final = "A run makes its plugins for itself, and asks them by their hooks."
_THREADS: Final = "Work that is open is rows of the database, and not objects that wait for it."


@dataclass
class ScriptNames:
    """The row of a live run, what it asks of its workers, and why the rest is not here."""

    task_run: TaskRun
    qualifications: list[dict[str, Any]]

    architect = Absent(_PLUGIN, "live.url is where its server is.")
    blueprint = Absent(_PLUGIN, "live.task_run.get_blueprint() returns a new one, with its options.")
    provider = Absent(_PLUGIN, "live.task_run.get_provider() returns a new one, with its options.")
    task_runner = Absent(_THREADS, "live.task_run.get_units() lists the units.")
    task_launcher = Absent(_THREADS, "live.task_run.get_assignments() lists the rows of data.")
    worker_pool = Absent(_THREADS, "db.find_agents(task_run_id=live.id) lists who works, or did.")
    client_io = Absent(_THREADS, "db.find_agents(task_run_id=live.id) lists who works, or did.")
    loop_wrap = Absent("A run has threads, and no event loop.")
    force_shutdown = Absent("Runs end together.", "operator.force_shutdown() ends them.")
