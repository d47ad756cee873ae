"""How a run stands, read from rows: by the process that works on it, or by any other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from mephisto.instants import SECOND
from mephisto.model import agents, refusals, submissions, task_runs, units
from mephisto.status import ANSWERED_AGENTS, EXTRA_UNITS, AgentStatus, SubmissionKind, UnitKind
from mephisto.store import reserving, runs
from mephisto.store.ids import Ids

#: The stretch of time over which the rate is taken.
RATE_SECONDS: Final = 300
#: The youngest run of which a rate says anything.
LEAST_SECONDS: Final = 60


@dataclass(frozen=True)
class Progress:
    """One look at a run. Instants are UTC microseconds.

    `per_hour` is the rate of answers over the last 5 minutes, 0 in the first one, and counts those to units of the data.
    `refusals` counts workers by reason, `recent_refusals` those of the last 10 minutes. `next_deadline` is the
    earliest one of those at work; `left` counts units on which nobody works, of rows that have been read; `free` those of them that are offered;
    `reserved` those of them that a script keeps from everybody; `taken_back` those that nobody will do, since the run closes. All these are units of the data; `extra_done` and
    `extra_at_work` count screening or gold units.
    """

    status: str
    done: int
    at_work: int
    left: int
    taken_back: int
    free: int
    workers: int
    per_hour: float
    refusals: Mapping[str, int]
    recent_refusals: Mapping[str, int]
    source_ended: bool
    created_at: int
    last_claim: int | None
    last_answer: int | None
    next_deadline: int | None
    extra_done: int = 0
    extra_at_work: int = 0
    reserved: int = 0

    @property
    def total(self) -> int:
        return self.done + self.at_work + self.left

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the present rate; None while nobody knows."""
        if not self.per_hour or not self.source_ended:
            return None
        return (self.at_work + self.left) / self.per_hour * 3600


def look(connection: Connection, run_id: int, now: int) -> Progress:
    """Read how a run stands."""
    run = connection.execute(
        select(task_runs.c.status, task_runs.c.source_ended, task_runs.c.created_at).where(
            task_runs.c.id == run_id
        )
    ).one()
    counts, extra = runs.counts(connection, run_id), runs.counts(connection, run_id, EXTRA_UNITS)
    mine = agents.c.task_run_id == run_id
    people = connection.execute(
        select(func.count(agents.c.worker_id.distinct()), func.max(agents.c.created_at)).where(mine)
    ).one()
    is_standard = (units.c.id == agents.c.unit_id, units.c.kind == UnitKind.STANDARD)
    at_work = (mine, agents.c.status == AgentStatus.IN_TASK, *is_standard)
    return Progress(
        status=run.status,
        done=counts.done,
        at_work=counts.assigned,
        left=counts.created + counts.launched,
        taken_back=counts.expired,
        free=counts.launched,
        workers=people[0],
        per_hour=_per_hour(connection, run_id, run.created_at, now),
        refusals=_refused(connection, run_id, since=0),
        recent_refusals=_refused(connection, run_id, since=now - 600 * SECOND),
        source_ended=run.source_ended,
        created_at=run.created_at,
        last_claim=people[1],
        last_answer=runs.last_submission(connection, run_id),
        next_deadline=connection.execute(select(func.min(agents.c.deadline)).where(*at_work)).scalar(),
        extra_done=extra.done,
        extra_at_work=extra.assigned,
        reserved=reserving.count(connection, run_id) if counts.created else 0,
    )


def _per_hour(connection: Connection, run_id: int, created_at: int, now: int) -> float:
    stretch = min(now - created_at, RATE_SECONDS * SECOND)
    if stretch < LEAST_SECONDS * SECOND:
        return 0.0
    query = (
        select(func.count())
        .select_from(submissions)
        .join(agents, agents.c.id == submissions.c.agent_id)
        .join(units, units.c.id == agents.c.unit_id)
        .where(
            agents.c.task_run_id == run_id,
            agents.c.status.in_(ANSWERED_AGENTS),
            units.c.kind == UnitKind.STANDARD,
            submissions.c.kind == SubmissionKind.ANSWER,
            submissions.c.received_at > now - stretch,
        )
    )
    return float(connection.execute(query).scalar_one() * 3600 * SECOND / stretch)


def _refused(connection: Connection, run_id: int, since: int) -> dict[str, int]:
    query = (
        select(refusals.c.reason, func.count())
        .where(refusals.c.task_run_id == run_id, refusals.c.last_at >= since)
        .group_by(refusals.c.reason)
        .order_by(func.count().desc())
    )
    return dict(connection.execute(query).all())


def note_refusals(
    connection: Connection, ids: Ids, run_id: int, times: Mapping[tuple[str, str], int], now: int
) -> None:
    """Add refusals, counted by (reason, worker)."""
    for (reason, worker), number in times.items():
        row = insert(refusals).values(
            id=ids.new(),
            task_run_id=run_id,
            reason=reason,
            worker=worker,
            times=number,
            first_at=now,
            last_at=now,
        )
        connection.execute(
            row.on_conflict_do_update(
                index_elements=[refusals.c.task_run_id, refusals.c.reason, refusals.c.worker],
                set_={"times": refusals.c.times + number, "last_at": now},
            )
        )
