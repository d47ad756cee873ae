"""An import path of existing run scripts; the names are those of the front door."""

from mephisto.config import BlueprintArgs
from mephisto.shared_state import SharedTaskState

__all__ = ["BlueprintArgs", "SharedTaskState"]
