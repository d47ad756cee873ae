"""What a page hands in, as JSON or as a form with files, by our page or by the published npm client."""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO, Any, BinaryIO, Final, cast

from flask import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from mephisto.web.encoding import parse_json
from mephisto.web.line import Desk, Packet, Reply
from mephisto.web.multipart import FilePart, read_parts
from mephisto.web.site import Limits

AGENT_HEADER: Final = "Mephisto-Agent"
AGENT_FIELD: Final = "USED_AGENT_ID"

# Text fields beside the answer: ids, time stamps, and whatever a client adds.
SMALL_BODY: Final = 1024 * 1024
_FIELDS: Final = 1000
_IN_MEMORY: Final = 64 * 1024


class RefusedByDeskError(Exception):
    """The desk's answer to a part of a request ends the request."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def agent_of(request: Request, body: dict[str, Any]) -> str:
    """Return the agent's token, from our header or from the body as the npm client sends it."""
    named = [agent for agent in (request.headers.get(AGENT_HEADER), body.get(AGENT_FIELD)) if agent]
    if not named:
        raise BadRequest(f"The field {AGENT_FIELD} is missing.")
    agent = named[0]
    if not isinstance(agent, str) or named[-1] != agent:
        raise BadRequest(f"The field {AGENT_FIELD} is not what was expected.")
    return agent


def json_body(request: Request, most: int = SMALL_BODY) -> dict[str, Any]:
    """Return the JSON object that a request brings, of at most *most* bytes."""
    try:
        body = parse_json(_content(request, most))
    except ValueError as error:
        raise BadRequest("The request is not valid JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The request has to be a JSON object.")
    return body


def _content(request: Request, most: int) -> bytes:
    length = request.content_length
    if length is None or length > most:
        request.max_content_length = most  # Werkzeug reads no further, or refuses
        return request.get_data(cache=False)
    # Where its length is known, and no longer than it may be, nothing is left to watch over but that it is all here.
    content: bytes = request.environ["wsgi.input"].read(length)
    if len(content) < length:
        raise BadRequest("The request broke off.")
    return content


def submit_packet(request: Request, desk: Desk, limits: Limits) -> Packet:
    """Return the packet of a submission, whose files the desk has taken in by then."""
    mimetype = request.mimetype
    if mimetype != "multipart/form-data":
        if mimetype not in {"application/json", "text/plain", ""}:
            raise UnsupportedMediaType("An answer is sent as JSON or as multipart/form-data.")
        body = json_body(request, limits.answer)
        if "final_data" not in body:
            raise BadRequest("The field final_data is missing.")
        return _packet(agent_of(request, body), body["final_data"], body.get("submission_id"), [])

    with ExitStack() as kept:
        form = _Form(request, desk, limits, kept)
        try:
            form.read()
            agent = agent_of(request, form.fields)
            form.hand_over_kept(agent)
            return _packet(agent, form.answer(), form.fields.get("submission_id"), form.uploads)
        except Exception:
            form.take_back()
            raise


def onboarding_packet(request: Request, desk: Desk, limits: Limits, request_id: str) -> Packet:
    """Return the packet of an onboarding that was handed in, as `submit_packet` does.

    The npm client nests it: `{"provider_data": {"USED_AGENT_ID": ..., "onboarding_data": {...}}}`.
    """
    if request.mimetype == "multipart/form-data":
        packet = submit_packet(request, desk, limits)
    else:
        nested = json_body(request, limits.answer).get("provider_data")
        if not isinstance(nested, dict) or "onboarding_data" not in nested:
            raise BadRequest("The field onboarding_data is missing.")
        packet = _packet(agent_of(request, nested), nested["onboarding_data"], None, [])
    return {
        "packet_type": "submit_onboarding",
        "subject_id": packet["subject_id"],
        "data": {**packet["data"], "request_id": request_id},
    }


def _packet(agent: str, final_data: Any, submission_id: Any, uploads: list[str]) -> Packet:
    if submission_id is not None and not isinstance(submission_id, str):
        raise BadRequest("The field submission_id is not what was expected.")
    return {
        "packet_type": "submit_unit",
        "subject_id": agent,
        "data": {"final_data": final_data, "submission_id": submission_id or None, "uploads": uploads},
    }


@dataclass
class _Form:
    """A submission as multipart/form-data.

    Our page names the agent before its files, which then go straight to the desk. The npm client names it
    last, so that its files wait in temporary ones until it is known whose they are.
    """

    request: Request
    desk: Desk
    limits: Limits
    open_files: ExitStack
    fields: dict[str, str] = field(default_factory=dict)
    uploads: list[str] = field(default_factory=list)
    _kept: list[tuple[FilePart, IO[bytes]]] = field(default_factory=list)

    def read(self) -> None:
        boundary = self.request.mimetype_params.get("boundary", "").encode("latin-1", errors="replace")
        if not boundary:
            raise BadRequest("The form that was sent names no boundary.")
        parts = read_parts(
            self.request.stream,
            boundary,
            most_text=self.limits.answer + SMALL_BODY,
            most_file=self.limits.upload,
            most_parts=self.limits.uploads + _FIELDS,
        )
        agent = self.request.headers.get(AGENT_HEADER)
        for part in parts:
            if not isinstance(part, FilePart):
                self.fields[part.name] = part.text
            elif not part.filename:
                continue  # a file input in which nothing was chosen
            elif len(self._kept) + len(self.uploads) >= self.limits.uploads:
                raise RequestEntityTooLarge(f"At most {self.limits.uploads} files can be sent.")
            elif known := agent or self.fields.get(AGENT_FIELD):
                self._hand_over(known, part, part.content)
            else:
                self._keep(part)

    def hand_over_kept(self, agent: str) -> None:
        for part, content in self._kept:
            content.seek(0)
            self._hand_over(agent, part, content)

    def take_back(self) -> None:
        """Let the desk forget the files of a form that came to nothing."""
        agent = self.request.headers.get(AGENT_HEADER) or self.fields.get(AGENT_FIELD)
        if self.uploads and agent:
            data = {"uploads": self.uploads}
            self.desk.handle({"packet_type": "discard_uploads", "subject_id": agent, "data": data})

    def answer(self) -> Any:
        text = self.fields.get("final_string_data", self.fields.get("final_data"))
        if text is None:
            raise BadRequest("The field final_string_data is missing.")
        if len(text.encode()) > self.limits.answer:
            raise RequestEntityTooLarge
        try:
            return parse_json(text)
        except ValueError as error:
            raise BadRequest("The field final_string_data is not valid JSON.") from error

    def _keep(self, part: FilePart) -> None:
        temporary = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the stack closes it
        content = self.open_files.enter_context(temporary)
        while chunk := part.content.read(_IN_MEMORY):
            content.write(chunk)
        self._kept.append((part, cast("IO[bytes]", content)))

    def _hand_over(self, agent: str, part: FilePart, content: IO[bytes]) -> None:
        data = {"field": part.name, "name": part.filename, "content_type": part.content_type}
        packet: Packet = {"packet_type": "upload", "subject_id": agent, "data": data}
        reply = self.desk.upload(packet, cast("BinaryIO", content))
        if reply.status >= HTTPStatus.BAD_REQUEST:
            raise RefusedByDeskError(reply)
        self.uploads.append(str(reply.body["upload_id"]))
