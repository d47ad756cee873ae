"""What run scripts look for on a live run, under the names of other versions."""

from dataclasses import dataclass, field
from typing import Any, Final

from mephisto.data_model.absent import Absent
from mephisto.data_model.chosen_plugin import ChosenBlueprint, ChosenPlugin
from mephisto.data_model.objects import TaskRun
from mephisto.operations.plan import Plan

_THREADS: Final = "Work that is open is rows of the database, and not objects that wait for it."


@dataclass
class ScriptNames:
    """The row of a live run, what it asks of its workers, its plugins, and why the rest is not here."""

    task_run: TaskRun
    qualifications: list[dict[str, Any]]
    plan: Plan
    _is_forced: bool = field(default=False, init=False)

    task_runner = Absent(_THREADS, "live.task_run.get_units() lists the units.")
    task_launcher = Absent(_THREADS, "live.task_run.get_assignments() lists the rows of data.")
    worker_pool = Absent(_THREADS, "db.find_agents(task_run_id=live.id) lists who works, or did.")
    client_io = Absent(_THREADS, "db.find_agents(task_run_id=live.id) lists who works, or did.")
    loop_wrap = Absent("A run has threads, and no event loop.")

    @property
    def architect(self) -> ChosenPlugin:
        """Where the run is hosted: the instance that it uses, and its options."""
        return ChosenPlugin(*self._chosen("architect"), self.plan.architect)

    @property
    def blueprint(self) -> ChosenBlueprint:
        """What its workers do: the instance that it uses, its options, and the shared state."""
        return ChosenBlueprint(*self._chosen("blueprint"), self.plan.blueprint, self.plan.shared_state)

    @property
    def provider(self) -> ChosenPlugin:
        """Who does the work: the instance that the run uses, and its options."""
        return ChosenPlugin(*self._chosen("provider"), self.plan.provider)

    @property
    def force_shutdown(self) -> bool:
        """Whether the run was told to end at once: by `operator.force_shutdown()`, or by Ctrl-C for the second time."""
        return self._is_forced

    def _chosen(self, kind: str) -> tuple[str, object]:
        return self.plan.names[kind], self.plan.use.plugins[kind]
