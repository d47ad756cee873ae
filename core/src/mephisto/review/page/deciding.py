"""Decisions from the browser: each one a row at once, and none over one that was made meanwhile.

What is decided by one request is one step of the review, for the provider, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from mephisto.data_model.agent_record import decide_all
from mephisto.data_model.base import Database, as_id
from mephisto.data_model.deciding import batched, take_back_all
from mephisto.data_model.objects import Agent
from mephisto.errors import MephistoError, NotFound
from mephisto.model import agents, decisions
from mephisto.review.page import provider_actions
from mephisto.review.page.listing import Filters, undecided_of
from mephisto.status import AgentStatus
from mephisto.store import outbox

#: What can be decided, by the names that the page sends.
TARGETS: Final = {
    "accept": AgentStatus.APPROVED,
    "reject": AgentStatus.REJECTED,
    "pass": AgentStatus.SOFT_REJECTED,
}


class DecidedMeanwhile(MephistoError):
    """What was to be decided about is not any more what the reviewer saw."""


@dataclass(frozen=True)
class Decider:
    """Decides about answers of one task."""

    db: Database
    task_id: int

    def decide(self, agent_id: str, target: AgentStatus, reason: str, seen: str) -> str | None:
        """Write a decision and return its id; raise `DecidedMeanwhile` if the attempt was not *seen* as it is."""
        agent = next(iter(self._agents([as_id(agent_id)])), None)
        if agent is None:
            raise NotFound(f"There is no attempt {agent_id} at this task.")
        if agent.db_status != seen:
            raise DecidedMeanwhile(f"This answer was decided meanwhile: it is {agent.db_status}.")
        with self.db.outbox.together():
            decision_id = agent.decide(target, reason or None)
        if decision_id is not None and self._before(decision_id) != seen:
            # Another process was faster by less than the time since we looked: theirs stands.
            agent.take_back(decision_id)
            raise DecidedMeanwhile(f"This answer was decided meanwhile: it is {agent.db_status}.")
        return decision_id

    def undecided(self, worker_id: str, filters: Filters) -> list[int]:
        """List the attempts of a worker, of those that are shown, about whose answers nothing is decided."""
        with self.db.store.read() as connection:
            return undecided_of(connection, self.task_id, as_id(worker_id), filters)

    def decide_all(
        self, worker_id: str, filters: Filters, target: AgentStatus, reason: str, expected: int
    ) -> list[str]:
        """Decide about all undecided answers of a worker that are shown, and return the decisions' ids.

        Raises `DecidedMeanwhile` if there are not as many as *expected*.
        """
        found = self.undecided(worker_id, filters)
        if len(found) != expected:
            raise DecidedMeanwhile(f"There are {len(found)} undecided answers of this worker by now.")
        chosen = [agent for some in batched(found) for agent in self._agents(some)]
        with self.db.outbox.together():
            return decide_all(self.db, chosen, target, reason or None)

    def take_back(self, decision_ids: Sequence[str]) -> int:
        """Take decisions back, the last first; return how many could be."""
        of_task = select(decisions.c.id).join_from(decisions, agents).where(agents.c.task_id == self.task_id)
        found: list[int] = []
        with self.db.store.read() as connection:
            for some in batched(list(map(as_id, decision_ids))):
                found += connection.execute(of_task.where(decisions.c.id.in_(some))).scalars()
        return take_back_all(self.db, [str(decision_id) for decision_id in sorted(found, reverse=True)])

    def retry(self, action_ids: Sequence[str]) -> list[str]:
        """Ask the provider once more for what it failed to do, and return the ids of what it is asked for.

        Raises `DecidedMeanwhile` if that is nothing.
        """
        now = self.db.store.now()
        with self.db.store.read() as connection:
            known = provider_actions.of_task(connection, self.task_id, action_ids)
        tried = self.db.store.write(lambda connection: outbox.retry(connection, known, now))
        if not tried:
            raise DecidedMeanwhile(
                "The provider is not asked: this was decided otherwise, or tried, meanwhile."
            )
        return [str(each) for each in tried]

    def _agents(self, agent_ids: Sequence[int]) -> list[Agent]:
        query = Agent.rows.where(agents.c.id.in_(agent_ids), agents.c.task_id == self.task_id)
        return Agent.read(self.db, query.order_by(agents.c.id))

    def _before(self, decision_id: str) -> str:
        query = select(decisions.c.before).where(decisions.c.id == int(decision_id))
        with self.db.store.read() as connection:
            before: str = connection.execute(query).scalar_one()
        return before
