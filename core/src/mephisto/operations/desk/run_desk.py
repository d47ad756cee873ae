"""The desk of one run: which part of it answers which packet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO

from mephisto.operations.desk.replies import answered, error
from mephisto.operations.desk.standing import Standing
from mephisto.operations.desk.taking_in import TakingIn
from mephisto.operations.desk.talking import Talking
from mephisto.operations.desk.welcoming import Welcoming
from mephisto.operations.desk.worker_pages import WorkerPages
from mephisto.operations.tally import Tally
from mephisto.store import json_text
from mephisto.store.onboarding import TOKEN_PREFIX
from mephisto.web.line import Packet, Reply


@dataclass(frozen=True)
class RunDesk:
    """Implements `mephisto.web.line.Desk`."""

    welcoming: Welcoming
    worker_pages: WorkerPages
    taking_in: TakingIn
    talking: Talking
    standing: Standing
    tally: Tally

    @cached_property
    def _handlers(self) -> Mapping[str, Callable[[str, Mapping[str, Any]], Reply]]:
        return {
            "register_agent": self.welcoming.register,
            "page": self.worker_pages.page,
            "submit_unit": self._submit,
            "submit_onboarding": self._submit_onboarding,
            "keep_draft": self.standing.look,
            "live_updates": self.talking.exchange,
            "confirm_receipt": self.taking_in.confirm,
            "discard_uploads": self.taking_in.discard,
            "log_error": self._log_error,
        }

    def handle(self, packet: Packet) -> Reply:
        handler = self._handlers.get(packet["packet_type"])
        if handler is None:
            return error(400, f"There is no packet type {packet['packet_type']!r}.")
        return answered(lambda: handler(packet["subject_id"], packet["data"]))

    def upload(self, packet: Packet, stream: BinaryIO) -> Reply:
        return answered(lambda: self.taking_in.upload(packet["subject_id"], packet["data"], stream))

    def _submit(self, token: str, data: Mapping[str, Any]) -> Reply:
        self.worker_pages.forget(token)
        return self.taking_in.submit(token, data)

    def _submit_onboarding(self, token: str, data: Mapping[str, Any]) -> Reply:
        """Take in the answer of an onboarding, and reply with what the worker gets for it."""
        if not token.startswith(TOKEN_PREFIX):
            return error(404, "This is no onboarding.")
        kept = self.taking_in.submit(token, data)
        if kept.status not in {200, 409}:
            return kept
        onboarding = self.welcoming.onboarding
        found = onboarding.judged(token) if onboarding else None
        if found is None:
            return error(404, "This is no onboarding.")
        return self.welcoming.answer(str(data.get("request_id") or ""), found)

    def _log_error(self, token: str, data: Mapping[str, Any]) -> Reply:
        agent = self.taking_in.agent(token)
        if agent is not None:
            # What a page says about itself may hold its token, which belongs in no log.
            data = json_text.decode(json_text.canonical(dict(data)).replace(token, "[agent's token]"))
        self.tally.note_error(agent.id if agent else None, data)
        return Reply({"status": "Error log sent!"})
