"""What there is: runs, tasks and accounts, as lists for people."""

from collections.abc import Sequence

from sqlalchemy import Connection, Select, Text, case, cast, func, select

from mephisto.model import processes, requesters, task_runs, tasks, units
from mephisto.status import DONE_UNITS, UnitKind
from mephisto.store.rows import AnyRow

_DONE = func.sum(case((units.c.status.in_(DONE_UNITS), 1), else_=0))


def run_rows(connection: Connection, task: str | None = None, last: int | None = None) -> list[AnyRow]:
    """List runs, the newest first: all, those of *task*, or the *last* few, each with its process."""
    query = _runs().order_by(task_runs.c.created_at.desc(), task_runs.c.id.desc())
    if task is not None:
        query = query.where(tasks.c.name == task)
    return list(connection.execute(query if last is None else query.limit(last)))


def find_runs(connection: Connection, word: str) -> list[AnyRow]:
    """List the runs whose id is *word*, or begins with it; or, for "latest", the newest one."""
    if word == "latest":
        return run_rows(connection, last=1)
    if not (word.isascii() and word.isdigit()):
        return []
    found = list(connection.execute(_runs().where(cast(task_runs.c.id, Text).startswith(word))))
    return [run for run in found if str(run.id) == word] or found


def unit_counts(connection: Connection, run_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Map each of *run_ids* that has units to how many are done, and how many there are."""
    query = (
        select(units.c.task_run_id, _DONE, func.count())
        .where(units.c.task_run_id.in_(run_ids), units.c.kind == UnitKind.STANDARD)
        .group_by(units.c.task_run_id)
    )
    return {run_id: (done, total) for run_id, done, total in connection.execute(query)}


def task_rows(connection: Connection) -> list[AnyRow]:
    """List tasks by name, each with the number of its runs, when the newest began, and its done and all units."""
    counted = (
        select(task_runs.c.task_id, _DONE.label("done"), func.count().label("total"))
        .join_from(units, task_runs)
        .where(units.c.kind == UnitKind.STANDARD)
        .group_by(task_runs.c.task_id)
        .subquery()
    )
    query = (
        select(
            tasks.c.id,
            tasks.c.name,
            tasks.c.blueprint,
            func.count(task_runs.c.id).label("runs"),
            func.max(task_runs.c.created_at).label("last_run"),
            func.coalesce(counted.c.done, 0).label("done"),
            func.coalesce(counted.c.total, 0).label("total"),
        )
        .join_from(tasks, task_runs, isouter=True)
        .join(counted, counted.c.task_id == tasks.c.id, isouter=True)
        .group_by(tasks.c.id)
        .order_by(tasks.c.name)
    )
    return list(connection.execute(query))


def task_names(connection: Connection) -> list[str]:
    return list(connection.execute(select(tasks.c.name).order_by(tasks.c.name)).scalars())


def requester_rows(connection: Connection) -> list[AnyRow]:
    """List accounts, by provider and age."""
    return list(
        connection.execute(select(requesters).order_by(requesters.c.provider, requesters.c.created_at))
    )


def _runs() -> Select[tuple[object, ...]]:
    return (
        select(
            task_runs.c.id,
            tasks.c.name.label("task"),
            task_runs.c.status,
            task_runs.c.end_reason,
            task_runs.c.url,
            task_runs.c.created_at,
            task_runs.c.ended_at,
            task_runs.c.source_ended,
            requesters.c.name.label("requester"),
            task_runs.c.blueprint,
            task_runs.c.architect,
            task_runs.c.provider,
            task_runs.c.script,
            task_runs.c.arguments,
            processes.c.host,
            processes.c.number,
            processes.c.started_at,
            processes.c.heartbeat_at,
        )
        .join_from(task_runs, tasks)
        .join(requesters, requesters.c.id == task_runs.c.requester_id)
        .join(processes, processes.c.id == task_runs.c.process_id)
    )
