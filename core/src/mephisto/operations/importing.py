"""Taking in an answer that came as a file: the same way as one that its page sends late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, BinaryIO

from sqlalchemy import select

from mephisto.errors import MephistoError, NotFound
from mephisto.model import agents, processes, submissions, task_runs
from mephisto.operations.desk.taking_in import TakingIn
from mephisto.status import UNFINISHED_RUNS
from mephisto.store import Store
from mephisto.store.admission import Terms, terms_of
from mephisto.store.processes import is_alive
from mephisto.store.rows import AnyRow


@dataclass(frozen=True)
class Taken:
    """What became of it. `kind` is a `SubmissionKind`; `is_repeated`: the same was taken in before."""

    run_id: int
    agent_id: int
    receipt: str
    kind: str
    is_repeated: bool


def take_in(
    store: Store,
    token: str,
    submission_id: str,
    answer: Mapping[str, Any],
    files: Iterable[tuple[Mapping[str, str], BinaryIO]],
) -> Taken:
    """Take in the answer of the agent with *token*; *files* are their field, name and content_type, and content.

    Raises `NotFound` if nobody has this token, and `MephistoError` with the reason if it cannot be stored.
    """
    run = _run_of(store, token)
    if run is None:
        raise NotFound(
            f"This answer belongs to no run in {store.path}.",
            "Nobody here has the token that it names.",
            "Choose the data directory of the run that it was given in: MEPHISTO_DATA_DIR=PATH.",
        )
    taking_in = TakingIn(store, _terms(run, store.now()), changed=_nothing, listening=None)
    uploads = [str(taking_in.upload(token, data, content).body["upload_id"]) for data, content in files]
    reply = taking_in.submit(
        token, {"final_data": answer, "submission_id": submission_id, "uploads": uploads}
    )
    if reply.status not in {HTTPStatus.OK, HTTPStatus.CONFLICT}:
        raise MephistoError("This answer cannot be stored.", str(reply.body.get("error")))
    # No page waits for this receipt, so the run must not wait for the page.
    taking_in.confirm(token, {"receipt": reply.body["receipt"]})
    kept = select(submissions.c.kind).where(
        submissions.c.agent_id == run.agent_id, submissions.c.submission_id == submission_id
    )
    with store.read() as connection:
        kind = connection.execute(kept).scalar_one()
    is_repeated = reply.body["duplicate"] and reply.status == HTTPStatus.OK
    return Taken(run.id, run.agent_id, reply.body["receipt"], kind, is_repeated)


def _run_of(store: Store, token: str) -> AnyRow | None:
    query = (
        select(
            agents.c.id.label("agent_id"),
            task_runs.c.id,
            task_runs.c.task_id,
            task_runs.c.provider,
            task_runs.c.status,
            task_runs.c.config,
            processes.c.host,
            processes.c.number,
            processes.c.started_at,
            processes.c.heartbeat_at,
        )
        .join_from(agents, task_runs, agents.c.task_run_id == task_runs.c.id)
        .join(processes, processes.c.id == task_runs.c.process_id)
        .where(agents.c.token == token)
    )
    with store.read() as connection:
        return connection.execute(query).first()


def _terms(run: AnyRow, now: int) -> Terms:
    # A process that works on the run tells its script; nobody else could.
    return terms_of(run, heard=run.status in UNFINISHED_RUNS and is_alive(run, now))


def _nothing() -> None:
    return None
