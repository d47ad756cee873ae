"""What there is to review: attempts that brought something, found by filters and read page by page."""

from dataclasses import dataclass, replace
from typing import Any, Final, Self

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    case,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
)

from mephisto.data_model.base import as_id
from mephisto.model import agents, assignments, drafts, submissions, task_runs, units, workers
from mephisto.status import ANSWERED_AGENTS, AgentStatus, SubmissionKind
from mephisto.store import json_text
from mephisto.store.rows import AnyRow

PAGE: Final = 50

#: What an attempt is beside the statuses of answers that count.
LATE: Final = "late"
PARTIAL: Final = "partial"

_FIRST: Final = (SubmissionKind.ANSWER, SubmissionKind.LATE)
STATE: Final = case(
    (agents.c.status.in_(sorted(ANSWERED_AGENTS)), agents.c.status),
    (submissions.c.id.is_not(None), LATE),
    else_=PARTIAL,
)
_PLACE: Final = (agents.c.task_run_id, agents.c.assignment_id, agents.c.id)
_SOURCE: Final = (
    agents.join(workers, workers.c.id == agents.c.worker_id)
    .join(assignments, assignments.c.id == agents.c.assignment_id)
    .outerjoin(units, units.c.id == agents.c.unit_id)
    .outerjoin(submissions, and_(submissions.c.agent_id == agents.c.id, submissions.c.kind.in_(_FIRST)))
    .outerjoin(drafts, and_(drafts.c.agent_id == agents.c.id, drafts.c.partial_at.is_not(None)))
)
_BROUGHT: Final = or_(submissions.c.id.is_not(None), drafts.c.id.is_not(None))


@dataclass(frozen=True)
class Filters:
    """Which attempts are wanted; what is empty is not asked for. `worker` and `text` are parts of what is found."""

    state: str = ""
    run: str = ""
    worker: str = ""
    text: str = ""

    @property
    def any_state(self) -> Self:
        return replace(self, state="")

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.state:
            found.append(STATE.in_([self.state]))
        if self.run:
            found.append(agents.c.task_run_id == as_id(self.run))
        if self.worker:
            found.append(workers.c.name.icontains(self.worker, autoescape=True))
        if self.text:
            found.append(
                or_(*(_holds(table.c.data, self.text) for table in (submissions, drafts, assignments)))
            )
        return found


def page_of(connection: Connection, task_id: int, filters: Filters, **place: str) -> dict[str, Any]:
    """Return a page of attempts, in the order of their runs and assignments, and whether there are others around it.

    The *place* is `after` or `before` an attempt, or `start`, which begins with one; without, it is the first page.
    """
    backwards = "before" in place
    query = _attempts(task_id, filters).limit(PAGE + 1)
    at = _at(connection, next(iter(place.values()), ""))
    if at is not None:
        beyond = {
            "after": tuple_(*_PLACE) > at,
            "before": tuple_(*_PLACE) < at,
            "start": tuple_(*_PLACE) >= at,
        }
        query = query.where(beyond[next(iter(place))])
    query = query.order_by(*(column.desc() if backwards else column for column in _PLACE))
    found = list(connection.execute(query))
    more, found = len(found) > PAGE, found[:PAGE]
    if backwards:
        found.reverse()
    return {
        "items": [item(row) for row in found],
        "more_before": more if backwards else at is not None,
        "more_after": at is not None if backwards else more,
    }


def counts(connection: Connection, task_id: int, filters: Filters) -> dict[str, int]:
    """Count the attempts by what they are, whatever state the filters name."""
    state = STATE.label("state")
    query = _where(select(state, func.count()), task_id, filters.any_state).group_by(state)
    return {row[0]: row[1] for row in connection.execute(query)}


def undecided_of(connection: Connection, task_id: int, worker_id: int, filters: Filters) -> list[int]:
    """List the attempts of a worker about whose answers nothing is decided, of those that the filters find."""
    query = _where(select(agents.c.id), task_id, filters).where(
        agents.c.worker_id == worker_id,
        agents.c.status == AgentStatus.COMPLETED,
        agents.c.unit_id.is_not(None),
    )
    return list(connection.execute(query.order_by(*_PLACE)).scalars())


def item(row: AnyRow) -> dict[str, Any]:
    """Describe an attempt as the list shows it; it is about no row if its unit's kind is not standard."""
    return {
        "agent": str(row.id),
        "row": row_number(row),
        "kind": row.kind,
        "worker": row.worker,
        "state": row.state,
    }


def row_number(row: AnyRow) -> int | None:
    """Return which row of the data an attempt is about, counted from 1; None for none."""
    return None if row.source_index is None else row.source_index + 1


def _attempts(task_id: int, filters: Filters) -> Select[Any]:
    columns = (
        agents.c.id,
        assignments.c.source_index,
        units.c.kind,
        workers.c.name.label("worker"),
        STATE.label("state"),
    )
    return _where(select(*columns), task_id, filters)


def _where(query: Select[Any], task_id: int, filters: Filters) -> Select[Any]:
    # The runs' index finds them; there is none that begins with the task.
    of_task = select(task_runs.c.id).where(task_runs.c.task_id == task_id)
    return query.select_from(_SOURCE).where(
        agents.c.task_run_id.in_(of_task), _BROUGHT, *filters.conditions()
    )


def _at(connection: Connection, agent_id: str) -> AnyRow | None:
    return connection.execute(select(*_PLACE).where(agents.c.id == as_id(agent_id))).first()


def _holds(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    # As the text stands in the stored JSON.
    return type_coerce(column, Text).icontains(json_text.encode(text)[1:-1], autoescape=True)
