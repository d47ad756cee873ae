"""Taking in an answer that came as a file: the same way as one that its page sends late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, BinaryIO

from sqlalchemy import select

from mephisto.errors import MephistoError, NotFound
from mephisto.model import agents, submissions
from mephisto.operations.desk.taking_in import TakingIn
from mephisto.store import Store
from mephisto.store.admission import Terms, stored_terms
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
    agent = _agent_of(store, token)
    if agent is None:
        raise NotFound(
            f"This answer belongs to no run in {store.path}.",
            "Nobody here has the token that it names.",
            "Choose the data directory of the run that it was given in: MEPHISTO_DATA_DIR=PATH.",
        )
    taking_in = TakingIn(store, _terms(store, agent.task_run_id), changed=_nothing, listening=None)
    uploads = [str(taking_in.upload(token, data, content).body["upload_id"]) for data, content in files]
    reply = taking_in.submit(
        token, {"final_data": answer, "submission_id": submission_id, "uploads": uploads}
    )
    if reply.status not in {HTTPStatus.OK, HTTPStatus.CONFLICT}:
        raise MephistoError("This answer cannot be stored.", str(reply.body.get("error")))
    # No page waits for this receipt, so the run must not wait for the page.
    taking_in.confirm(token, {"receipt": reply.body["receipt"]})
    kept = select(submissions.c.kind).where(
        submissions.c.agent_id == agent.id, submissions.c.submission_id == submission_id
    )
    with store.read() as connection:
        kind = connection.execute(kept).scalar_one()
    is_repeated = reply.body["duplicate"] and reply.status == HTTPStatus.OK
    return Taken(agent.task_run_id, agent.id, reply.body["receipt"], kind, is_repeated)


def _agent_of(store: Store, token: str) -> AnyRow | None:
    query = select(agents.c.id, agents.c.task_run_id).where(agents.c.token == token)
    with store.read() as connection:
        return connection.execute(query).first()


def _terms(store: Store, run_id: int) -> Terms:
    with store.read() as connection:
        return stored_terms(connection, run_id)


def _nothing() -> None:
    return None
