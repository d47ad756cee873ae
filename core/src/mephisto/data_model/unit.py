"""Units: places for one worker on an assignment."""

from mephisto.data_model.objects import Unit

__all__ = ["Unit"]
