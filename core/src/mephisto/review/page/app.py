"""The review's own routes: its page, which holds nothing, and what the page asks for with the token."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, jsonify, request, send_file
from sqlalchemy import select
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, Unauthorized

from mephisto import errors
from mephisto.data_model import texts
from mephisto.data_model.base import as_id
from mephisto.model import agents, task_runs, uploads
from mephisto.review.page import files, listing, provider_actions
from mephisto.review.page.access import TOKEN_HEADER, Access, only_this_machine
from mephisto.review.page.deciding import TARGETS, Decider
from mephisto.review.page.detail import MOST_BESIDE, detail
from mephisto.review.page.task_pages import TaskPages
from mephisto.status import AgentStatus
from mephisto.store.rows import AnyRow
from mephisto.web import responses
from mephisto.web.responses import failed, harden, http_error

_STATIC: Final = Path(__file__).parent / "static"
_LOOK: Final = Path(responses.__file__).parent / "static" / "look.css"
_FILE: Final = re.compile(r"[a-z-]+\.(?:js|css)")
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src blob: data:; "
    "media-src blob:; frame-src {pages}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_LARGEST_BODY: Final = 1 << 20


def create_review_app(
    decider: Decider, task_name: str, access: Access, pages: TaskPages, pages_origin: str
) -> Flask:
    """Make the application in which the answers of one task are reviewed."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    only_this_machine(app)
    routes = _Routes(decider, task_name, access, pages, pages_origin)
    app.before_request(routes.let_in)
    for rule, view, method in (
        ("/", routes.index, "GET"),
        ("/static/<name>", routes.own_file, "GET"),
        ("/open", routes.open, "POST"),
        ("/api/task", routes.task, "GET"),
        ("/api/items", routes.items, "GET"),
        ("/api/counts", routes.counts, "GET"),
        ("/api/items/<agent>", routes.item, "GET"),
        ("/api/files/<upload>", routes.file, "GET"),
        ("/api/decisions", routes.decide, "POST"),
        ("/api/decisions/undo", routes.undo, "POST"),
        ("/api/provider", routes.provider, "GET"),
        ("/api/provider/retry", routes.retry, "POST"),
        ("/api/workers/<worker>/undecided", routes.undecided, "GET"),
        ("/api/workers/<worker>/decisions", routes.decide_all, "POST"),
    ):
        app.add_url_rule(rule, view.__name__, view, methods=[method])
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(errors.MephistoError, _refused)
    app.register_error_handler(Exception, failed)
    harden(app, referrers="no-referrer")
    return app


class _Routes:
    """The views. Nothing here changes after it was made, save the key in *access*."""

    def __init__(
        self, decider: Decider, task_name: str, access: Access, pages: TaskPages, pages_origin: str
    ) -> None:
        self._decider = decider
        self._store = decider.db.store
        self._task_name = task_name
        self._access = access
        self._pages = pages
        self._pages_origin = pages_origin

    def let_in(self) -> None:
        """Refuse all that is asked without the token, save the page and how it gets the token."""
        if request.endpoint in {"index", "own_file", "open"}:
            return
        if not self._access.allows(request.headers.get(TOKEN_HEADER)):
            raise Unauthorized("Open the link that was printed last in the terminal.")

    def index(self) -> Response:
        response = send_file(_STATIC / "index.html", max_age=0)
        response.headers["Content-Security-Policy"] = _POLICY.format(pages=self._pages_origin)
        return response

    def own_file(self, name: str) -> Response:
        path = _LOOK if name == _LOOK.name else _STATIC / name
        if not _FILE.fullmatch(name) or not path.is_file():
            raise NotFound
        return send_file(path, max_age=0)

    def open(self) -> Response:
        token = self._access.open(_text(_body(), "key"))
        if token is None:
            raise Unauthorized("This link was opened before. The newest one stands in the terminal.")
        return jsonify({"token": token})

    def task(self) -> Response:
        query = (
            select(task_runs.c.id, task_runs.c.created_at)
            .where(task_runs.c.task_id == self._decider.task_id)
            .order_by(task_runs.c.id)
        )
        with self._store.read() as connection:
            found = [{"id": str(row.id), "at": row.created_at // 1000} for row in connection.execute(query)]
        return jsonify({"name": self._task_name, "runs": found})

    def items(self) -> Response:
        place = {name: request.args[name] for name in ("after", "before", "start") if request.args.get(name)}
        if len(place) > 1:
            raise BadRequest("A page is after, before, or from one attempt on.")
        with self._store.read() as connection:
            return jsonify(
                listing.page_of(connection, self._decider.task_id, _filters(request.args), **place)
            )

    def counts(self) -> Response:
        with self._store.read() as connection:
            return jsonify(listing.counts(connection, self._decider.task_id, _filters(request.args)))

    def item(self, agent: str) -> Response:
        with self._store.read() as connection:
            found = detail(connection, self._decider.task_id, as_id(agent), self._address)
        if found is None:
            raise NotFound("There is nothing here.")
        return jsonify(found)

    def provider(self) -> Response:
        """Say how what the provider was asked for stands, for the attempts that are named."""
        named = list(map(as_id, request.args.get("agents", "").split(",")[:MOST_BESIDE]))
        of_task = select(agents.c.id).where(agents.c.id.in_(named), agents.c.task_id == self._decider.task_id)
        with self._store.read() as connection:
            shown = list(connection.execute(of_task).scalars())
            found = provider_actions.of_attempts(connection, shown)
        return jsonify({str(each): found[each] for each in shown})

    def file(self, upload: str) -> Response:
        query = (
            select(uploads)
            .join_from(uploads, agents)
            .where(
                uploads.c.id == as_id(upload),
                uploads.c.submission_id.is_not(None),
                agents.c.task_id == self._decider.task_id,
            )
        )
        with self._store.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound("There is nothing here.")
        return files.response(self._store.directory, row)

    def decide(self) -> Response:
        body = _body()
        target, reason = _decision(body)
        written = self._decider.decide(_text(body, "agent"), target, reason, _text(body, "seen"))
        return jsonify({"decisions": [] if written is None else [written], "state": target})

    def undecided(self, worker: str) -> Response:
        return jsonify({"count": len(self._decider.undecided(worker, _filters(request.args)))})

    def decide_all(self, worker: str) -> Response:
        body = _body()
        target, reason = _decision(body)
        count = body.get("count")
        if not isinstance(count, int):
            raise BadRequest("The field count is missing.")
        given = body.get("filters") or {}
        if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
            raise BadRequest("The field filters holds texts.")
        written = self._decider.decide_all(worker, _filters(given), target, reason, count)
        return jsonify({"decisions": written, "state": target})

    def undo(self) -> Response:
        return jsonify({"taken_back": self._decider.take_back(_texts(_body(), "decisions"))})

    def retry(self) -> Response:
        return jsonify({"tried": self._decider.retry(_texts(_body(), "actions"))})

    def _address(self, row: AnyRow) -> str | None:
        path = self._pages.path(row)
        return None if path is None else self._pages_origin + path


def _filters(given: Mapping[str, str]) -> listing.Filters:
    return listing.Filters(**{name: given.get(name, "") for name in ("state", "run", "worker", "text")})


def _body() -> dict[str, Any]:
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise BadRequest(f"The field {name} is missing.")
    return value


def _texts(body: dict[str, Any], name: str) -> list[str]:
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadRequest(f"The field {name} is missing.")
    return value


def _decision(body: dict[str, Any]) -> tuple[AgentStatus, str]:
    target = TARGETS.get(_text(body, "decision"))
    reason = body.get("reason") or ""
    if target is None or not isinstance(reason, str):
        raise BadRequest("There is no such decision.")
    why = texts.why_not(reason)
    if why:
        raise BadRequest(f"This cannot be a reason. {why}")
    if target is AgentStatus.REJECTED and not reason.strip():
        raise BadRequest("A rejection has a reason.")
    return target, reason.strip()


def _refused(error: errors.MephistoError) -> Response:
    response = jsonify({"error": str(error)})
    response.status_code = 404 if isinstance(error, errors.NotFound) else 409
    return response
