"""Tasks: names under which runs share limits and reviews."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

import mephisto.data_model.assignment as assignment_objects
import mephisto.data_model.task_run as task_run_objects
from mephisto.data_model.base import StoredObject
from mephisto.model import tasks


class Task(StoredObject):
    """A name, and the kind of work that was first done under it."""

    subject = "task"
    rows = select(
        tasks.c.id,
        tasks.c.name.label("task_name"),
        tasks.c.blueprint.label("task_type"),
        tasks.c.created_at.label("creation_date"),
    )

    task_name: str
    task_type: str
    creation_date: datetime

    project_id: str | None = None
    parent_task_id: str | None = None

    def get_project(self) -> None:
        """Return None: tasks belong to no project."""

    def get_runs(self) -> list[task_run_objects.TaskRun]:
        """List the runs of this task."""
        return task_run_objects.TaskRun.find(self.db, task_id=self.db_id)

    def get_assignments(self) -> list[assignment_objects.Assignment]:
        """List the assignments of all runs of this task."""
        return assignment_objects.Assignment.find(self.db, task_id=self.db_id)

    def get_total_spend(self) -> float:
        """Return what the work in all runs of this task costs so far, in dollars and without fees."""
        return sum(run.get_total_spend() for run in self.get_runs())


def __getattr__(name: str) -> type[task_run_objects.TaskRun]:
    if name == "TaskRun":  # where older scripts import it from
        return task_run_objects.TaskRun
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
