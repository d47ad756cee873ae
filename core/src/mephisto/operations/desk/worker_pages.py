"""What the page of each worker shows: the values for its template, found by the page's ticket."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, select

from mephisto.instants import SECOND
from mephisto.model import agents, assignments, workers
from mephisto.operations.desk.replies import error
from mephisto.status import ONBOARDING_AGENTS, AgentStatus
from mephisto.store import Store
from mephisto.store.attempts import Held
from mephisto.store.prepared import Prepared
from mephisto.web.line import Reply

_PAGE: Final = Prepared(
    select(agents.c.id, agents.c.unit_id, agents.c.status, assignments.c.data, workers.c.name)
    .join_from(agents, workers)
    .outerjoin(assignments, assignments.c.id == agents.c.assignment_id)
    .where(agents.c.ticket == bindparam("ticket"), agents.c.task_run_id == bindparam("run"))
)
_OPEN: Final = ONBOARDING_AGENTS | {AgentStatus.IN_TASK}

#: How long, and for how many workers, what they were given is kept for the page that they ask for next.
_EXPECTED_SECONDS: Final = 2
_MOST_EXPECTED: Final = 100


@dataclass(frozen=True)
class _Expected:
    """What a page will show, whose it is, and since when on the steady clock it is expected to be asked for."""

    values: dict[str, Any]
    token: str
    since: int


@dataclass(frozen=True)
class WorkerPages:
    """The pages of one run's workers. Most are asked for right after their unit was given, and are not read again."""

    store: Store
    run_id: int
    onboarding_data: Mapping[str, Any]
    _expected: OrderedDict[str, _Expected] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, held: Held, worker_name: str) -> None:
        """Keep what the page of a unit shows that was given just now, for the one request that follows."""
        values = _values(held.data, held.agent_id, worker_name)
        with self._lock:
            self._expected[held.ticket] = _Expected(values, held.token, self.store.time.steady())
            if len(self._expected) > _MOST_EXPECTED:
                self._expected.popitem(last=False)

    def forget(self, token: str) -> None:
        """Keep nothing for an agent's page any longer: with an answer, it is over."""
        with self._lock:
            for ticket, expected in self._expected.items():
                if expected.token == token:
                    del self._expected[ticket]
                    return

    def page(self, ticket: str, _: Mapping[str, Any]) -> Reply:
        """Give the values of the page that the agent with this ticket sees."""
        with self._lock:
            expected = self._expected.pop(ticket, None)
        if expected and self.store.time.steady() - expected.since < _EXPECTED_SECONDS * SECOND:
            return Reply({"values": expected.values, "page": "task"})
        with self.store.read() as connection:
            agent = _PAGE.first(connection, {"ticket": ticket, "run": self.run_id})
        if agent is None or agent.status not in _OPEN:
            return error(404, "This page is not open any more.")
        is_onboarding = agent.unit_id is None
        data = self.onboarding_data if is_onboarding else agent.data
        values = _values(data, agent.id, agent.name)
        return Reply({"values": values, "page": "onboarding" if is_onboarding else "task"})


def _values(data: Mapping[str, Any], agent_id: int, worker_name: str) -> dict[str, Any]:
    return {**data, "mephisto_agent_id": str(agent_id), "provider_worker_id": worker_name}
