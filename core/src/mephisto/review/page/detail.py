"""One attempt as a reviewer sees it: what was given, what came in, what was decided, and who else did the same."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from mephisto.model import agents, assignments, decisions, drafts, submissions, units, uploads, workers
from mephisto.review.page import files, listing, provider_actions
from mephisto.status import SubmissionKind
from mephisto.store import live_updates
from mephisto.store.rows import AnyRow

#: How many attempts at the same assignment are shown beside one, itself included.
MOST_BESIDE: Final = 6

_FIRST: Final = (SubmissionKind.ANSWER, SubmissionKind.LATE)
_ATTEMPTS: Final = select(
    agents.c.id,
    agents.c.unit_id,
    agents.c.assignment_id,
    agents.c.task_run_id,
    agents.c.worker_id,
    workers.c.name.label("worker"),
    agents.c.status,
    listing.STATE.label("state"),
    agents.c.created_at,
    assignments.c.source_index,
    units.c.kind,
    submissions.c.id.label("submission_id"),
    submissions.c.data.label("answer"),
    submissions.c.received_at,
    drafts.c.data.label("draft"),
    drafts.c.saved_at,
).select_from(
    agents.join(workers, workers.c.id == agents.c.worker_id)
    .join(units, units.c.id == agents.c.unit_id)
    .join(assignments, assignments.c.id == agents.c.assignment_id)
    .outerjoin(submissions, and_(submissions.c.agent_id == agents.c.id, submissions.c.kind.in_(_FIRST)))
    .outerjoin(drafts, and_(drafts.c.agent_id == agents.c.id, drafts.c.partial_at.is_not(None)))
)
_BROUGHT: Final = or_(submissions.c.id.is_not(None), drafts.c.id.is_not(None))


def detail(
    connection: Connection, task_id: int, agent_id: int, address: Callable[[AnyRow], str | None]
) -> dict[str, Any] | None:
    """Describe an attempt of the task, and those at the same assignment; None if there is none that brought anything.

    *address* gives where an attempt's page can be seen.
    """
    query = _ATTEMPTS.where(agents.c.id == agent_id, agents.c.task_id == task_id, _BROUGHT)
    chosen = connection.execute(query).first()
    if chosen is None:
        return None
    same = [units.c.assignment_id == chosen.assignment_id, agents.c.id != agent_id, _BROUGHT]
    beside = list(connection.execute(_ATTEMPTS.where(*same).order_by(agents.c.id).limit(MOST_BESIDE - 1)))
    others = len(beside)
    if others == MOST_BESIDE - 1:
        counted = select(func.count()).select_from(_ATTEMPTS.where(*same).subquery())
        others = connection.execute(counted).scalar_one()
    rows = sorted([chosen, *beside], key=lambda row: row.id)
    inputs = select(assignments.c.data).where(assignments.c.id == chosen.assignment_id)
    return {
        "agent": str(agent_id),
        "run": str(chosen.task_run_id),
        "row": listing.row_number(chosen),
        "kind": chosen.kind,
        "inputs": connection.execute(inputs).scalar_one(),
        "attempts": _described(connection, rows, task_id, address),
        "more_beside": others - len(beside),
    }


def _described(
    connection: Connection, rows: Sequence[AnyRow], task_id: int, address: Callable[[AnyRow], str | None]
) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    more = _grouped(
        connection,
        submissions,
        [submissions.c.agent_id.in_(ids), submissions.c.kind.not_in(_FIRST)],
        "agent_id",
    )
    sent = _grouped(
        connection,
        uploads,
        [uploads.c.agent_id.in_(ids), uploads.c.submission_id.is_not(None)],
        "submission_id",
    )
    said = live_updates.of_agents(connection, ids)
    decided = _grouped(connection, decisions, [decisions.c.agent_id.in_(ids)], "agent_id")
    asked = provider_actions.of_attempts(connection, ids)
    standing = _standings(connection, task_id, {row.worker_id for row in rows})
    return [
        {
            **listing.item(row),
            "status": row.status,
            "worker_id": str(row.worker_id),
            "worker_counts": standing[row.worker_id],
            "began": row.created_at // 1000,
            "ended": (row.received_at or row.saved_at) // 1000,
            "answer": row.draft if row.answer is None else row.answer,
            "files": files.described(sent[row.submission_id]),
            "differing": [
                {
                    "received": other.received_at // 1000,
                    "answer": other.data,
                    "files": files.described(sent[other.id]),
                }
                for other in more[row.id]
            ],
            "live_updates": [
                {"from_worker": each.from_worker, "data": each.data} for each in said.get(row.id, [])
            ],
            "decisions": [_decision(decision) for decision in decided[row.id]],
            "provider": asked[row.id],
            "page": address(row),
        }
        for row in rows
    ]


def _decision(row: AnyRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "kind": row.kind,
        "status": row.status,
        "before": row.before,
        "cents": row.cents,
        "reviewer": row.reviewer,
        "reason": row.reason,
        "taken_back": row.undoes is not None,
        "at": row.created_at // 1000,
    }


def _grouped(
    connection: Connection, table: Any, conditions: Iterable[ColumnElement[bool]], key: str
) -> defaultdict[int | None, list[AnyRow]]:
    found: defaultdict[int | None, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(select(table).where(*conditions).order_by(table.c.id)):
        found[getattr(row, key)].append(row)
    return found


def _standings(
    connection: Connection, task_id: int, worker_ids: set[int]
) -> defaultdict[int, dict[str, int]]:
    query = (
        select(agents.c.worker_id, agents.c.status, func.count())
        .where(agents.c.worker_id.in_(worker_ids), agents.c.task_id == task_id, agents.c.unit_id.is_not(None))
        .group_by(agents.c.worker_id, agents.c.status)
    )
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for worker_id, status, number in connection.execute(query):
        found[worker_id][status] = number
    return found
