"""The routes that a worker's browser asks, as the original has them, so that its published client works unmodified."""

import time
import uuid
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Flask, Response, jsonify, request, send_file
from werkzeug.exceptions import BadRequest, HTTPException, NotFound
from werkzeug.security import safe_join

from mephisto.web.answers import RefusedByDeskError, agent_of, json_body, onboarding_packet, submit_packet
from mephisto.web.documents import Document, error_document
from mephisto.web.encoding import FiniteJSONProvider, json_text
from mephisto.web.line import Desk, Packet, Reply
from mephisto.web.own_files import own_files, shell
from mephisto.web.responses import answer, failed, harden, http_error, refused, with_retry
from mephisto.web.sessions import NoSessions
from mephisto.web.site import ADAPTER_FILE, PUBLIC_FOLDER, Site

_PREVIEW: Final = "/page-preview.html"

# The protocol's version that a client is told when it names none.
_TASK_VERSION: Final = "2.0.4"

# No `form-action`: a provider's adapter may end a task by posting a form to the provider.
_SHELL_POLICY: Final = "default-src 'self'; img-src 'self' data:; base-uri 'none'; object-src 'none'; frame-ancestors {ancestors}"

# Every frame around the page counts: the shell, and what the provider has around the shell.
_PAGE_POLICY: Final = "frame-ancestors 'self' {ancestors}"


def create_app(site: Path, desk: Desk) -> Flask:
    """Make the application that serves the folder *site* and brings what workers ask to *desk*."""
    described = Site.read(site)
    app = Flask(__name__, static_folder=None)
    app.json = FiniteJSONProvider(app)
    app.session_interface = NoSessions()
    # Werkzeug's own limit for a form's text, 500 kB, would refuse honest answers.
    app.config["MAX_CONTENT_LENGTH"] = described.limits.total
    app.config["MAX_FORM_MEMORY_SIZE"] = described.limits.answer
    app.config["MAX_FORM_PARTS"] = described.limits.uploads + 1000
    routes = _Routes(site, described, desk)
    for rule, view, methods in (
        ("/", routes.shell, ("GET",)),
        ("/index.html", routes.shell, ("GET",)),
        ("/task_index", routes.shell, ("GET",)),
        ("/_mephisto/<name>", routes.own_file, ("GET",)),
        ("/wrap_crowd_source.js", routes.adapter, ("GET",)),
        ("/task_config.json", routes.task_config, ("GET",)),
        (_PREVIEW, routes.preview, ("GET",)),
        ("/page-<ticket>.html", routes.page, ("GET",)),
        ("/request_agent", routes.request_agent, ("POST",)),
        ("/submit_task", routes.submit_task, ("POST",)),
        ("/submit_onboarding", routes.submit_onboarding, ("POST",)),
        ("/keep_draft", routes.keep_draft, ("POST",)),
        ("/live_updates", routes.live_updates, ("POST",)),
        ("/confirm_receipt", routes.confirm_receipt, ("POST",)),
        ("/log_error", routes.log_error, ("POST",)),
        ("/is_alive", routes.is_alive, ("GET",)),
        ("/get_timestamp", routes.get_timestamp, ("GET",)),
        ("/<path:name>", routes.public_file, ("GET",)),
    ):
        app.add_url_rule(rule, view.__name__, view, methods=methods)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(RefusedByDeskError, refused)
    app.register_error_handler(Exception, failed)
    harden(app)
    return app


class _Routes:
    """The views. Nothing here changes after it was made."""

    def __init__(self, folder: Path, site: Site, desk: Desk) -> None:
        self._adapter = folder / ADAPTER_FILE
        self._public = (folder / PUBLIC_FOLDER).resolve()
        self._site = site
        self._desk = desk
        policy = _SHELL_POLICY.format(ancestors=" ".join(site.frame_ancestors) or "'none'")
        self._shell = shell(policy, site.language)
        self._own_files = own_files()
        around = [source for source in site.frame_ancestors if source not in {"'self'", "'none'"}]
        self._page_policy = _PAGE_POLICY.format(ancestors=" ".join(around)).strip()
        pages = {
            "task": site.task_page,
            "preview": site.preview_page or site.task_page,
            "onboarding": site.onboarding_page,
        }
        about = {
            "title": site.title,
            "description": site.description,
            "preview": None if site.preview_page is None else _PREVIEW,
            "limits": asdict(site.limits),
            "self_service": site.self_service,
            "block_mobile": bool(site.task_config.get("block_mobile")),
        }
        self._task_config = {**site.task_config, "mephisto_task_version": _TASK_VERSION, "mephisto": about}
        self._task_config_text = json_text(self._task_config)
        self._documents = {
            page: Document.read(self._template(name), page)
            for page, name in pages.items()
            if name is not None
        }

    def shell(self) -> Response:
        return self._shell.response()

    def own_file(self, name: str) -> Response:
        if name not in self._own_files:
            raise NotFound
        return self._own_files[name].response()

    def adapter(self) -> Response:
        return send_file(self._adapter, mimetype="text/javascript", max_age=0)

    def public_file(self, name: str) -> Response:
        return _file_of(self._public, name)

    def task_config(self) -> Response:
        version = request.args.get("mephisto_task_version", _TASK_VERSION)
        if version == _TASK_VERSION:
            return Response(self._task_config_text, mimetype="application/json")
        return jsonify({**self._task_config, "mephisto_task_version": version})

    def preview(self) -> Response:
        return self._document(self._documents["preview"].fill({}, _without()))

    def page(self, ticket: str) -> Response:
        reply = self._desk.handle({"packet_type": "page", "subject_id": ticket, "data": {}})
        if reply.status != HTTPStatus.OK:
            if "text/html" not in request.headers.get("Accept", ""):
                return answer(reply)
            response = self._document(
                error_document(str(reply.body.get("error") or "This page is not available."))
            )
            response.status_code = reply.status
            return with_retry(response, reply)
        return self._document(self._documents[reply.body["page"]].fill(reply.body["values"], _without()))

    def request_agent(self) -> Response:
        body = json_body(request)
        provider_data = body.get("provider_data")
        if not isinstance(provider_data, dict):
            raise BadRequest("The field provider_data is missing.")
        request_id = uuid.uuid4().hex
        asked = time.time()
        reply = self._ask(
            "register_agent",
            request_id,
            provider_data=provider_data,
            request_id=request_id,
            browser_key=body.get("browser_key"),
            again=body.get("again") is True,
        )
        return self._agent_details(request_id, asked, reply)

    def submit_task(self) -> Response:
        return answer(self._desk.handle(submit_packet(request, self._desk, self._site.limits)))

    def submit_onboarding(self) -> Response:
        request_id, asked = uuid.uuid4().hex, time.time()
        packet = onboarding_packet(request, self._desk, self._site.limits, request_id)
        return self._agent_details(request_id, asked, self._desk.handle(packet))

    def keep_draft(self) -> Response:
        body = json_body(request)
        return answer(self._ask("keep_draft", agent_of(request, body), draft=body.get("draft")))

    def live_updates(self) -> Response:
        body = json_body(request)
        sent = {"after": body.get("after", 0), "updates": body.get("updates", [])}
        return answer(self._ask("live_updates", agent_of(request, body), **sent))

    def confirm_receipt(self) -> Response:
        body = json_body(request)
        if not isinstance(body.get("receipt"), str):
            raise BadRequest("The field receipt is missing.")
        return answer(self._ask("confirm_receipt", agent_of(request, body), receipt=body["receipt"]))

    def log_error(self) -> Response:
        body = json_body(request)
        error = body.get("error_data")
        # An error may come before there is an agent; it is worth telling all the same.
        agent = body.get("USED_AGENT_ID") or ""
        told = error if isinstance(error, dict) else {"message": error}
        reply = self._desk.handle({"packet_type": "log_error", "subject_id": str(agent), "data": told})
        return answer(Reply({**reply.body, "status": "Error log sent!"}, reply.status, reply.retry_after))

    def is_alive(self) -> Response:
        return jsonify({"status": "Alive!"})

    def get_timestamp(self) -> Response:
        return jsonify({"timestamp": time.time_ns() // 1_000_000})

    def _agent_details(self, request_id: str, asked: float, reply: Reply) -> Response:
        if reply.status != HTTPStatus.OK:
            return answer(reply)
        packet = {
            "packet_type": "agent_details",
            "subject_id": request_id,
            # The client breaks on an agent_id that is not there at all.
            "data": {"request_id": request_id, "agent_id": None, **reply.body},
            "client_timestamp": None,
            "router_incoming_timestamp": asked,
            "router_outgoing_timestamp": None,
            "server_timestamp": time.time(),
        }
        return answer(Reply(packet))

    def _document(self, text: str) -> Response:
        response = Response(text, mimetype="text/html")
        response.headers["Content-Security-Policy"] = self._page_policy
        return response

    def _ask(self, packet_type: str, subject_id: str, **data: object) -> Reply:
        packet: Packet = {"packet_type": packet_type, "subject_id": subject_id, "data": data}
        return self._desk.handle(packet)

    def _template(self, name: str) -> Path:
        path = (self._public / name).resolve()
        if not path.is_relative_to(self._public):
            raise ValueError(f"The page {name!r} is not inside {self._public}.")
        return path


def _without() -> list[str]:
    """Name what did not answer when the page was asked for before."""
    return request.args.getlist("mephisto_without")


def _file_of(folder: Path, name: str) -> Response:
    joined = safe_join(str(folder), name)
    path = Path(joined).resolve() if joined is not None and "\0" not in joined else None
    # A link inside the folder must not lead out of it either.
    if path is None or not path.is_relative_to(folder) or not path.is_file():
        raise NotFound
    return send_file(path, conditional=True, max_age=0)
