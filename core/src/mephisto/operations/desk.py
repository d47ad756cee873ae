"""The desk: answers workers' pages for one run. What it acknowledges is committed."""

import logging
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import DBAPIError

from mephisto.config import ProviderArgs
from mephisto.effects import Pages, Refuse
from mephisto.model import agents, assignments, uploads, workers
from mephisto.operations.choosing import Choosing
from mephisto.operations.listening import Listening
from mephisto.operations.tally import Tally
from mephisto.operations.uploads import NotSaved, UploadFolder
from mephisto.plugins import Use
from mephisto.refusals import SENTENCES, Reason
from mephisto.status import AgentStatus
from mephisto.store import Lane, Store, StoreBusy, attempts, claims, json_text, submissions
from mephisto.store.admission import Terms
from mephisto.store.rows import AnyRow
from mephisto.web.line import Packet, Reply

logger = logging.getLogger(__name__)

#: After how long a page tries again when the disk does not take what it sent.
RETRY_SECONDS: Final = 10
#: How much is kept of the names that a browser gives to a field and a file.
MOST_CHARACTERS: Final = 1_000

# Asked by every page, and so made once.
_AGENT: Final = select(agents.c.id, agents.c.task_run_id).where(agents.c.token == bindparam("token"))
_PAGE: Final = (
    select(agents.c.id, agents.c.status, assignments.c.data, workers.c.name)
    .join_from(agents, assignments)
    .join(workers, workers.c.id == agents.c.worker_id)
    .where(agents.c.ticket == bindparam("ticket"), agents.c.task_run_id == bindparam("run"))
)


@dataclass(frozen=True)
class RunDesk:
    """Implements `mephisto.web.line.Desk`. `changed` is called after whatever the clock should look at."""

    store: Store
    use: Use
    provider: ProviderArgs
    terms: Terms
    pages: Pages
    tally: Tally
    changed: Callable[[], None]
    choosing: Choosing | None = None
    listening: Listening | None = None

    def handle(self, packet: Packet) -> Reply:
        handlers: Mapping[str, Callable[[str, Mapping[str, Any]], Reply]] = {
            "register_agent": self._register_agent,
            "page": self._page,
            "submit_unit": self._submit_unit,
            "confirm_receipt": self._confirm_receipt,
            "log_error": self._log_error,
        }
        handler = handlers.get(packet["packet_type"])
        if handler is None:
            return _error(400, f"There is no packet type {packet['packet_type']!r}.")
        return _answered(lambda: handler(packet["subject_id"], packet["data"]))

    def upload(self, packet: Packet, stream: BinaryIO) -> Reply:
        return _answered(lambda: self._upload(packet["subject_id"], packet["data"], stream))

    def _upload(self, token: str, data: Mapping[str, Any], stream: BinaryIO) -> Reply:
        agent = self._agent(token)
        if agent is None:
            return _error(404, "Nobody here has this token.")
        # One that has handed in may do so once more, when the reply was lost: `_submit_unit` tells the two apart.
        upload_id, folder = self.store.ids.new(), UploadFolder(self.store)
        stored = folder.store(stream, agent.task_run_id, agent.id, upload_id)
        row = {
            "id": upload_id,
            "agent_id": agent.id,
            "field": _plain(data["field"]),
            "name": _plain(data["name"]),
            "content_type": _plain(data["content_type"]),
            "size": stored.size,
            "sha256": stored.sha256,
            "path": stored.path,
            "received_at": self.store.now(),
        }
        try:
            self.store.write(lambda connection: connection.execute(insert(uploads).values(row)), Lane.SUBMIT)
        except BaseException:
            folder.remove([stored.path])
            raise
        return Reply({"upload_id": str(upload_id)})

    def _register_agent(self, request_id: str, data: Mapping[str, Any]) -> Reply:
        identity = self.use.ask(
            self.use.hooks.provider_identify, config=self.provider, data=data.get("provider_data") or {}
        )
        if isinstance(identity, Refuse):
            return Reply(_details(request_id, failure_reason=identity.reason))
        self.tally.note_request()
        request = attempts.Request(
            identity.worker_name,
            identity.registration,
            identity.trusted,
            browser_key=_plain(data.get("browser_key") or ""),
            again=data.get("again") is True,
        )

        if self.listening:
            self.listening.wait_for(request.worker_name)
        outcome = self.choosing.claim(request) if self.choosing else self._claim(request)
        if isinstance(outcome, attempts.Refused):
            self.tally.note_refusal(outcome.reason, identity.worker_name)
            logger.info("No unit for worker %s: %s.", identity.worker_name, outcome.reason)
            return Reply(_refusal(request_id, outcome))
        if outcome.fresh:
            self.changed()
        return Reply(
            _details(
                request_id,
                worker_id=str(outcome.worker_id),
                agent_id=outcome.token,
                init_task_data={**outcome.data, "html": self.pages.task},
                page=f"/page-{outcome.ticket}.html",
                deadline=outcome.deadline,
            )
        )

    def _claim(self, request: attempts.Request) -> attempts.Held | attempts.Refused:
        def job(connection: Connection) -> attempts.Held | attempts.Refused:
            return claims.claim(connection, self.store.ids, self.terms, request, self.store.now())

        return self.store.write(job, Lane.CLAIM)

    def _page(self, ticket: str, _: Mapping[str, Any]) -> Reply:
        asked = {"ticket": ticket, "run": self.terms.run_id}
        with self.store.read() as connection:
            agent = connection.execute(_PAGE, asked).first()
        if agent is None or agent.status != AgentStatus.IN_TASK:
            return _error(404, "This page is not open any more.")
        values = {**agent.data, "mephisto_agent_id": str(agent.id), "provider_worker_id": agent.name}
        return Reply({"values": values, "page": "task"})

    def _submit_unit(self, token: str, data: Mapping[str, Any]) -> Reply:
        answer = data.get("final_data")
        upload_ids = [int(upload_id) for upload_id in data.get("uploads") or ()]
        wrong = _why_not_stored(answer)
        if wrong or not isinstance(answer, Mapping):
            self._discard(upload_ids)
            return _error(400, wrong)

        incoming = submissions.Incoming(
            token=token,
            submission_id=str(data.get("submission_id") or ""),
            data=answer,
            digest=submissions.digest(answer, self._hashes(upload_ids)),
            upload_ids=upload_ids,
        )

        def job(connection: Connection) -> submissions.Receipt | None:
            return submissions.accept(connection, self.store.ids, self.terms, incoming, self.store.now())

        receipt = self.store.write(job, Lane.SUBMIT)
        self.changed()
        if self.listening:
            self.listening.look()
        if receipt is None:
            return _error(404, "Nobody here has this token.")
        UploadFolder(self.store).remove(receipt.unused)
        body = {"receipt": receipt.code, "duplicate": receipt.duplicate}
        if receipt.conflict:
            return Reply({"error": "Another answer to this task was saved first.", **body}, status=409)
        return Reply({"status": "Submitted!", **body})

    def _confirm_receipt(self, token: str, data: Mapping[str, Any]) -> Reply:
        code, now = str(data.get("receipt") or ""), self.store.now()
        if not self.store.write(lambda connection: submissions.confirm(connection, token, code, now)):
            return _error(404, "There is no such receipt.")
        self.changed()
        return Reply({"status": "Confirmed"})

    def _log_error(self, token: str, data: Mapping[str, Any]) -> Reply:
        agent = self._agent(token)
        if agent is not None:
            # What a page says about itself may hold its token, which belongs in no log.
            data = json_text.decode(json_text.canonical(dict(data)).replace(token, "[agent's token]"))
        self.tally.note_error(agent.id if agent else None, data)
        return Reply({"status": "Error log sent!"})

    def _agent(self, token: str) -> AnyRow | None:
        with self.store.read() as connection:
            return connection.execute(_AGENT, {"token": token}).first()

    def _discard(self, upload_ids: list[int]) -> None:
        if upload_ids:
            unused = self.store.write(lambda connection: submissions.discard(connection, upload_ids))
            UploadFolder(self.store).remove(unused)

    def _hashes(self, upload_ids: list[int]) -> list[str]:
        if not upload_ids:
            return []
        with self.store.read() as connection:
            found = connection.execute(
                select(uploads.c.id, uploads.c.sha256).where(uploads.c.id.in_(upload_ids))
            )
            by_id: dict[int, str] = dict(found.all())
        return [by_id[upload_id] for upload_id in upload_ids if upload_id in by_id]


def _refusal(request_id: str, refused: attempts.Refused) -> dict[str, Any]:
    return _details(
        request_id,
        worker_id=None if refused.worker_id is None else str(refused.worker_id),
        failure_reason=SENTENCES[refused.reason],
        refusal=refused.reason,
        receipt=refused.receipt,
        may_try_again=refused.reason in {Reason.TRY_AGAIN, Reason.CONCURRENT_MAXIMUM, Reason.NOT_CHOSEN},
        may_start_again=refused.reason is Reason.ATTEMPT_ENDED,
    )


def _details(request_id: str, **known: Any) -> dict[str, Any]:
    """Make the data of an `agent_details` packet; clients rely on each of these keys."""
    empty = dict.fromkeys(("worker_id", "agent_id", "init_task_data", "failure_reason"))
    return {"request_id": request_id, **empty, **known}


def _plain(text: Any) -> str:
    """Return what every database can store of a text that a browser made up."""
    return str(text)[:MOST_CHARACTERS].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _why_not_stored(answer: Any) -> str:
    if not isinstance(answer, Mapping):
        return "The answer must be a JSON object."
    try:
        json_text.encode(answer)
    except (ValueError, RecursionError) as error:
        return str(error)
    return ""


def _answered(ask: Callable[[], Reply]) -> Reply:
    """Ask; what the disk or the database does not take now is asked for again by the page, which keeps it."""
    try:
        return ask()
    except UnicodeEncodeError:
        return _error(400, "There are characters in this request that cannot be stored.")
    except StoreBusy:
        return Reply({"error": "Many answers are being saved just now."}, status=503, retry_after=1)
    except (NotSaved, submissions.UploadsGone) as error:
        logger.error("%s\nThe page was told to send it again.", error)
    except (sqlite3.Error, DBAPIError) as error:
        logger.error("The database did not take a write; the page was told to send it again.", exc_info=error)
    return Reply({"error": "This cannot be saved just now."}, status=503, retry_after=RETRY_SECONDS)


def _error(status: int, sentence: str) -> Reply:
    return Reply({"error": sentence}, status=status)
