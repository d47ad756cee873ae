"""Projects, which group tasks in existing scripts. There are none here: every task stands for itself."""

from typing import Final

NO_PROJECT: Final = "NO_PROJECT"
