"""Waiting for what a worker's page brings: the database tells of it, whichever process took it in."""

import threading
import time
from collections.abc import Callable
from typing import Final

from mephisto.data_model.exceptions import AgentShutdownError

#: How often what is waited for is looked for.
_LOOK_SECONDS: Final = 0.1


class Waiting:
    """All waiting through one object of a script, in whatever threads; `stop` ends it."""

    def __init__(self, agent_id: str) -> None:
        self._agent_id = agent_id
        self._stopped = threading.Event()

    def until(self, is_over: Callable[[], bool], timeout: float | None) -> bool:
        """Wait until *is_over* says so, but not longer than *timeout* seconds; return what it said last.

        Raises `AgentShutdownError` in all who wait, or begin to, once `stop` was called.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while not is_over():
            if self._stopped.is_set():
                raise AgentShutdownError(
                    f"Agent {self._agent_id} is waited for no longer.",
                    "agent.shutdown() was called; the attempt itself goes on.",
                    "Read the agent anew to wait for it.",
                )
            left = _LOOK_SECONDS if end is None else min(_LOOK_SECONDS, end - time.monotonic())
            if left <= 0:
                return False
            self._stopped.wait(left)
        return True

    def stop(self) -> None:
        """Let nobody wait any longer."""
        self._stopped.set()
