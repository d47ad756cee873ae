"""Agents, each as one row: what they were given, what they handed in, and what is decided about it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Final

from sqlalchemy import Connection, select

from mephisto.data_model import agent_folder, deciding, handed_in
from mephisto.data_model.agent_state import AgentState
from mephisto.data_model.base import StoredObject
from mephisto.data_model.errors import MephistoDBException
from mephisto.data_model.worker_record import WorkerRecord
from mephisto.model import agents, task_runs
from mephisto.status import ANSWERED_AGENTS, AgentStatus
from mephisto.store import decisions

#: What the provider is asked for when an agent becomes this.
KINDS: Final[Mapping[AgentStatus, str]] = {
    AgentStatus.APPROVED: "approve",
    AgentStatus.REJECTED: "reject",
    AgentStatus.SOFT_REJECTED: "soft_reject",
}


class AttemptRecord(StoredObject):
    """What agents of units and of onboarding have in common."""

    subject = "attempt"
    rows = select(
        agents.c.id,
        agents.c.worker_id,
        agents.c.unit_id,
        agents.c.assignment_id,
        agents.c.task_run_id,
        agents.c.task_id,
        agents.c.status.label("db_status"),
        task_runs.c.blueprint.label("task_type"),
        task_runs.c.provider.label("provider_type"),
        agents.c.created_at.label("creation_date"),
    ).join_from(agents, task_runs)

    worker_id: str
    task_run_id: str
    task_id: str
    db_status: str
    task_type: str
    provider_type: str
    creation_date: datetime

    @cached_property
    def state(self) -> AgentState:
        """What the agent was given, what it handed in, and when."""
        return AgentState(self.db, self.db_id)

    def get_agent_id(self) -> str:
        return self.db_id

    def get_status(self) -> str:
        """Return the status as it stands now."""
        query = select(agents.c.status).where(agents.c.id == int(self.db_id))
        with self.db.store.read() as connection:
            status: str = connection.execute(query).scalar_one()
        return status

    def get_data_dir(self) -> str:
        """Return the agent's folder, in which the files of its answer lie under their own names."""
        directory = self.db.store.directory
        folder = directory / "agents" / self.task_run_id / self.db_id
        agent_folder.fill(folder, directory, handed_in.files_of(self.db, int(self.db_id)))
        return str(folder)


class AgentRecord(AttemptRecord):
    """One worker's attempt at one unit."""

    subject = "agent"
    rows = AttemptRecord.rows.where(agents.c.unit_id.is_not(None))

    unit_id: str
    assignment_id: str

    def approve_work(
        self,
        review_note: str | None = None,
        bonus: float | str | None = None,
        skip_worker_review: bool = False,
    ) -> None:
        """Accept the answer, and pay *bonus* dollars more.

        Raises `MephistoError` if there is no answer, or if the provider pays no bonuses; nothing is written then.
        """
        del skip_worker_review
        with self.db.outbox.together():
            if bonus:
                self._worker().check_bonus(float(bonus), self._account)
            self.decide(AgentStatus.APPROVED, review_note)
            if bonus:
                self._worker().pay(float(bonus), review_note or "", self._account, int(self.db_id))

    def reject_work(self, review_note: str | None = None) -> None:
        """Reject the answer. Raises `MephistoError` if there is none."""
        self.decide(AgentStatus.REJECTED, review_note)

    def soft_reject_work(self, review_note: str | None = None) -> None:
        """Pay for the answer without using it. Raises `MephistoError` if there is none."""
        self.decide(AgentStatus.SOFT_REJECTED, review_note)

    def decide(self, target: AgentStatus, reason: str | None = None) -> str | None:
        """Write a decision, and return its id, None if it was decided so already; raise `MephistoError` without answer.

        What the provider shall do about it is written with it, and done at once; in a review, with the next step.
        """
        agent_id = int(self.db_id)

        def change(connection: Connection, review: decisions.Review) -> tuple[bool, AgentStatus]:
            before = decisions.decide(connection, agent_id, target, review)
            return before in ANSWERED_AGENTS and before != target, before

        act = deciding.Act(KINDS[target], int(self.worker_id), change, self._account, agent_id)
        told = deciding.perform(self.db, act, reason)
        if told.result not in ANSWERED_AGENTS:
            raise MephistoDBException(
                f"Agent {self.db_id} cannot become {target}.",
                f"It is {told.result}: only an answer that counts can be decided about.",
            )
        self.db_status = target
        return told.decision_id

    def take_back(self, decision_id: str) -> bool:
        """Take back what `decide` wrote; False if something else was decided since, or the provider was told of it."""
        undone = deciding.take_back(self.db, decision_id)
        self.db_status = self.get_status()
        return undone

    @cached_property
    def _account(self) -> deciding.Account:
        return deciding.account_of_run(self.db, self.task_run_id)

    def _worker(self) -> WorkerRecord:
        return WorkerRecord(self.db, self.worker_id)
