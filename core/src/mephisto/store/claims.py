"""Who gets which unit. One function, one order of locks: the worker, the run, the unit."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, func, insert, select, update

from mephisto.model import agents, assignments, submissions, task_runs, units
from mephisto.refusals import Reason
from mephisto.status import (
    ANSWERED_AGENTS,
    UNIT,
    WITHOUT_ANSWER,
    AgentStatus,
    RunStatus,
    UnitKind,
    UnitStatus,
    sources,
)
from mephisto.store import people, runs
from mephisto.store.ids import Ids
from mephisto.store.rows import AnyRow


@dataclass(frozen=True)
class Request:
    """Who asks. `again`: an attempt that ended without an answer shall be followed by another."""

    worker_name: str
    registration: str
    trusted: bool = False
    browser_key: str = ""
    again: bool = False


@dataclass(frozen=True)
class Terms:
    """What a run allows: times in microseconds; a limit of 0 is none."""

    run_id: int
    task_id: int
    provider: str
    duration: int
    allowed_concurrent: int = 0
    maximum_units: int = 0


@dataclass(frozen=True)
class Held:
    """A unit in an agent's hands; `fresh` if it was claimed just now."""

    agent_id: int
    worker_id: int
    token: str
    ticket: str
    data: dict[str, Any]
    deadline: int
    fresh: bool


@dataclass(frozen=True)
class Refused:
    """No unit, and why; with the receipt of what the agent handed in, where it did."""

    reason: Reason
    worker_id: int | None = None
    receipt: str | None = None


def claim(connection: Connection, ids: Ids, terms: Terms, request: Request, now: int) -> Held | Refused:
    """Give the worker the unit they hold, a free one, or the reason why not."""
    worker = people.worker_id(connection, ids.new(), terms.provider, request.worker_name, now)
    latest = _latest_attempt(connection, terms.run_id, request.registration)
    if latest is not None:
        settled = _settled(connection, latest, worker, request)
        if settled is not None:
            return settled
    run = connection.execute(
        select(
            task_runs.c.status, task_runs.c.source_ended, task_runs.c.source_position, task_runs.c.frontier
        ).where(task_runs.c.id == terms.run_id)
    ).one()
    reason = Reason.RUN_CLOSED if run.status != RunStatus.LIVE else _limit(connection, terms, worker)
    if reason is not None:
        return Refused(reason, worker)
    unit = _free_unit(connection, terms.run_id, worker)
    if unit is None:
        return Refused(_why_none(connection, terms, run, worker), worker)
    if unit.source_index > run.frontier:
        _advance_frontier(connection, terms.run_id, unit.source_index)
    return _take(connection, ids, terms, request, worker, unit, latest.attempt + 1 if latest else 1, now)


def _latest_attempt(connection: Connection, run_id: int, registration: str) -> AnyRow | None:
    return connection.execute(
        select(agents)
        .where(agents.c.task_run_id == run_id, agents.c.registration == registration)
        .order_by(agents.c.attempt.desc())
        .limit(1)
    ).first()


def _settled(connection: Connection, latest: AnyRow, worker: int, request: Request) -> Held | Refused | None:
    """Say what a registration that is known already gets; None if it may have another attempt."""
    if latest.worker_id != worker:
        return Refused(Reason.OPEN_ELSEWHERE)
    if latest.status == AgentStatus.IN_TASK:
        if not (request.trusted or (latest.browser_key and latest.browser_key == request.browser_key)):
            return Refused(Reason.OPEN_ELSEWHERE, worker)
        data = connection.execute(
            select(assignments.c.data).where(assignments.c.id == latest.assignment_id)
        ).scalar_one()
        return Held(latest.id, worker, latest.token, latest.ticket, data, latest.deadline, fresh=False)
    receipt = connection.execute(
        select(submissions.c.receipt_code)
        .where(submissions.c.agent_id == latest.id)
        .order_by(submissions.c.id)
        .limit(1)
    ).scalar()
    if latest.status in ANSWERED_AGENTS:
        return Refused(Reason.FINISHED, worker, receipt)
    return None if request.again else Refused(Reason.ATTEMPT_ENDED, worker, receipt)


def _limit(connection: Connection, terms: Terms, worker: int) -> Reason | None:
    if terms.maximum_units and _done_or_held(connection, terms, worker) >= terms.maximum_units:
        return Reason.TASK_MAXIMUM
    if terms.allowed_concurrent:
        held = connection.execute(
            select(func.count())
            .select_from(agents)
            .where(
                agents.c.worker_id == worker,
                agents.c.task_id == terms.task_id,
                agents.c.status == AgentStatus.IN_TASK,
                agents.c.task_run_id == terms.run_id,
            )
        ).scalar_one()
        if held >= terms.allowed_concurrent:
            return Reason.CONCURRENT_MAXIMUM
    return None


def _done_or_held(connection: Connection, terms: Terms, worker: int, run_id: int | None = None) -> int:
    """Count a worker's units of this task over all its runs, or of one run."""
    query = (
        select(func.count())
        .select_from(agents)
        .where(
            agents.c.worker_id == worker,
            agents.c.task_id == terms.task_id,
            agents.c.status.in_(ANSWERED_AGENTS | {AgentStatus.IN_TASK}),
            agents.c.unit_id.is_not(None),
        )
    )
    if run_id is not None:
        query = query.where(agents.c.task_run_id == run_id)
    return int(connection.execute(query).scalar_one())


def _free_unit(connection: Connection, run_id: int, worker: int) -> AnyRow | None:
    """Find the oldest offered unit of an assignment on which the worker has not worked."""
    return connection.execute(
        select(units.c.id, units.c.assignment_id, assignments.c.data, assignments.c.source_index)
        .join_from(units, assignments)
        .where(
            units.c.task_run_id == run_id,
            units.c.status == UnitStatus.LAUNCHED,
            units.c.kind == UnitKind.STANDARD,
            ~worked_on(worker),
        )
        .order_by(units.c.id)
        .limit(1)
    ).first()


def _advance_frontier(connection: Connection, run_id: int, source_index: int) -> None:
    connection.execute(update(task_runs).where(task_runs.c.id == run_id).values(frontier=source_index))


def worked_on(worker: int) -> Any:
    """Make the condition that a worker has an attempt that counts on the assignment of `units`."""
    return exists().where(
        agents.c.assignment_id == units.c.assignment_id,
        agents.c.worker_id == worker,
        agents.c.unit_id.is_not(None),
        agents.c.status.not_in(WITHOUT_ANSWER),
    )


def _why_none(connection: Connection, terms: Terms, run: AnyRow, worker: int) -> Reason:
    if not run.source_ended:
        return Reason.TRY_AGAIN
    if run.source_position and _done_or_held(connection, terms, worker, terms.run_id) >= run.source_position:
        return Reason.TASK_MAXIMUM
    return Reason.TRY_AGAIN if runs.is_any_open(connection, terms.run_id) else Reason.NOTHING_LEFT


def _take(
    connection: Connection,
    ids: Ids,
    terms: Terms,
    request: Request,
    worker: int,
    unit: AnyRow,
    attempt: int,
    now: int,
) -> Held:
    held = Held(
        agent_id=ids.new(),
        worker_id=worker,
        token=secrets.token_hex(16),
        ticket=secrets.token_hex(8),
        data=unit.data,
        deadline=now + terms.duration,
        fresh=True,
    )
    connection.execute(
        insert(agents).values(
            id=held.agent_id,
            token=held.token,
            ticket=held.ticket,
            task_id=terms.task_id,
            task_run_id=terms.run_id,
            assignment_id=unit.assignment_id,
            unit_id=unit.id,
            worker_id=worker,
            registration=request.registration,
            attempt=attempt,
            browser_key=request.browser_key,
            created_at=now,
            deadline=held.deadline,
        )
    )
    connection.execute(
        update(units)
        .where(units.c.id == unit.id, units.c.status.in_(sources(UNIT, UnitStatus.ASSIGNED)))
        .values(status=UnitStatus.ASSIGNED, agent_id=held.agent_id, worker_id=worker)
    )
    return held
