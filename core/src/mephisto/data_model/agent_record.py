"""Agents, each as one row: what they were given, what they handed in, and what is decided about it."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from mephisto.data_model import agent_folder, deciding, handed_in, handing_in, live_updates
from mephisto.data_model.agent_state import NOTES, AgentState
from mephisto.data_model.base import Database
from mephisto.data_model.did_submit import DidSubmit
from mephisto.data_model.errors import MephistoDBException
from mephisto.data_model.run_part import COLUMNS, RunPart
from mephisto.data_model.waiting import Waiting
from mephisto.data_model.worker_record import WorkerRecord, dollars_of
from mephisto.model import agents, task_runs
from mephisto.status import ANSWERED_AGENTS, LIVE_AGENTS, AgentStatus
from mephisto.store import decisions
from mephisto.store.prepared import Prepared

logger = logging.getLogger(__name__)

#: What the provider is asked for when an agent becomes this.
KINDS: Final[Mapping[AgentStatus, str]] = {
    AgentStatus.APPROVED: "approve",
    AgentStatus.REJECTED: "reject",
    AgentStatus.SOFT_REJECTED: "soft_reject",
}
#: Each script that waits for an agent asks for it ten times a second.
_STATUS: Final = Prepared(select(agents.c.status).where(agents.c.id == bindparam("agent")))


class AttemptRecord(RunPart):
    """What agents of units and of onboarding have in common."""

    subject = "attempt"
    rows = select(
        agents.c.id,
        agents.c.worker_id,
        agents.c.unit_id,
        agents.c.assignment_id,
        *COLUMNS,
        agents.c.status.label("db_status"),
        agents.c.created_at.label("creation_date"),
    ).join_from(agents, task_runs)

    worker_id: str
    db_status: str
    creation_date: datetime

    @cached_property
    def state(self) -> AgentState:
        """What the agent was given, what it handed in, and when."""
        return AgentState(self.db, self.db_id)

    def get_agent_id(self) -> str:
        return self.db_id

    def get_status(self) -> str:
        """Return the status as it stands now."""
        return str(self._status())

    @cached_property
    def did_submit(self) -> DidSubmit:
        """Whether the answer is there; it can be asked and waited for as a `threading.Event`."""
        return DidSubmit(self._waiting, self._status)

    @cached_property
    def pending_actions(self) -> live_updates.PendingActions:
        """What the worker's page has sent and no script has taken; asked and waited for as a `queue.Queue`."""
        return live_updates.PendingActions(self.db, self.db_id, self._waiting)

    @cached_property
    def has_live_update(self) -> live_updates.HasLiveUpdate:
        """Whether there is something in `pending_actions`; it can be asked and waited for as a `threading.Event`."""
        return live_updates.HasLiveUpdate(self.pending_actions, self._waiting)

    def observe(self, live_update: Mapping[str, Any]) -> None:
        """Send *live_update* to the worker's page, which gets each one once and in order; what was sent is kept.

        Raises `MephistoError` for what is no JSON object. An `update_id` in it is a name by which it is the same when it
        is sent again; one is put in if there is none.
        """
        live_updates.send(self.db, self.db_id, live_update)

    def get_live_update(self, timeout: float | None = None) -> dict[str, Any] | None:
        """Take the oldest update that the worker's page has sent and no script has taken.

        Waits for it up to *timeout* seconds; without a timeout, or if the answer is in, returns None when there is none.
        An attempt whose page says nothing for so long ends, and its unit is free again: `AgentTimeoutError` is raised,
        as it is for one whose time has run out, `AgentDisconnectedError` and `AgentReturnedError` for others that ended
        without an answer, and `AgentShutdownError` once `shutdown` was called.
        """
        found = self.pending_actions.take(lambda: self._status() not in LIVE_AGENTS, timeout or 0)
        if found is None and timeout:
            found = live_updates.give_up(self.db, self.db_id, self.task_run_id)
        if found is not None:
            return found
        error = live_updates.why_nothing_comes(self.db_id, self._status())
        if error is not None:
            raise error
        return None

    def act(self, timeout: float | None = None) -> dict[str, Any] | None:
        """Do what `get_live_update` does, under the name that older scripts call."""
        return self.get_live_update(timeout)

    def await_submit(self, timeout: float | None = None) -> bool:
        """Wait until the attempt is over, but not longer than *timeout* seconds; say whether an answer came.

        Raises `AgentShutdownError` once `shutdown` was called.
        """
        return self.did_submit.wait(timeout)

    def shutdown(self) -> None:
        """Let nobody wait for anything through this object any longer; the attempt itself goes on."""
        self._waiting.stop()

    def handle_submit(self, data: Mapping[str, Any]) -> None:
        """Hand in *data* in place of the worker's page: the answer itself, as the page would send it in `final_data`.

        It is stored when this returns, and everything follows that follows an answer: it counts once, or is kept as late
        or as a duplicate. One of an onboarding waits until its worker asks again, or a script judges it. Raises
        `MephistoError` for what cannot be stored, and writes nothing then.
        """
        handing_in.hand_in(self.db, self.db_id, self.task_run_id, data)
        self.db_status = self.get_status()

    def handle_metadata_submit(self, data: Mapping[str, Any]) -> None:
        """Write all of *data* as `state.update_metadata` does, or nothing, and raise what that raises.

        What has another name than `NOTES` are is put together under `default`, which cannot be given beside it.
        """
        known = {name: value for name, value in data.items() if name in NOTES}
        other = {name: value for name, value in data.items() if name not in NOTES}
        if other and "default" in known:
            raise MephistoDBException(
                f"{next(iter(other))!r} and 'default' cannot both be written about an answer.",
                "What has a name of its own is put under default, in place of what is given as default.",
                "Put all of it into default.",
            )
        self.state.update_all_metadata(known | ({"default": other} if other else {}))

    def mark_done(self) -> None:
        """Make sure that the answer is there: the provider hears of it when it is decided about, and not before.

        Raises `MephistoError` if there is none.
        """
        if not self.did_submit.is_set():
            raise MephistoDBException(
                f"The work of agent {self.db_id} is not done.",
                f"It is {self.get_status()}: there is no answer that counts.",
                "await_submit() waits for it; handle_submit(...) hands it in.",
            )

    def get_data_dir(self) -> str:
        """Return the agent's folder, in which the files of its answer lie under their own names."""
        directory = self.db.store.directory
        folder = directory / "agents" / self.task_run_id / self.db_id
        agent_folder.fill(folder, directory, handed_in.files_of(self.db, int(self.db_id)))
        return str(folder)

    @cached_property
    def _waiting(self) -> Waiting:
        # Threads that ask at the same time share one, or shutdown would miss some of those who wait.
        shared: Waiting = vars(self).setdefault("_waiting", Waiting(self.db_id))
        return shared

    def _status(self) -> AgentStatus:
        with self.db.store.read() as connection:
            return AgentStatus(_STATUS.scalar(connection, {"agent": int(self.db_id)}))


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
        """Accept the answer, and pay *bonus* dollars more; where the provider pays none, that is logged.

        Raises `MephistoError` if there is no answer, or no such bonus; nothing is written then. Called again after
        the provider failed to do it, it is asked once more; a bonus is another one.
        """
        del skip_worker_review
        refusal, dollars = "", dollars_of(bonus) if bonus else 0.0
        with self.db.outbox.together():
            if dollars:
                refusal = self._worker().refused_bonus(self._account)
            self.decide(AgentStatus.APPROVED, review_note)
            if dollars and not refusal:
                self._worker().pay(dollars, review_note or "", self._account, int(self.db_id))
        if refusal:
            logger.warning("The answer is accepted, but no bonus is paid. %s", refusal)

    def reject_work(self, review_note: str | None = None) -> None:
        """Reject the answer. Raises `MephistoError` if there is none.

        Called again after the provider failed to do it, it is asked once more.
        """
        self.decide(AgentStatus.REJECTED, review_note)

    def soft_reject_work(self, review_note: str | None = None) -> None:
        """Pay for the answer without using it. Raises `MephistoError` if there is none.

        Called again after the provider failed to do it, it is asked once more.
        """
        self.decide(AgentStatus.SOFT_REJECTED, review_note)

    def update_status(self, status: str) -> None:
        """Decide about the answer, as the three methods above do; nothing happens if the status is that already.

        Raises `MephistoError` for any other status: what an attempt becomes before is up to its run.
        """
        self.db_status = self.get_status()
        if status == self.db_status:
            return
        if status not in KINDS:
            raise MephistoDBException(
                f"Agent {self.db_id} cannot be made {status!r}.",
                f"It is {self.db_status}; a script only decides about answers, the rest is up to the run.",
                f"Statuses that can be set: {', '.join(KINDS)}.",
            )
        self.decide(AgentStatus(status))

    def decide(self, target: AgentStatus, reason: str | None = None) -> str | None:
        """Write a decision, and return its id, None if it was decided so already; raise `MephistoError` without answer.

        What the provider shall do about it is written with it, and done at once; in a review, with the next step.
        """
        told = deciding.perform(self.db, _act(self, target, self._account), reason)
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


def decide_all(
    db: Database, chosen: Sequence[AgentRecord], target: AgentStatus, reason: str | None
) -> list[str]:
    """Do what `decide` does for each agent about which nothing is decided, as one step; return the decisions' ids."""
    run_ids = {agent.task_run_id for agent in chosen}
    accounts = {run_id: deciding.account_of_run(db, run_id) for run_id in run_ids}
    acts = [_act(agent, target, accounts[agent.task_run_id], seen=AgentStatus.COMPLETED) for agent in chosen]
    told = deciding.perform_all(db, acts, reason)
    return [each.decision_id for each in told if each.decision_id is not None]


def _act(
    agent: AgentRecord, target: AgentStatus, account: deciding.Account, seen: AgentStatus | None = None
) -> deciding.Act[AgentStatus]:
    agent_id = int(agent.db_id)

    def change(connection: Connection, review: decisions.Review) -> tuple[bool, AgentStatus]:
        before = decisions.decide(connection, agent_id, target, review, seen)
        is_seen = seen in {None, before}
        return is_seen and before in ANSWERED_AGENTS and before != target, before

    return deciding.Act(KINDS[target], int(agent.worker_id), change, account, agent_id)
