"""Task runs: the launches of a task."""

from mephisto.data_model.objects import TaskRun

__all__ = ["TaskRun"]
