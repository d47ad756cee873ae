"""What agents handed in, read for one agent or for many: their answers, with the files that came with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import JSON, Connection, case, func, select, type_coerce

from mephisto.data_model import file_names
from mephisto.data_model.base import Database, seconds
from mephisto.model import agents, assignments, submissions, task_runs, uploads, workers
from mephisto.status import SubmissionKind
from mephisto.store import drafts, live_updates
from mephisto.store.rows import AnyRow

#: What follows an agent's first submission is a duplicate of it, or is kept beside it.
_FIRST: Final = (SubmissionKind.ANSWER, SubmissionKind.LATE)
_ROWS: Final = (
    select(
        agents.c.id,
        agents.c.unit_id,
        agents.c.assignment_id,
        agents.c.worker_id,
        workers.c.name.label("worker_name"),
        agents.c.status,
        agents.c.created_at,
        agents.c.ended_at,
        agents.c.notes,
        type_coerce(
            func.coalesce(
                assignments.c.data, case((agents.c.unit_id.is_(None), task_runs.c.onboarding_data))
            ),
            JSON,
        ).label("inputs"),
        submissions.c.id.label("submission_id"),
        submissions.c.data.label("outputs"),
        submissions.c.received_at,
        live_updates.EXIST.label("has_talked"),
    )
    .join_from(agents, workers)
    .join(task_runs, task_runs.c.id == agents.c.task_run_id)
    .outerjoin(assignments, assignments.c.id == agents.c.assignment_id)
    .outerjoin(submissions, (submissions.c.agent_id == agents.c.id) & submissions.c.kind.in_(_FIRST))
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An agent's work: what it was given, and what it handed in, None as long as that is nothing.

    `partial` is what stood in the page when the time ran out before anything was handed in; `live_updates` is what the
    page and scripts said to each other.
    """

    agent_id: str
    unit_id: str | None
    assignment_id: str | None
    worker_id: str
    worker_name: str
    status: str
    inputs: dict[str, Any] | None
    outputs: dict[str, Any] | None
    partial: dict[str, Any] | None
    task_start: float
    task_end: float | None
    notes: dict[str, Any]
    live_updates: list[dict[str, Any]]

    @property
    def data(self) -> dict[str, Any]:
        partial = {} if self.partial is None else {"partial": self.partial}
        said = {"live_updates": self.live_updates} if self.live_updates else {}
        return {"inputs": self.inputs, "outputs": self.outputs, **partial, **said}


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file of an answer, the name it has in the agent's folder, and where it is stored, below the data directory."""

    name: str
    path: str
    about: AnyRow


def attempts(db: Database, agent_ids: Iterable[int]) -> dict[int, Attempt]:
    """Return what these agents did, by agent id, in two queries; in more if some have handed in nothing, or talked."""
    with db.store.read() as connection:
        rows = connection.execute(_ROWS.where(agents.c.id.in_(list(agent_ids)))).all()
        files = _files(connection, [row.submission_id for row in rows if row.submission_id is not None])
        without = [row.id for row in rows if row.submission_id is None]
        partial = drafts.of_agents(connection, without) if without else {}
        talked = [row.id for row in rows if row.has_talked]
        said = live_updates.of_agents(connection, talked) if talked else {}
    return {
        row.id: _attempt(db, row, files.get(row.submission_id, []), partial.get(row.id), said.get(row.id, []))
        for row in rows
    }


def files_of(db: Database, agent_id: int) -> list[NamedFile]:
    """List the files that came with an agent's answer."""
    query = select(submissions.c.id).where(submissions.c.agent_id == agent_id, submissions.c.kind.in_(_FIRST))
    with db.store.read() as connection:
        found = _files(connection, connection.execute(query).scalars().all())
    return [file for files in found.values() for file in files]


def _files(connection: Connection, submission_ids: Iterable[int]) -> dict[int, list[NamedFile]]:
    wanted = list(submission_ids)
    if not wanted:
        return {}
    query = select(uploads).where(uploads.c.submission_id.in_(wanted)).order_by(uploads.c.id)
    by_submission: dict[int, list[AnyRow]] = {}
    for row in connection.execute(query):
        by_submission.setdefault(row.submission_id, []).append(row)
    return {submission_id: _named(rows) for submission_id, rows in by_submission.items()}


def _named(rows: list[AnyRow]) -> list[NamedFile]:
    names = file_names.distinct(row.name for row in rows)
    return [NamedFile(name, row.path, row) for name, row in zip(names, rows, strict=True)]


def _attempt(
    db: Database,
    row: AnyRow,
    files: list[NamedFile],
    partial: dict[str, Any] | None,
    said: list[AnyRow],
) -> Attempt:
    outputs = row.outputs
    if outputs is not None and (files or row.unit_id is not None):
        about = {"files": [file.name for file in files], "filesByFields": _by_field(db, files)}
        # Where no files came, a field of such a name is the answer's own.
        outputs = {**outputs, **about} if files else {**about, **outputs}
    ended = row.ended_at if row.received_at is None else row.received_at
    return Attempt(
        agent_id=str(row.id),
        unit_id=None if row.unit_id is None else str(row.unit_id),
        assignment_id=None if row.assignment_id is None else str(row.assignment_id),
        worker_id=str(row.worker_id),
        worker_name=row.worker_name,
        status=row.status,
        inputs=row.inputs,
        outputs=outputs,
        partial=partial,
        task_start=seconds(row.created_at),
        task_end=None if ended is None else seconds(ended),
        notes=row.notes or {},
        live_updates=[
            {"from_worker": each.from_worker, "sent_at": seconds(each.sent_at), "data": each.data}
            for each in said
        ],
    )


def _by_field(db: Database, files: list[NamedFile]) -> dict[str, list[dict[str, Any]]]:
    by_field: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        by_field.setdefault(file.about.field, []).append(
            {
                "fieldname": file.about.field,
                "originalname": file.about.name,
                "filename": file.name,
                "mimetype": file.about.content_type,
                "size": file.about.size,
                "path": str(db.store.directory / file.path),
            }
        )
    return by_field
