"""Taking in what agents hand in: files, answers, and that their receipts arrived."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection, bindparam, insert, select

from mephisto.model import agents, uploads
from mephisto.operations.desk.replies import PATIENCE_SECONDS, error, plain
from mephisto.operations.listening import Listening
from mephisto.operations.uploads import UploadFolder
from mephisto.store import Lane, Store, claims, json_text, submissions
from mephisto.store.admission import Terms
from mephisto.store.prepared import Prepared
from mephisto.store.rows import AnyRow
from mephisto.web.line import Reply

_AGENT: Final = Prepared(
    select(agents.c.id, agents.c.task_run_id, agents.c.worker_id).where(agents.c.token == bindparam("token"))
)


@dataclass(frozen=True)
class TakingIn:
    """The half of a run's desk to which agents bring things."""

    store: Store
    terms: Terms
    changed: Callable[[], None]
    listening: Listening | None

    def upload(self, token: str, data: Mapping[str, Any], stream: BinaryIO) -> Reply:
        """Take in one file of an agent, before the answer that names it."""
        agent = self.agent(token)
        if agent is None:
            return error(404, "Nobody here has this token.")
        # One that has handed in may do so once more, when the reply was lost: `submit` tells the two apart.
        upload_id, folder = self.store.ids.new(), UploadFolder(self.store)
        stored = folder.store(stream, agent.task_run_id, agent.id, upload_id)
        row = {
            "id": upload_id,
            "agent_id": agent.id,
            "field": plain(data["field"]),
            "name": plain(data["name"]),
            "content_type": plain(data["content_type"]),
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

    def submit(self, token: str, data: Mapping[str, Any]) -> Reply:
        """Take in an answer, and give its receipt."""
        answer = data.get("final_data")
        upload_ids = [int(upload_id) for upload_id in data.get("uploads") or ()]
        wrong = json_text.why_no_object(answer, "The answer")
        if wrong or not isinstance(answer, Mapping):
            self._discard(upload_ids)
            return error(400, wrong)

        incoming = submissions.Incoming(
            token=token,
            submission_id=str(data.get("submission_id") or ""),
            data=answer,
            digest=submissions.digest(answer, self._hashes(upload_ids)),
            upload_ids=upload_ids,
        )

        def job(connection: Connection) -> submissions.Receipt | None:
            return submissions.accept(connection, self.store.ids, self.terms, incoming, self.store.now())

        # Sent again, the same answer has the same effect: nobody has to wait for ever.
        receipt = self.store.write(job, Lane.SUBMIT, PATIENCE_SECONDS)
        self.changed()
        if self.listening:
            self.listening.look()
        if receipt is None:
            return error(404, "Nobody here has this token.")
        if receipt.unused:
            UploadFolder(self.store).remove(receipt.unused)
        body = {"receipt": receipt.code, "duplicate": receipt.duplicate}
        if receipt.conflict:
            return Reply({"error": "Another answer to this task was saved first.", **body}, status=409)
        return Reply({"status": "Submitted!", **body})

    def confirm(self, token: str, data: Mapping[str, Any]) -> Reply:
        """Note that a page has its receipt, and say whether its worker may go on."""
        code, now = str(data.get("receipt") or ""), self.store.now()
        if not self.store.write(lambda connection: submissions.confirm(connection, token, code, now)):
            return error(404, "There is no such receipt.")
        with self.store.read() as connection:
            agent = _AGENT.first(connection, {"token": token})
            may_go_on = claims.may_go_on(connection, self.terms, agent.worker_id)
        self.changed()
        return Reply({"status": "Confirmed", "may_go_on": may_go_on})

    def agent(self, token: str) -> AnyRow | None:
        """Return id, run and worker of the agent with this token."""
        with self.store.read() as connection:
            agent: AnyRow | None = _AGENT.first(connection, {"token": token})
        return agent

    def discard(self, token: str, data: Mapping[str, Any]) -> Reply:
        """Forget the files of a request that broke before it brought its answer."""
        if self.agent(token) is None:
            return error(404, "Nobody here has this token.")
        self._discard([int(upload_id) for upload_id in data.get("uploads") or ()])
        return Reply({"status": "Forgotten"})

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
