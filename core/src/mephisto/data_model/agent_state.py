"""The state of an agent: what it was given, what it handed in, and when."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, select, update

from mephisto.data_model.base import Database
from mephisto.data_model.errors import MephistoDBException
from mephisto.data_model.handed_in import Attempt, attempts
from mephisto.model import agents
from mephisto.status import ANSWERED_AGENTS, ONBOARDING_AGENTS, WITHOUT_ANSWER, AgentStatus, UnitStatus
from mephisto.store import json_text
from mephisto.store.decisions import UNIT_STATUSES

#: What scripts may write about an answer.
NOTES: Final = ("default", "feedback", "tips", "worker_opinion")

#: What a unit is, by the status of its attempt.
_OF_UNITS: Final[Mapping[str, str]] = {
    "none": UnitStatus.CREATED,
    "accepted": UnitStatus.ASSIGNED,
    "partner disconnect": UnitStatus.COMPLETED,
    **dict.fromkeys(WITHOUT_ANSWER, UnitStatus.CREATED),
    **dict.fromkeys(ONBOARDING_AGENTS | {AgentStatus.IN_TASK}, UnitStatus.ASSIGNED),
    **{str(status): unit for status, unit in UNIT_STATUSES.items()},
    AgentStatus.EXPIRED: UnitStatus.EXPIRED,
}


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

    @staticmethod
    def immutable() -> list[str]:
        """List the statuses that scripts take for the last one; a decision may be changed here all the same."""
        changing = {AgentStatus.COMPLETED, AgentStatus.REJECTED}
        return [str(status) for status in sorted((ANSWERED_AGENTS | WITHOUT_ANSWER) - changing)]

    @staticmethod
    def to_assignment_state(agent_status: str) -> str:
        """Return which status a unit has whose attempt has *agent_status*; raise `KeyError` if there is none of it."""
        return _OF_UNITS[agent_status]

    def get_data(self) -> dict[str, Any]:
        """Return `{"inputs": ..., "outputs": ...}`; outputs are None as long as nothing was handed in.

        Where the time ran out before that, `partial` holds what stood in the page then, if the page had told; it never
        counts, and there is no such key otherwise. Outputs are the answer. `files` among them are the names of the files that
        came with it in the agent's `get_data_dir()`, [] if there were none; `filesByFields` tells of each what the
        browser said about it, its size, and the path where it is stored. `live_updates` is a list of what the page and
        scripts said to each other, each `{"from_worker": bool, "sent_at": seconds since 1970, "data": {...}}`, where
        they did; there is no such key otherwise.
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
        """Return what is known beside the answer: when, and what scripts have written with `update_metadata`."""
        return metadata(self._attempt())

    def get_worker_opinion(self) -> Any:
        """Return what a script has written as the worker's opinion, None if nothing."""
        return self.get_metadata()["worker_opinion"]

    def update_metadata(self, property_name: str, property_value: Any) -> None:
        """Write what scripts know beside the answer; raise `MephistoError` if *property_name* is none of `NOTES`.

        The value is what JSON knows; any other raises `MephistoError` as well.
        """
        self.update_all_metadata({property_name: property_value})

    def update_all_metadata(self, properties: Mapping[str, Any]) -> None:
        """Do what `update_metadata` does for each of *properties*: all of them are written, or none."""
        why = json_text.why_no_object(properties, "What is known of an answer")
        if why:
            raise MephistoDBException("This cannot be written about an answer.", why)
        unknown = [name for name in properties if name not in NOTES]
        if unknown:
            raise MephistoDBException(
                f"{unknown[0]!r} cannot be written about an answer.",
                f"There are {', '.join(NOTES)}; times are what the run saw.",
            )
        of_agent, new = agents.c.id == int(self._agent_id), dict(properties)

        def job(connection: Connection) -> None:
            held = connection.execute(select(agents.c.notes).where(of_agent)).scalar_one() or {}
            connection.execute(update(agents).where(of_agent).values(notes={**held, **new}))

        self._db.store.write(job)
        self._db.changes += 1

    def _attempt(self) -> Attempt:
        agent_id = int(self._agent_id)
        return attempts(self._db, [agent_id])[agent_id]


def metadata(attempt: Attempt) -> dict[str, Any]:
    """Return the metadata of an attempt under the keys that scripts know."""
    times = {"task_start": attempt.task_start, "task_end": attempt.task_end}
    return {**{name: attempt.notes.get(name) for name in NOTES}, **times}
