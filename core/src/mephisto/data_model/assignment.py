"""Assignments: rows of data, and the units in which they are done."""

from mephisto.data_model.initialization_data import InitializationData
from mephisto.data_model.objects import Assignment, Unit

__all__ = ["Assignment", "InitializationData", "Unit"]
