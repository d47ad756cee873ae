"""Task runs: made, moved from state to state, counted, and found again when their process died."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update

from mephisto.model import agents, processes, requesters, submissions, task_runs, tasks, units
from mephisto.status import (
    DONE_UNITS,
    LIVE_AGENTS,
    OPEN_UNITS,
    RUN,
    UNFINISHED_RUNS,
    AgentStatus,
    RunStatus,
    SubmissionKind,
    UnitKind,
    UnitStatus,
    sources,
)
from mephisto.store.prepared import Prepared
from mephisto.store.rows import AnyRow
from mephisto.store.statements import looked_at, one_of

_IS_ANY_OPEN: Final = exists().where(
    units.c.task_run_id == bindparam("run"),
    one_of(units.c.status, OPEN_UNITS),
    one_of(units.c.kind, [UnitKind.STANDARD]),
)
_ANY_OPEN: Final = Prepared(select(_IS_ANY_OPEN))
# Ids grow with time: the newest are at the end. Without the second condition, a run without any would look at those
# of all others.
_LAST_SUBMISSION: Final = Prepared(
    select(submissions.c.received_at)
    .join(agents, agents.c.id == submissions.c.agent_id)
    .where(looked_at(agents.c.task_run_id) == bindparam("run"), submissions.c.id > bindparam("run"))
    .order_by(submissions.c.id.desc())
    .limit(1)
)
_LAST_CLAIM: Final = Prepared(
    select(agents.c.created_at)
    .where(looked_at(agents.c.task_run_id) == bindparam("run"), agents.c.id > bindparam("run"))
    .order_by(agents.c.id.desc())
    .limit(1)
)
_ADVANCE: Final = Prepared(
    update(task_runs)
    .where(task_runs.c.id == bindparam("run"), task_runs.c.frontier < bindparam("index"))
    .values(frontier=bindparam("index"))
)
_GLANCE: Final = Prepared(
    select(
        task_runs.c.source_position,
        task_runs.c.source_ended,
        _IS_ANY_OPEN.label("is_any_open"),
        exists()
        .where(
            agents.c.task_run_id == bindparam("run"),
            one_of(agents.c.status, LIVE_AGENTS),
            agents.c.deadline < bindparam("now"),
        )
        .label("is_any_overdue"),
    ).where(task_runs.c.id == bindparam("run"))
)


@dataclass(frozen=True)
class Counts:
    """How many units of a run are in which state."""

    created: int = 0
    launched: int = 0
    assigned: int = 0
    done: int = 0
    expired: int = 0

    @property
    def open(self) -> int:
        return self.created + self.launched + self.assigned

    @property
    def total(self) -> int:
        return self.open + self.done + self.expired


def task_id(connection: Connection, new_id: int, name: str, blueprint: str, now: int) -> int:
    """Return the id of the task *name*, making it under *new_id* if there is none."""
    found: int | None = connection.execute(select(tasks.c.id).where(tasks.c.name == name)).scalar()
    if found is not None:
        return found
    connection.execute(insert(tasks).values(id=new_id, name=name, blueprint=blueprint, created_at=now))
    return new_id


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(insert(task_runs).values(row))


def move(connection: Connection, run_id: int, target: RunStatus, **values: Any) -> bool:
    """Bring a run into the state *target*; False if that is not legal from where it is."""
    moved = connection.execute(
        update(task_runs)
        .where(task_runs.c.id == run_id, task_runs.c.status.in_(sources(RUN, target)))
        .values(status=target, **values)
    )
    return moved.rowcount == 1


def is_as_seen(connection: Connection, run: AnyRow) -> bool:
    """Say whether the status of *run*, and the process that works on it, are what they were when it was read."""
    query = select(task_runs.c.id).where(
        task_runs.c.id == run.id,
        task_runs.c.status == run.status,
        task_runs.c.process_id == run.process_id,
    )
    return connection.execute(query).first() is not None


def note_end_reason(connection: Connection, run_id: int, reason: str) -> None:
    """Note why a run offers nothing any more; whoever goes on with it knows by this that units were taken back."""
    connection.execute(update(task_runs).where(task_runs.c.id == run_id).values(end_reason=reason))


def note_deployed(connection: Connection, run_id: int, url: str, state: Mapping[str, Any]) -> None:
    """Note where a run is, and what its architect needs to take it down."""
    connection.execute(
        update(task_runs).where(task_runs.c.id == run_id).values(url=url, deployed=dict(state))
    )


def note_taken_down(connection: Connection, run_id: int, values: Mapping[str, Any]) -> None:
    """Note that nothing of a run is up any more, and how it is launched from now on."""
    connection.execute(
        update(task_runs).where(task_runs.c.id == run_id).values(url="", deployed={}, **values)
    )


def launched(connection: Connection, run_id: int) -> AnyRow:
    """Return a run with its requester's name, and with the process that works, or worked, on it."""
    query = (
        select(
            task_runs,
            requesters.c.name.label("requester"),
            processes.c.host,
            processes.c.number,
            processes.c.started_at,
            processes.c.heartbeat_at,
        )
        .join_from(task_runs, processes)
        .join(requesters, requesters.c.id == task_runs.c.requester_id)
    )
    return connection.execute(query.where(task_runs.c.id == run_id)).one()


def newest(connection: Connection, task_name: str, but: Collection[int] = ()) -> int | None:
    """Return the id of the newest run of a task, *but* for some; None if there is none."""
    query = (
        select(task_runs.c.id)
        .join_from(task_runs, tasks)
        .where(tasks.c.name == task_name, task_runs.c.id.not_in(but))
    )
    newest_first = query.order_by(task_runs.c.created_at.desc(), task_runs.c.id.desc())
    found: int | None = connection.execute(newest_first.limit(1)).scalar()
    return found


def unfinished(connection: Connection, task_name: str | None = None) -> list[AnyRow]:
    """List the runs, of one task if it is named, that have not ended, with the process that works, or worked, on them."""
    query = (
        select(
            task_runs.c.id,
            task_runs.c.status,
            task_runs.c.process_id,
            task_runs.c.created_at,
            processes.c.host,
            processes.c.number,
            processes.c.started_at,
            processes.c.heartbeat_at,
        )
        .join_from(task_runs, processes)
        .join(tasks, tasks.c.id == task_runs.c.task_id)
        .where(task_runs.c.status.in_(UNFINISHED_RUNS))
    )
    if task_name is not None:
        query = query.where(tasks.c.name == task_name)
    return list(connection.execute(query))


def counts(connection: Connection, run_id: int, kinds: Collection[UnitKind] = (UnitKind.STANDARD,)) -> Counts:
    """Count units, by themselves those of the data."""
    query = (
        select(units.c.status, func.count())
        .where(units.c.task_run_id == run_id, units.c.kind.in_(sorted(kinds)))
        .group_by(units.c.status)
    )
    by_status: dict[str, int] = dict(connection.execute(query).all())
    return Counts(
        created=by_status.get(UnitStatus.CREATED, 0),
        launched=by_status.get(UnitStatus.LAUNCHED, 0),
        assigned=by_status.get(UnitStatus.ASSIGNED, 0),
        done=sum(by_status.get(status, 0) for status in DONE_UNITS),
        expired=by_status.get(UnitStatus.EXPIRED, 0),
    )


def answers(connection: Connection, run_id: int) -> int:
    """Count the answers that a run has received."""
    query = (
        select(func.count())
        .select_from(submissions)
        .join(agents, agents.c.id == submissions.c.agent_id)
        .where(
            agents.c.task_run_id == run_id,
            agents.c.unit_id.is_not(None),
            submissions.c.kind == SubmissionKind.ANSWER,
        )
    )
    return int(connection.execute(query).scalar_one())


def progress(connection: Connection, run_id: int) -> AnyRow:
    """Return status, source_position, frontier and source_ended of a run."""
    query = select(
        task_runs.c.status, task_runs.c.source_position, task_runs.c.frontier, task_runs.c.source_ended
    ).where(task_runs.c.id == run_id)
    return connection.execute(query).one()


def advance(connection: Connection, run_id: int, source_index: int) -> None:
    """Note that a row of data need not be waited for any more: somebody works on it, or nobody shall."""
    _ADVANCE.change(connection, {"run": run_id, "index": source_index})


def unconfirmed(connection: Connection, run_id: int, since: int, until: int) -> int:
    """Count the receipts of answers received from *since* to *until* that their pages have not confirmed."""
    query = (
        select(func.count())
        .select_from(submissions)
        .join(agents, agents.c.id == submissions.c.agent_id)
        .where(
            looked_at(agents.c.task_run_id) == run_id,
            submissions.c.received_at.between(since, until),
            submissions.c.confirmed_at.is_(None),
            submissions.c.kind != SubmissionKind.DUPLICATE,  # its page is given the first receipt
            agents.c.unit_id.is_not(None),  # what an onboarding gets is its reply
        )
    )
    return int(connection.execute(query).scalar_one())


def last_submission(connection: Connection, run_id: int) -> int | None:
    """Return when the newest submission of a run came in."""
    found: int | None = _LAST_SUBMISSION.scalar(connection, {"run": run_id})
    return found


def last_moved(connection: Connection, run_id: int) -> int | None:
    """Return when an answer of a run came in last, or a unit was given out; None if neither ever was."""
    claimed: int | None = _LAST_CLAIM.scalar(connection, {"run": run_id})
    return max(filter(None, (claimed, last_submission(connection, run_id))), default=None)


def is_any_open(connection: Connection, run_id: int) -> bool:
    """Say whether a run has units of its data that are not done and not taken back."""
    return bool(_ANY_OPEN.scalar(connection, {"run": run_id}))


def glance(connection: Connection, run_id: int, now: int) -> AnyRow:
    """Return what tells whether a run goes on, in one look.

    That is source_position and source_ended, is_any_open (of its units) and is_any_overdue (of its live attempts).
    """
    seen: AnyRow = _GLANCE.first(connection, {"run": run_id, "now": now})
    return seen


def at_work(connection: Connection, run_id: int) -> int:
    """Count the live attempts of a run."""
    query = (
        select(func.count())
        .select_from(agents)
        .where(
            agents.c.task_run_id == run_id,
            one_of(agents.c.status, LIVE_AGENTS),  # as the index says it
            agents.c.status == AgentStatus.IN_TASK,
        )
    )
    return int(connection.execute(query).scalar_one())
