"""Tasks: names under which runs share limits and reviews."""

from mephisto.data_model.objects import Task, TaskRun

__all__ = ["Task", "TaskRun"]
