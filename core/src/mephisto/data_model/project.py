"""Projects: names under which tasks are put together."""

from typing import Final

from mephisto.data_model.objects import Project

__all__ = ["NO_PROJECT", "Project"]

#: What existing scripts call it that a task belongs to no project; none can have this name.
NO_PROJECT: Final = "NO_PROJECT"
