"""Waiting for an agent's answer, which the database tells of, whichever process took it in."""

import threading
import time
from typing import Final

from sqlalchemy import select

from mephisto.data_model.base import Database
from mephisto.data_model.exceptions import AgentShutdownError
from mephisto.model import agents
from mephisto.status import LIVE_AGENTS, WITHOUT_ANSWER, AgentStatus

#: How often an answer that is waited for is looked for.
_LOOK_SECONDS: Final = 0.1


class DidSubmit:
    """Whether an agent has handed in an answer that counts; asked and waited for as a `threading.Event`."""

    def __init__(self, db: Database, agent_id: str) -> None:
        self._db = db
        self._agent_id = agent_id
        self._stopped = threading.Event()

    def is_set(self) -> bool:
        """Say whether the answer is there now."""
        return self._status() not in LIVE_AGENTS | WITHOUT_ANSWER

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the attempt is over, but not longer than *timeout* seconds; say whether the answer came.

        Raises `AgentShutdownError` in all who wait, or begin to, once `stop` was called.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self._status()) in LIVE_AGENTS:
            if self._stopped.is_set():
                raise AgentShutdownError(
                    f"Agent {self._agent_id} is waited for no longer.",
                    "agent.shutdown() was called; the attempt itself goes on.",
                    "Read the agent anew to wait for its answer.",
                )
            left = _LOOK_SECONDS if until is None else min(_LOOK_SECONDS, until - time.monotonic())
            if left <= 0:
                return False
            self._stopped.wait(left)
        return status not in WITHOUT_ANSWER

    def stop(self) -> None:
        """Let nobody wait any longer."""
        self._stopped.set()

    def _status(self) -> AgentStatus:
        query = select(agents.c.status).where(agents.c.id == int(self._agent_id))
        with self._db.store.read() as connection:
            return AgentStatus(connection.execute(query).scalar_one())
