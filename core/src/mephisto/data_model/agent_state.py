"""The state of an agent: what it was given, what it handed in, and when."""

from typing import Any, Final

from mephisto.data_model.base import Database
from mephisto.data_model.handed_in import Attempt, attempts
from mephisto.status import ANSWERED_AGENTS, WITHOUT_ANSWER


class AgentState:
    """Reads what an agent did, each time it is asked. The constants are the statuses of agents."""

    STATUS_NONE: Final = "none"
    STATUS_ACCEPTED: Final = "accepted"
    STATUS_ONBOARDING: Final = "onboarding"
    STATUS_WAITING: Final = "waiting"
    STATUS_IN_TASK: Final = "in task"
    STATUS_COMPLETED: Final = "completed"
    STATUS_DISCONNECT: Final = "disconnect"
    STATUS_TIMEOUT: Final = "timeout"
    STATUS_PARTNER_DISCONNECT: Final = "partner disconnect"
    STATUS_EXPIRED: Final = "expired"
    STATUS_RETURNED: Final = "returned"
    STATUS_APPROVED: Final = "approved"
    STATUS_SOFT_REJECTED: Final = "soft_rejected"
    STATUS_REJECTED: Final = "rejected"

    def __init__(self, db: Database, agent_id: str) -> None:
        self._db = db
        self._agent_id = agent_id

    @staticmethod
    def complete() -> list[str]:
        """List the statuses of an attempt that is over."""
        return [str(status) for status in sorted(ANSWERED_AGENTS | WITHOUT_ANSWER)]

    def get_data(self) -> dict[str, Any]:
        """Return `{"inputs": ..., "outputs": ...}`; outputs are None as long as nothing was handed in.

        Where the time ran out before that, `partial` holds what stood in the page then, if the page had told; it never
        counts, and there is no such key otherwise. Outputs are the answer. Where files came with it, `files` are their names in the agent's `get_data_dir()`,
        and `filesByFields` tells of each what the browser said about it, its size, and the path where it is stored.
        """
        return self._attempt().data

    def get_parsed_data(self) -> dict[str, Any]:
        """Return what `get_data` does."""
        return self.get_data()

    def get_init_state(self) -> dict[str, Any] | None:
        """Return the row of data that the agent was given."""
        return self._attempt().inputs

    def get_task_start(self) -> float:
        """Return when the agent was given its work, in seconds since 1970."""
        return self._attempt().task_start

    def get_task_end(self) -> float | None:
        """Return when the answer came in, or else when the attempt ended, in seconds since 1970."""
        return self._attempt().task_end

    def get_metadata(self) -> dict[str, Any]:
        """Return what is known beside the answer; of this, only times are kept so far."""
        return metadata(self._attempt())

    def _attempt(self) -> Attempt:
        agent_id = int(self._agent_id)
        return attempts(self._db, [agent_id])[agent_id]


def metadata(attempt: Attempt) -> dict[str, Any]:
    """Return the metadata of an attempt under the keys that scripts know."""
    return {
        "default": None,
        "feedback": None,
        "task_end": attempt.task_end,
        "task_start": attempt.task_start,
        "tips": None,
        "worker_opinion": None,
    }
