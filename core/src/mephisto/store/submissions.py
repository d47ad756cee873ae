"""What becomes of an answer. It is acknowledged only after its commit, has exactly one effect, and is never dropped."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from mephisto.errors import StoreError
from mephisto.model import agents, submissions, units, uploads
from mephisto.status import (
    AGENT,
    UNIT,
    AgentStatus,
    SubmissionKind,
    UnitStatus,
    sources,
)
from mephisto.store import claims, events, json_text, offering, onboarding
from mephisto.store.admission import Terms
from mephisto.store.ids import Ids
from mephisto.store.prepared import Prepared
from mephisto.store.rows import AnyRow
from mephisto.store.statements import one_of

# Crockford's base 32: no letter that could be taken for a digit; 10 of them are 50 bits.
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECEIPT_LENGTH: Final = 10

_ANY: Final = submissions.alias()
_FIRST_ID: Final = (
    select(func.min(_ANY.c.id)).where(_ANY.c.agent_id == agents.c.id).correlate(agents).scalar_subquery()
)
_AGENT: Final = Prepared(
    select(
        agents,
        submissions.c.submission_id.label("first_id"),
        submissions.c.digest.label("first_digest"),
        submissions.c.receipt_code.label("first_receipt"),
        exists()
        .where(units.c.task_run_id == agents.c.task_run_id, one_of(units.c.status, [UnitStatus.CREATED]))
        .correlate(agents)
        .label("is_any_waiting"),
    )
    .join_from(agents, submissions, submissions.c.id == _FIRST_ID, isouter=True)
    .where(agents.c.token == bindparam("token"))
)
_COMPLETE_AGENT: Final = Prepared(
    update(agents)
    .where(
        agents.c.id == bindparam("agent"),
        one_of(agents.c.status, sources(AGENT, AgentStatus.COMPLETED)),
    )
    .values(status=AgentStatus.COMPLETED, ended_at=bindparam("now"))
)
_COMPLETE_UNIT: Final = Prepared(
    update(units)
    .where(units.c.id == bindparam("unit"), one_of(units.c.status, sources(UNIT, UnitStatus.COMPLETED)))
    .values(status=UnitStatus.COMPLETED)
)
_ADD: Final = Prepared(insert(submissions))
_CONFIRM: Final = Prepared(
    update(submissions)
    .where(
        submissions.c.agent_id
        == select(agents.c.id).where(agents.c.token == bindparam("token")).scalar_subquery(),
        submissions.c.receipt_code == bindparam("code"),
    )
    .values(confirmed_at=bindparam("now"))
)


@dataclass(frozen=True)
class Incoming:
    """An answer as it arrived. `submission_id` is empty for clients that send none."""

    token: str
    submission_id: str
    data: Mapping[str, Any]
    digest: str
    upload_ids: Sequence[int] = ()


@dataclass(frozen=True)
class Receipt:
    """What the page is told. `conflict`: an answer of another identity came first.

    `unused` are the paths of files that came once more with an answer that had come before; their rows are gone.
    """

    code: str
    run_id: int
    duplicate: bool = False
    conflict: bool = False
    unused: Sequence[str] = ()


class UploadsGone(StoreError):
    """The files of an answer are not there any more, so that it has to be sent once more."""


def accept(connection: Connection, ids: Ids, terms: Terms, incoming: Incoming, now: int) -> Receipt | None:
    """Take in an answer; None if nobody has this token.

    Raises `UploadsGone` if files that came with it were dropped meanwhile, since the run ended.
    """
    agent = _AGENT.first(connection, {"token": incoming.token})
    if agent is None:
        return None
    _see_that_all_are_there(connection, agent.id, incoming.upload_ids)
    if agent.first_receipt is not None:
        return _repeated(connection, ids, agent, incoming, now)
    is_onboarding = agent.unit_id is None
    counts = is_onboarding or _complete(connection, terms, agent, now)
    if is_onboarding:
        onboarding.keep_waiting(connection, agent.id)
    kind = SubmissionKind.ANSWER if counts else SubmissionKind.LATE
    code = _add(connection, ids, agent.id, incoming.submission_id, kind, incoming, now)
    # A page that outlived its run may find another one at the same address: the answer is kept all the same.
    is_mine = agent.task_run_id == terms.run_id
    if counts and not is_onboarding and terms.heard and is_mine:
        events.add(connection, ids, agent, now)
    if counts and not is_onboarding and terms.window and is_mine and agent.is_any_waiting:
        offering.open_window(connection, agent.task_run_id, terms.window)
    return Receipt(code, agent.task_run_id)


def hand_in(connection: Connection, ids: Ids, terms: Terms, incoming: Incoming, now: int) -> Receipt | None:
    """Do what `accept` does with an answer that no page sent: nobody has to be waited for who gets its receipt."""
    receipt = accept(connection, ids, terms, incoming, now)
    if receipt is not None and not receipt.duplicate:
        confirm(connection, incoming.token, receipt.code, now)
    return receipt


def confirm(connection: Connection, token: str, code: str, now: int) -> bool:
    """Note that a page has its receipt; False if there is none like it."""
    return _CONFIRM.change(connection, {"token": token, "code": code, "now": now}) == 1


def _repeated(connection: Connection, ids: Ids, agent: AnyRow, incoming: Incoming, now: int) -> Receipt:
    conflict = bool(incoming.submission_id) and incoming.submission_id != agent.first_id
    unused: Sequence[str] = ()
    is_known = True
    if conflict or (not incoming.submission_id and incoming.digest != agent.first_digest):
        identity = incoming.submission_id or f"differing {incoming.digest}"
        known = select(submissions.c.id).where(
            submissions.c.agent_id == agent.id, submissions.c.submission_id == identity
        )
        is_known = connection.execute(known).first() is not None
        if not is_known:
            _add(connection, ids, agent.id, identity, SubmissionKind.DUPLICATE, incoming, now)
    if is_known and incoming.upload_ids:
        unused = discard(connection, incoming.upload_ids)
    return Receipt(agent.first_receipt, agent.task_run_id, duplicate=True, conflict=conflict, unused=unused)


def _complete(connection: Connection, terms: Terms, agent: AnyRow, now: int) -> bool:
    """Let the answer count: at once for a live attempt, for an ended one if its unit can be taken again."""
    if agent.status != AgentStatus.IN_TASK and not (
        agent.task_run_id == terms.run_id and claims.retake(connection, terms, agent)
    ):
        return False
    _COMPLETE_AGENT.change(connection, {"agent": agent.id, "now": now})
    _COMPLETE_UNIT.change(connection, {"unit": agent.unit_id})
    return True


def _see_that_all_are_there(connection: Connection, agent_id: int, upload_ids: Sequence[int]) -> None:
    if not upload_ids:
        return
    query = (
        select(func.count())
        .select_from(uploads)
        .where(uploads.c.id.in_(upload_ids), uploads.c.agent_id == agent_id)
    )
    if connection.execute(query).scalar_one() != len(upload_ids):
        raise UploadsGone("The files of an answer are not there any more.")


def discard(connection: Connection, upload_ids: Sequence[int]) -> Sequence[str]:
    """Forget uploads that no answer came for; return the paths of their files, which may go after the commit."""
    gone = (
        delete(uploads)
        .where(uploads.c.id.in_(upload_ids), uploads.c.submission_id.is_(None))
        .returning(uploads.c.path)
    )
    return connection.execute(gone).scalars().all()


def drop_unused(connection: Connection, run_id: int) -> Sequence[str]:
    """Forget all uploads of a run that no answer came for, as `discard` does."""
    mine = select(agents.c.id).where(agents.c.task_run_id == run_id)
    gone = (
        delete(uploads)
        .where(uploads.c.submission_id.is_(None), uploads.c.agent_id.in_(mine))
        .returning(uploads.c.path)
    )
    return connection.execute(gone).scalars().all()


def paths(connection: Connection, run_id: int) -> set[str]:
    """List where the files of a run are."""
    mine = select(uploads.c.path).join_from(uploads, agents).where(agents.c.task_run_id == run_id)
    return set(connection.execute(mine).scalars())


def _add(
    connection: Connection,
    ids: Ids,
    agent_id: int,
    identity: str,
    kind: SubmissionKind,
    incoming: Incoming,
    now: int,
) -> str:
    submission, code = ids.new(), _receipt_code()
    row = {
        "id": submission,
        "agent_id": agent_id,
        "submission_id": identity,
        "kind": kind,
        "receipt_code": code,
        "data": dict(incoming.data),
        "digest": incoming.digest,
        "received_at": now,
    }
    _ADD.change(connection, row)
    if incoming.upload_ids:
        connection.execute(
            update(uploads)
            .where(uploads.c.agent_id == agent_id, uploads.c.id.in_(incoming.upload_ids))
            .values(submission_id=submission)
        )
    return code


def _receipt_code() -> str:
    # There are 32 letters, so that five bits of a random byte choose among them evenly.
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in secrets.token_bytes(_RECEIPT_LENGTH))


def digest(data: Mapping[str, Any], files: Sequence[str]) -> str:
    """Return what two bodies have in common exactly if they say the same: answer, and the files' SHA-256 in order."""
    return json_text.digest([_comparable(data), list(files)])


def _comparable(value: Any) -> Any:
    """Leave out what differs between two sendings of the same answer: when, and the dates of empty files."""
    if not isinstance(value, Mapping):
        return [_comparable(inner) for inner in value] if isinstance(value, list) else value
    empty_file = "lastModified" in value and not value.get("name")
    return {
        key: _comparable(inner)
        for key, inner in value.items()
        if key != "client_timestamp" and not (empty_file and key == "lastModified")
    }
