"""The task's own pages as workers saw them, on an origin of their own that knows no token.

/<run>/<attempt>.html     the template, filled as it was, with the answer in its fields
/<run>/<file>             the public files of the run
/<file>                   the same, for addresses that begin at the root: the page that asks says which run it is of
"""

import hmac
import json
import secrets
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, redirect, request, send_file
from sqlalchemy import select
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as AnyResponse

from mephisto.data_model.base import Database, as_id
from mephisto.model import agents, assignments, drafts, submissions, workers
from mephisto.review.page.access import only_this_machine
from mephisto.status import SubmissionKind
from mephisto.store.rows import AnyRow
from mephisto.web import documents
from mephisto.web.own_files import own_files
from mephisto.web.responses import failed, harden, http_error
from mephisto.web.site import ADAPTER_FILE, PUBLIC_FOLDER, Site

_FILLED_FILE: Final = Path(__file__).parent / "static" / "filled.js"
_FIRST_SCRIPT: Final = '<script type="application/json" id="mephisto-page">'
_FILLED: Final = (
    '<script type="application/json" id="mephisto-answer">{data}</script>'
    '<script src="/_mephisto/filled.js"></script>'
)
# Nothing in it opens windows, leaves for another page, or asks questions.
_POLICY: Final = "sandbox allow-scripts allow-same-origin"
_PAGE_POLICY: Final = f"{_POLICY}; frame-ancestors http://127.0.0.1:* http://localhost:*"

_ATTEMPT: Final = (
    select(
        agents.c.id,
        agents.c.task_run_id,
        workers.c.name.label("worker"),
        assignments.c.data.label("inputs"),
        submissions.c.data.label("answer"),
        drafts.c.data.label("draft"),
    )
    .join_from(agents, workers)
    .join(assignments, assignments.c.id == agents.c.assignment_id)
    .outerjoin(
        submissions,
        (submissions.c.agent_id == agents.c.id)
        & submissions.c.kind.in_([SubmissionKind.ANSWER, SubmissionKind.LATE]),
    )
    .outerjoin(drafts, drafts.c.agent_id == agents.c.id)
)


class TaskPages:
    """Where the pages of attempts are, and what they are. Only who was told an address can know it."""

    def __init__(self, db: Database, task_id: int) -> None:
        self._db = db
        self._task_id = task_id
        self._secret = secrets.token_bytes(32)

    def path(self, row: AnyRow) -> str | None:
        """Return the path of an attempt's page, None if the site of its run is gone."""
        if not (self._site(row.task_run_id) / PUBLIC_FOLDER).is_dir():
            return None
        return f"/{self._signed(row.task_run_id)}/{self._signed(row.id)}.html"

    def document(self, run: str, attempt: str) -> str:
        """Return an attempt's page with its answer; raise `NotFound` for addresses that nobody was told."""
        run_id, agent_id = self._known(run), self._known(attempt)
        query = _ATTEMPT.where(agents.c.id == agent_id, agents.c.task_run_id == run_id)
        with self._db.store.read() as connection:
            row = connection.execute(query.where(agents.c.task_id == self._task_id)).first()
        if row is None:
            raise NotFound
        folder = self._site(run_id)
        template = self.file(run, Site.read(folder).task_page)
        values = {**row.inputs, "mephisto_agent_id": str(row.id), "provider_worker_id": row.worker}
        answer = row.draft if row.answer is None else row.answer
        data = json.dumps(answer).replace("<", "\\u003c")
        text = documents.Document.read(template, "task").fill(values)
        # Before all other scripts, so that none of them hears what ours keeps from the page.
        return text.replace(_FIRST_SCRIPT, _FILLED.format(data=data) + _FIRST_SCRIPT, 1)

    def file(self, run: str, name: str) -> Path:
        """Return where a public file of a run is; raise `NotFound`."""
        folder = self._site(self._known(run))
        if name == ADAPTER_FILE:
            return folder / ADAPTER_FILE
        return _inside((folder / PUBLIC_FOLDER).resolve(), name)

    def is_run(self, word: str) -> bool:
        """Say whether *word* is what paths of a run begin with."""
        number, _, _ = word.partition("-")
        return hmac.compare_digest(word.encode(), self._signed(as_id(number)).encode())

    def _known(self, word: str) -> int:
        if not self.is_run(word):
            raise NotFound
        return as_id(word.partition("-")[0])

    def _signed(self, number: int) -> str:
        return f"{number}-{hmac.new(self._secret, str(number).encode(), sha256).hexdigest()[:32]}"

    def _site(self, run_id: int) -> Path:
        return self._db.store.directory / "runs" / str(run_id) / "site"


def create_pages_app(pages: TaskPages) -> Flask:
    """Make the application that serves the pages to frames of this machine."""
    app = Flask(__name__, static_folder=None)
    only_this_machine(app)
    scripts_of_pages = own_files()

    def document(run: str, attempt: str) -> Response:
        response = Response(pages.document(run, attempt), mimetype="text/html")
        response.headers["Content-Security-Policy"] = _PAGE_POLICY
        return response

    def public_file(run: str, name: str) -> AnyResponse:
        if not pages.is_run(run):
            return from_root(f"{run}/{name}")
        return _sent(pages.file(run, name))

    def from_root(name: str) -> AnyResponse:
        run = urlsplit(request.referrer or "").path.split("/")[1:2]
        if not run or not pages.is_run(run[0]):
            raise NotFound
        pages.file(run[0], name)
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        return redirect(f"/{run[0]}/{name}{query}", 307)

    def own_file(name: str) -> Response:
        if name == _FILLED_FILE.name:
            return _sent(_FILLED_FILE)
        if name not in scripts_of_pages:
            raise NotFound
        return _sandboxed(scripts_of_pages[name].response())

    app.add_url_rule("/_mephisto/<name>", "own_file", own_file)
    app.add_url_rule("/<run>/<attempt>.html", "document", _either(document, public_file, pages))
    app.add_url_rule("/<run>/<path:name>", "public_file", public_file)
    app.add_url_rule("/<path:name>", "from_root", from_root)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, failed)
    harden(app, referrers="same-origin")
    return app


def _either(document: Any, public_file: Any, pages: TaskPages) -> Any:
    """Tell the pages of attempts from public files that end in .html, too."""

    def view(run: str, attempt: str) -> AnyResponse:
        found: AnyResponse = (
            document(run, attempt) if pages.is_run(attempt) else public_file(run, f"{attempt}.html")
        )
        return found

    return view


def _sent(path: Path) -> Response:
    return _sandboxed(send_file(path, conditional=True, max_age=0))


def _sandboxed(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _inside(folder: Path, name: str) -> Path:
    joined = safe_join(str(folder), name) if "\0" not in name else None
    path = Path(joined).resolve() if joined is not None else None
    # A link inside the folder must not lead out of it either.
    if path is None or not path.is_relative_to(folder) or not path.is_file():
        raise NotFound
    return path
