"""Who gets which unit. One function, one order of locks: the worker, the run, the unit."""

import secrets
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from mephisto.model import agents, assignments, submissions, task_runs, units
from mephisto.refusals import Reason
from mephisto.status import (
    ANSWERED_AGENTS,
    ONBOARDING_AGENTS,
    UNIT,
    WITHOUT_ANSWER,
    AgentStatus,
    UnitKind,
    UnitStatus,
    sources,
)
from mephisto.store import extras, onboarding, people, runs
from mephisto.store.admission import Terms, done_or_held, first_refusal
from mephisto.store.attempts import Held, Refused, Request, Welcome
from mephisto.store.ids import Ids
from mephisto.store.prepared import Prepared
from mephisto.store.rows import AnyRow
from mephisto.store.statements import none_of, one_of

_LATEST_ATTEMPT: Final = Prepared(
    select(agents)
    .where(agents.c.task_run_id == bindparam("run"), agents.c.registration == bindparam("place"))
    .order_by(agents.c.attempt.desc())
    .limit(1)
)
#: The worker has an attempt that counts on the assignment of `units`; said as its unique index says it.
_WORKED_ON: Final = exists().where(
    agents.c.assignment_id == units.c.assignment_id,
    agents.c.worker_id == bindparam("worker"),
    agents.c.unit_id.is_not(None),
    none_of(agents.c.status, WITHOUT_ANSWER),
)
#: The units of the run "run" that the worker "worker" may choose from.
OFFERED: Final = (
    units.c.task_run_id == bindparam("run"),
    one_of(units.c.status, [UnitStatus.LAUNCHED]),
    one_of(units.c.kind, [UnitKind.STANDARD]),
    ~_WORKED_ON,
)
_CANDIDATES: Final = Prepared(
    select(
        units.c.id,
        units.c.assignment_id,
        assignments.c.data,
        assignments.c.source_index,
        task_runs.c.source_ended,
    )
    .join_from(units, assignments)
    .join(task_runs, task_runs.c.id == bindparam("run"))
    .where(*OFFERED, units.c.id > bindparam("after"))
    .order_by(units.c.id)
    .limit(bindparam("most"))
)
_ADD_AGENT: Final = Prepared(insert(agents))
_TO_ASSIGNED: Final = (
    update(units)
    .where(units.c.id == bindparam("unit"), one_of(units.c.status, sources(UNIT, UnitStatus.ASSIGNED)))
    .values(status=UnitStatus.ASSIGNED, agent_id=bindparam("agent"), worker_id=bindparam("worker"))
)
_ASSIGN: Final = Prepared(_TO_ASSIGNED)
_ASSIGN_AGAIN: Final = Prepared(_TO_ASSIGNED.where(~_WORKED_ON))
_OFFER_AGAIN: Final = Prepared(
    update(units)
    .where(
        units.c.id == bindparam("unit"),
        one_of(units.c.status, [UnitStatus.CREATED]),
        units.c.reserved_at.is_(None),
        ~_WORKED_ON,
    )
    .values(status=UnitStatus.LAUNCHED)
)


def claim(
    connection: Connection, ids: Ids, terms: Terms, request: Request, now: int, unit_id: int | None = None
) -> Held | Refused:
    """Give the worker the unit they hold, a free one, or the reason why not; only *unit_id* if it is named."""
    welcome = welcomed(connection, ids, terms, request, now)
    if not isinstance(welcome, Welcome):
        return welcome
    unit = next(iter(candidates(connection, terms.run_id, welcome.worker_id, unit_id=unit_id)), None)
    if unit is None:
        return Refused(why_none(connection, terms, welcome.worker_id), welcome.worker_id)
    held = _take(connection, ids, terms, request, welcome, unit, now)
    if not unit.source_ended:
        runs.advance(connection, terms.run_id, unit.source_index)
    return held


def claim_extra(
    connection: Connection, ids: Ids, terms: Terms, request: Request, new: extras.NewExtra, now: int
) -> Held | Refused:
    """Give the worker a unit beside those of the data, or the reason why not.

    One whose data was made for nobody yet is made of *new*; the data that is held is then that of *new* itself.
    """
    welcome = welcomed(connection, ids, terms, request, now)
    if not isinstance(welcome, Welcome):
        return welcome
    if not candidates(connection, terms.run_id, welcome.worker_id):
        return Refused(why_none(connection, terms, welcome.worker_id), welcome.worker_id)
    unit = extras.free(connection, ids, terms, new)
    if unit is None:
        return Refused(Reason.NO_EXTRA_LEFT, welcome.worker_id)
    return _take(connection, ids, terms, request, welcome, unit, now)


def welcomed(
    connection: Connection, ids: Ids, terms: Terms, request: Request, now: int
) -> Welcome | Held | Refused:
    """Say whether a worker may have a unit now, without taking one: what they hold already, or why not."""
    worker = people.worker_id(connection, ids.new(), terms.provider, request.worker_name, now)
    latest = _latest_attempt(connection, terms.run_id, request.registration)
    settled = None if latest is None else _settled(connection, latest, worker, request)
    if settled is not None:
        return settled
    reason = first_refusal(connection, terms, worker)
    if reason is not None:
        return Refused(reason, worker)
    welcome = Welcome(worker, attempt=1 if latest is None else latest.attempt + 1)
    if onboarding.is_due(connection, terms, worker):
        if not candidates(connection, terms.run_id, worker):
            return Refused(why_none(connection, terms, worker), worker)
        return onboarding.offer(connection, ids, terms, request, welcome, now)
    return welcome


def _latest_attempt(connection: Connection, run_id: int, registration: str) -> AnyRow | None:
    latest: AnyRow | None = _LATEST_ATTEMPT.first(connection, {"run": run_id, "place": registration})
    return latest


def _settled(connection: Connection, latest: AnyRow, worker: int, request: Request) -> Held | Refused | None:
    """Say what a registration that is known already gets; None if it may have another attempt."""
    if latest.worker_id != worker:
        return Refused(Reason.OPEN_ELSEWHERE)
    if latest.unit_id is None and latest.status not in ONBOARDING_AGENTS:
        return None
    if latest.status in ONBOARDING_AGENTS | {AgentStatus.IN_TASK}:
        if not _is_proved(latest, request):
            return Refused(Reason.OPEN_ELSEWHERE, worker)
        data = connection.execute(
            select(assignments.c.data).where(assignments.c.id == latest.assignment_id)
        ).scalar()
        return Held(
            agent_id=latest.id,
            worker_id=worker,
            token=latest.token,
            ticket=latest.ticket,
            data=data or {},
            deadline=latest.deadline,
            fresh=False,
            is_onboarding=latest.unit_id is None,
            is_handed_in=latest.status == AgentStatus.WAITING,
        )
    receipt = connection.execute(
        select(submissions.c.receipt_code)
        .where(submissions.c.agent_id == latest.id)
        .order_by(submissions.c.id)
        .limit(1)
    ).scalar()
    shown = receipt if _is_proved(latest, request) else None
    if latest.status in ANSWERED_AGENTS:
        return Refused(Reason.FINISHED, worker, shown)
    return None if request.again else Refused(Reason.ATTEMPT_ENDED, worker, shown)


def _is_proved(latest: AnyRow, request: Request) -> bool:
    """Say whether who asks is the one who began: by the provider's word, or by the browser's key."""
    return request.trusted or bool(latest.browser_key and latest.browser_key == request.browser_key)


def candidates(
    connection: Connection,
    run_id: int,
    worker: int,
    *,
    unit_id: int | None = None,
    after: int = 0,
    most: int = 1,
) -> Sequence[AnyRow]:
    """List offered units, oldest first, of assignments on which the worker has not worked.

    Each has id, assignment_id, data, source_index and the run's source_ended; *after* is a unit's id.
    """
    if unit_id is not None:
        after, most = unit_id - 1, 1
    asked = {"run": run_id, "worker": worker, "after": after, "most": most}
    found = _CANDIDATES.all(connection, asked)
    return [unit for unit in found if unit_id in (None, unit.id)]


def retake(connection: Connection, terms: Terms, agent: AnyRow) -> bool:
    """Give an attempt that ended without an answer its unit back, if it is free and the rules let the worker in."""
    if agent.status not in WITHOUT_ANSWER or first_refusal(connection, terms, agent.worker_id):
        return False
    if not extras.may_count(connection, terms, agent.unit_id):
        return False
    # One that was reserved meanwhile, and given back, may wait for its turn: it is free all the same.
    _OFFER_AGAIN.change(connection, {"unit": agent.unit_id, "worker": agent.worker_id})
    retaken = _ASSIGN_AGAIN.change(
        connection, {"unit": agent.unit_id, "agent": agent.id, "worker": agent.worker_id}
    )
    return retaken == 1


def may_go_on(connection: Connection, terms: Terms, worker: int) -> bool:
    """Say whether there may be another unit for a worker, now or a little later."""
    reason = first_refusal(connection, terms, worker)
    if reason is None and not candidates(connection, terms.run_id, worker):
        reason = why_none(connection, terms, worker)
    return reason in {None, Reason.TRY_AGAIN, Reason.CONCURRENT_MAXIMUM}


def why_none(connection: Connection, terms: Terms, worker: int) -> Reason:
    """Say why there is no unit for a worker whom the rules let in."""
    run = runs.progress(connection, terms.run_id)
    if not run.source_ended:
        return Reason.TRY_AGAIN
    if run.source_position and done_or_held(connection, terms, worker) >= run.source_position:
        return Reason.TASK_MAXIMUM
    return Reason.TRY_AGAIN if runs.is_any_open(connection, terms.run_id) else Reason.NOTHING_LEFT


def _take(
    connection: Connection,
    ids: Ids,
    terms: Terms,
    request: Request,
    welcome: Welcome,
    unit: AnyRow | extras.Extra,
    now: int,
) -> Held:
    secret = secrets.token_hex(24)
    held = Held(
        agent_id=ids.new(),
        worker_id=welcome.worker_id,
        token=secret[:32],
        ticket=secret[32:],
        data=unit.data,
        deadline=now + terms.duration,
        fresh=True,
    )
    row = {
        "id": held.agent_id,
        "token": held.token,
        "ticket": held.ticket,
        "task_id": terms.task_id,
        "task_run_id": terms.run_id,
        "assignment_id": unit.assignment_id,
        "unit_id": unit.id,
        "worker_id": welcome.worker_id,
        "registration": request.registration,
        "attempt": welcome.attempt,
        "browser_key": request.browser_key,
        "created_at": now,
        "deadline": held.deadline,
    }
    _ADD_AGENT.change(connection, row)
    _ASSIGN.change(connection, {"unit": unit.id, "agent": held.agent_id, "worker": welcome.worker_id})
    return held
