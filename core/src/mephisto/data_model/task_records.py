"""What is launched, each as one row: columns, and what can be told without other objects."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from omegaconf import DictConfig, OmegaConf
from sqlalchemy import Connection, select

from mephisto.data_model import assignment_status
from mephisto.data_model.base import Database, StoredObject
from mephisto.data_model.chosen_plugin import ChosenBlueprint, ChosenPlugin, chosen, chosen_blueprint
from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.data_model.errors import EntryAlreadyExistsException
from mephisto.data_model.spending import spent
from mephisto.data_model.texts import check_name
from mephisto.model import assignments, projects, task_runs, tasks
from mephisto.plugins.loading import find
from mephisto.status import UNFINISHED_RUNS, UnitKind
from mephisto.store.tasks import add_task


class ProjectRecord(StoredObject):
    """A name under which tasks are put together."""

    subject = "project"
    rows = select(
        projects.c.id,
        projects.c.name.label("project_name"),
        projects.c.created_at.label("creation_date"),
    )

    project_name: str
    creation_date: datetime

    def get_total_spend(self) -> float:
        """Return what the work in all tasks costs so far, in dollars and without fees."""
        return spent(self.db, tasks.c.project_id == int(self.db_id))


class TaskRecord(StoredObject):
    """A name, and the kind of work that was first done under it."""

    subject = "task"
    rows = select(
        tasks.c.id,
        tasks.c.name.label("task_name"),
        tasks.c.blueprint.label("task_type"),
        tasks.c.project_id,
        tasks.c.created_at.label("creation_date"),
    )

    task_name: str
    task_type: str
    project_id: str | None
    creation_date: datetime
    #: No task has another one above it.
    parent_task_id: None = None

    @classmethod
    def new(cls, db: Database, task_name: str, task_type: str) -> Self:
        """Make a task before its first launch, whose blueprint is *task_type*.

        Raises `EntryAlreadyExistsException` if there is one of this name, and `PluginNotFound` for a blueprint that
        is not installed.
        """
        check_name("task", task_name)
        find("blueprint", task_type)
        new_id, now = db.store.ids.new(), db.store.now()

        def job(connection: Connection) -> bool:
            return add_task(connection, new_id, task_name, task_type, now)

        if not db.store.write(job):
            raise EntryAlreadyExistsException(f"There is a task {task_name!r} already.")
        return cls(db, new_id)

    def to_dict(self) -> dict[str, Any]:
        """Return the columns by name, and `parent_task_id`."""
        return {**super().to_dict(), "parent_task_id": self.parent_task_id}

    def get_total_spend(self) -> float:
        """Return what the work in all runs costs so far, in dollars and without fees."""
        return spent(self.db, tasks.c.id == int(self.db_id))


class TaskRunRecord(StoredObject):
    """One launch."""

    subject = "task run"
    rows = select(
        task_runs.c.id,
        task_runs.c.task_id,
        task_runs.c.requester_id,
        task_runs.c.blueprint.label("task_type"),
        task_runs.c.provider.label("provider_type"),
        task_runs.c.sandbox,
        task_runs.c.config,
        task_runs.c.status.not_in(UNFINISHED_RUNS).label("is_completed"),
        task_runs.c.source_ended.label("assignments_generator_done"),
        task_runs.c.created_at.label("creation_date"),
    )

    task_id: str
    requester_id: str
    task_type: str
    provider_type: str
    sandbox: bool
    config: dict[str, Any]
    is_completed: bool
    assignments_generator_done: bool
    creation_date: datetime

    @property
    def args(self) -> DictConfig:
        """The whole configuration that the run was launched with."""
        return OmegaConf.create(self.config)

    @property
    def param_string(self) -> str:
        """The whole configuration as existing scripts read it: YAML, as one JSON string."""
        return json.dumps(OmegaConf.to_yaml(self.args))

    @property
    def start_time(self) -> str:
        """When the run was launched, in UTC."""
        return self.creation_date.isoformat(sep=" ")

    def get_blueprint(
        self, args: Mapping[str, Any] | None = None, shared_state: Any = None
    ) -> ChosenBlueprint:
        """Return the blueprint, made anew with the options of this run, and with *shared_state*.

        *args*, shaped as the whole `args` are, takes the place of the run's own: its `blueprint` has the options then,
        converted and checked. Raises what `mephisto.plugins.load` raises, and `MephistoError` for other options than
        those of this blueprint.
        """
        return chosen_blueprint(self.db, self.db_id, self.task_type, args, shared_state)

    def get_provider(self) -> ChosenPlugin:
        """Return the provider, made anew with the options of this run; raises what `mephisto.plugins.load` raises."""
        return chosen(self.db, self.db_id, "provider", self.provider_type)

    def get_task_args(self) -> DictConfig:
        """Return the options of `mephisto.task`."""
        options: DictConfig = self.args.task
        return options

    def get_is_completed(self) -> bool:
        """Say whether the run has ended, as it stands now."""
        return type(self)(self.db, self.db_id).is_completed

    def get_has_assignments(self) -> bool:
        """Say whether any row of data has become an assignment."""
        query = select(assignments.c.id).where(assignments.c.task_run_id == int(self.db_id)).limit(1)
        with self.db.store.read() as connection:
            return connection.execute(query).first() is not None

    def get_assignment_statuses(self) -> dict[str, int]:
        """Count the rows of data by the status of their assignments."""
        counts = dict.fromkeys(AssignmentState.valid(), 0)
        for status in assignment_status.of_run(self.db, self.db_id, [UnitKind.STANDARD]).values():
            counts[status] += 1
        return counts

    def get_run_dir(self) -> str:
        """Return the folder of this run."""
        return str(self.db.store.directory / "runs" / self.db_id)

    def to_dict(self) -> dict[str, Any]:
        """Return the columns by name, and the configuration once more as `init_params`, which is `param_string`."""
        return {**super().to_dict(), "init_params": self.param_string}

    def get_total_spend(self) -> float:
        """Return what the work in this run costs so far, in dollars and without fees."""
        return spent(self.db, task_runs.c.id == int(self.db_id))
