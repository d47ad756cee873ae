"""Reading what came in from end to end, however much it is: one statement, one batch in memory at a time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Text, literal_column, select, type_coerce

from mephisto.model import (
    agents,
    assignments,
    decisions,
    drafts,
    submissions,
    task_runs,
    tasks,
    units,
    uploads,
    workers,
)
from mephisto.status import ANSWERED_AGENTS, AgentStatus, DecisionKind, SubmissionKind
from mephisto.store.drafts import IS_PARTIAL
from mephisto.store.rows import AnyRow

BATCH: Final = 2_000
PARTIAL: Final = "partial"
#: What can be selected: what was decided about an answer, or what became of what came in.
ANSWERS: Final = (
    AgentStatus.COMPLETED,
    AgentStatus.APPROVED,
    AgentStatus.REJECTED,
    AgentStatus.SOFT_REJECTED,
)
OTHERS: Final = (SubmissionKind.LATE, SubmissionKind.DUPLICATE, PARTIAL)

_ABOUT: Final = (
    agents.c.id.label("agent_id"),
    agents.c.task_run_id.label("run_id"),
    agents.c.assignment_id,
    agents.c.unit_id,
    agents.c.status,
    agents.c.created_at.label("started_at"),
    workers.c.provider,
    workers.c.name.label("worker"),
    units.c.kind.label("unit_kind"),
    units.c.pay_cents,
    # As text: what is not needed is not decoded.
    type_coerce(assignments.c.data, Text).label("inputs"),
)


@dataclass(frozen=True)
class Batch:
    """Rows with agent_id, run_id, …, inputs and outputs as JSON text; files by submission, reasons by agent."""

    rows: Sequence[AnyRow]
    files: Mapping[int, list[AnyRow]]
    reasons: Mapping[int, str]


def run_ids(connection: Connection, task: str) -> list[int]:
    """List the runs of a task, the oldest first."""
    query = select(task_runs.c.id).join_from(task_runs, tasks).where(tasks.c.name == task)
    return list(connection.execute(query.order_by(task_runs.c.id)).scalars())


@contextmanager
def at_one_moment(connection: Connection) -> Iterator[None]:
    """Let all that is read meanwhile be as it is now, whatever is written beside."""
    connection.exec_driver_sql("BEGIN")
    try:
        yield
    finally:
        connection.exec_driver_sql("ROLLBACK")


def batches(connection: Connection, runs: Sequence[int], selected: Sequence[str]) -> Iterator[Batch]:
    """Yield what these runs received, attempt by attempt as they began; *selected* are names of ANSWERS and OTHERS.

    What is partial comes last.
    """
    queries = []
    if any(name != PARTIAL for name in selected):
        queries.append(_submitted(runs, selected))
    if PARTIAL in selected:
        queries.append(_partial(runs))
    for query in queries:
        result = connection.execution_options(yield_per=BATCH).execute(query)
        for rows in result.partitions():
            yield Batch(rows, _files(connection, rows), _reasons(connection, rows))


def _submitted(runs: Sequence[int], selected: Sequence[str]) -> Select[Any]:
    answers = [name for name in selected if name in ANSWERED_AGENTS]
    others = [name for name in selected if name in {SubmissionKind.LATE, SubmissionKind.DUPLICATE}]
    kind = submissions.c.kind
    wanted = ((kind == SubmissionKind.ANSWER) & agents.c.status.in_(answers)) | kind.in_(others)
    return (
        select(
            *_ABOUT,
            submissions.c.id.label("submission_id"),
            submissions.c.kind,
            submissions.c.receipt_code,
            submissions.c.received_at,
            type_coerce(submissions.c.data, Text).label("outputs"),
        )
        .join_from(agents, workers)
        .join(units, units.c.id == agents.c.unit_id)
        .join(assignments, assignments.c.id == agents.c.assignment_id)
        .join(submissions, submissions.c.agent_id == agents.c.id)
        .where(_is_of(runs), wanted)
        .order_by(agents.c.id, submissions.c.id)
    )


def _partial(runs: Sequence[int]) -> Select[Any]:
    return (
        select(
            *_ABOUT,
            literal_column("NULL").label("submission_id"),
            literal_column(f"'{PARTIAL}'").label("kind"),
            literal_column("''").label("receipt_code"),
            drafts.c.saved_at.label("received_at"),
            type_coerce(drafts.c.data, Text).label("outputs"),
        )
        .join_from(agents, workers)
        .join(units, units.c.id == agents.c.unit_id)
        .join(assignments, assignments.c.id == agents.c.assignment_id)
        .join(drafts, drafts.c.agent_id == agents.c.id)
        .where(_is_of(runs), IS_PARTIAL)
        .order_by(agents.c.id)
    )


def _is_of(runs: Sequence[int]) -> ColumnElement[bool]:
    # The sign keeps SQLite from an index by run, after which it would sort all rows with all that is in them.
    return literal_column("+agent.task_run_id").in_(list(runs))


def _files(connection: Connection, rows: Sequence[AnyRow]) -> dict[int, list[AnyRow]]:
    found: dict[int, list[AnyRow]] = {}
    # A batch is a stretch of attempts, which is quicker to name than each of them.
    of_batch = uploads.c.agent_id.between(rows[0].agent_id, rows[-1].agent_id)
    query = select(uploads).where(of_batch, uploads.c.submission_id.is_not(None)).order_by(uploads.c.id)
    for row in connection.execute(query):
        found.setdefault(row.submission_id, []).append(row)
    return found


def _reasons(connection: Connection, rows: Sequence[AnyRow]) -> dict[int, str]:
    of_batch = decisions.c.agent_id.between(rows[0].agent_id, rows[-1].agent_id)
    query = (
        select(decisions.c.agent_id, decisions.c.reason)
        .where(of_batch, decisions.c.kind == DecisionKind.WORK)
        .order_by(decisions.c.id)
    )
    return dict(connection.execute(query).all())
