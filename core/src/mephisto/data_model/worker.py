"""Workers: the people who work."""

from mephisto.data_model.objects import Worker

__all__ = ["Worker"]
