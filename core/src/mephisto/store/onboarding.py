"""Onboarding: an attempt at no unit, whose answer decides whether a worker gets one.

That a worker passed, or failed, is a qualification: 1, or 0 together with a second one for who failed.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select, update

from mephisto.model import agents, workers
from mephisto.status import AGENT, AgentStatus, sources
from mephisto.store import qualifications
from mephisto.store.admission import Terms
from mephisto.store.attempts import Held, Request, Welcome
from mephisto.store.ids import Ids

#: What the tokens of onboardings begin with; published clients tell by it which page to show.
TOKEN_PREFIX: Final = "onboarding_"  # noqa: S105 - the public part of them


@dataclass(frozen=True)
class Onboarded:
    """An onboarding that was handed in: by whom, for which place, and whether it was judged already."""

    agent_id: int
    request: Request
    is_judged: bool


def failed_name(qualification: str) -> str:
    """Return the name of the qualification of those who failed."""
    return f"{qualification}-failed"


def is_due(connection: Connection, terms: Terms, worker: int) -> bool:
    """Say whether a worker has to pass the onboarding first."""
    name = terms.onboarding_qualification
    return bool(name) and qualifications.value(connection, worker, str(name)) is None


def offer(
    connection: Connection, ids: Ids, terms: Terms, request: Request, welcome: Welcome, now: int
) -> Held:
    """Give the worker an onboarding."""
    held = Held(
        agent_id=ids.new(),
        worker_id=welcome.worker_id,
        token=TOKEN_PREFIX + secrets.token_hex(16),
        ticket=secrets.token_hex(8),
        data={},
        deadline=now + terms.duration,
        fresh=True,
        is_onboarding=True,
    )
    row = {
        "id": held.agent_id,
        "token": held.token,
        "ticket": held.ticket,
        "task_id": terms.task_id,
        "task_run_id": terms.run_id,
        "worker_id": welcome.worker_id,
        "status": AgentStatus.ONBOARDING,
        "registration": request.registration,
        "attempt": welcome.attempt,
        "browser_key": request.browser_key,
        "created_at": now,
        "deadline": held.deadline,
    }
    connection.execute(insert(agents), row)
    return held


def keep_waiting(connection: Connection, agent_id: int) -> None:
    """Note that the answer of an onboarding is here, and waits for being judged."""
    connection.execute(
        update(agents)
        .where(agents.c.id == agent_id, agents.c.status.in_(sources(AGENT, AgentStatus.WAITING)))
        .values(status=AgentStatus.WAITING)
    )


def handed_in(connection: Connection, token: str) -> Onboarded | None:
    """Return the onboarding that was handed in with this token; None if nobody has it."""
    query = select(agents, workers.c.name).join_from(agents, workers).where(agents.c.token == token)
    agent = connection.execute(query).first()
    if agent is None:
        return None
    # Who has the token has proved to be the worker.
    request = Request(agent.name, agent.registration, trusted=True, browser_key=agent.browser_key)
    judged = agent.status in {AgentStatus.APPROVED, AgentStatus.REJECTED}
    return Onboarded(agent.id, request, judged)


def judge(connection: Connection, ids: Ids, terms: Terms, agent_id: int, now: int, *, passed: bool) -> None:
    """Write what an onboarding came to, and grant what follows from it; once for each."""
    verdict = AgentStatus.APPROVED if passed else AgentStatus.REJECTED
    judged = connection.execute(
        update(agents)
        .where(agents.c.id == agent_id, agents.c.status == AgentStatus.WAITING)
        .values(status=verdict, ended_at=now)
        .returning(agents.c.worker_id)
    ).first()
    name = terms.onboarding_qualification
    if judged is None or name is None:
        return
    granted: dict[str, int] = {name: int(passed)}
    if not passed:
        granted[failed_name(name)] = 0
    for qualification, value in granted.items():
        found = qualifications.qualification_id(connection, ids.new(), qualification, "", now)
        qualifications.grant(connection, ids.new(), judged.worker_id, found, value, now)
