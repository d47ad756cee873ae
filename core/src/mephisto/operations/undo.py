"""What a launch did, and how each step of it is taken back, in reverse."""

import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Undo:
    """Steps with a name each. One that fails is shown, and does not keep the others from being taken."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, Callable[[], object]]] = []

    def add(self, name: str, step: Callable[[], object]) -> None:
        """Register *step*; *name* says what it does: "stop the server"."""
        self._steps.append((name, step))

    @property
    def remaining(self) -> list[str]:
        """The names of the steps that are not taken yet, in the order in which they will be."""
        return [name for name, _ in reversed(self._steps)]

    def run(self) -> bool:
        """Take all steps, the last one first; say whether none of them failed."""
        succeeded = True
        while self._steps:
            name, step = self._steps[-1]
            try:
                step()
            except BaseException as error:
                succeeded = False
                logger.error("Could not %s.\n%s", name, error)
                logger.debug("Where it happened:", exc_info=error)
            self._steps.pop()
        return succeeded
