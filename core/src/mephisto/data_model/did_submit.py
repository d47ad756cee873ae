"""Whether an agent has handed in its answer, to be asked and waited for."""

from collections.abc import Callable

from mephisto.data_model.waiting import Waiting
from mephisto.status import LIVE_AGENTS, WITHOUT_ANSWER, AgentStatus


class DidSubmit:
    """Whether an agent has handed in an answer that counts; asked and waited for as a `threading.Event`."""

    def __init__(self, waiting: Waiting, status: Callable[[], AgentStatus]) -> None:
        self._waiting = waiting
        self._status = status

    def is_set(self) -> bool:
        """Say whether the answer is there now."""
        return self._status() not in LIVE_AGENTS | WITHOUT_ANSWER

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the attempt is over, but not longer than *timeout* seconds; say whether the answer came.

        Raises `AgentShutdownError` in all who wait, or begin to, once the agent's `shutdown` was called.
        """
        self._waiting.until(lambda: self._status() not in LIVE_AGENTS, timeout)
        return self.is_set()
