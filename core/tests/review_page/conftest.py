"""A task with answers, as rows that the store's own functions wrote, its review over HTTP, and a reviewer in Chromium."""

import json
import re

import pytest
import requests
from sqlalchemy import Connection, insert, update

from mephisto.data_model.database import LocalMephistoDB
from mephisto.instants import SECOND
from mephisto.model import agents, drafts, uploads
from mephisto.review.page.access import TOKEN_HEADER
from mephisto.review.page.serving import served_review
from mephisto.status import AgentStatus, RunStatus
from mephisto.store import attempts, claims, offering, people, processes, runs, submissions
from mephisto.store.admission import Terms
from mephisto.web import Site

TASK = "characters"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060"
    "000000050001a5f645400000000049454e44ae426082"
)
TEMPLATE = """<link rel="stylesheet" href="look.css">
<h1>${character_name}</h1><img src="/extra/face.svg" alt="A face">
<p>How good is the description?</p>
<label><input type="radio" name="rating" value="good"> Good</label>
<label><input type="radio" name="rating" value="poor"> Poor</label>
<label>Why <textarea name="why" autofocus></textarea></label>
<script>document.querySelector("textarea").focus()</script>
"""


class Crowd:
    """Launches runs and answers their units, without a server."""

    def __init__(self, db):
        self.db = db
        self.store = db.store

    def launch(self, rows=2, per_row=2, task=TASK, provider="mock"):
        store, now, run_id = self.store, self.store.now(), self.store.ids.new()

        def job(connection: Connection) -> int:
            process = store.ids.new()
            started = {"host": "here", "number": process % 2**31, "started_at": now, "heartbeat_at": now}
            processes.add(connection, {"id": process, **started})
            task_id = runs.task_id(connection, store.ids.new(), task, "static_task", now)
            row = {
                "id": run_id,
                "task_id": task_id,
                "requester_id": people.requester_id(connection, store.ids.new(), provider, "me", now),
                "process_id": process,
                "blueprint": "static_task",
                "architect": "local",
                "provider": provider,
                "config": {"task": {"task_title": task}, "provider": {"_provider_type": provider}},
                "status": RunStatus.LIVE,
                "script": "script.py",
                "script_hash": "",
                "arguments": [],
                "working_directory": "/",
                "launch_number": 1,
                "created_at": now,
                "alive_until": now,
            }
            runs.add(connection, row)
            for start in range(0, rows, 1000):
                chunk = [
                    offering.NewAssignment({"character_name": f"Character {number}"}, per_row)
                    for number in range(start + 1, min(start + 1000, rows) + 1)
                ]
                offering.add(connection, store.ids, run_id, start, chunk, 30, ended=start + 1000 >= rows)
            offering.open_window(connection, run_id, 0)
            return task_id

        return Terms(run_id, store.write(job), provider, 600 * SECOND)

    def site(self, terms, template=TEMPLATE):
        folder = self.store.directory / "runs" / str(terms.run_id) / "site"
        Site(title="Characters", description="", task_page="task.html").write(folder)
        (folder / "wrap_crowd_source.js").write_text("function getWorkerName() { return 'x'; }")
        (folder / "public" / "task.html").write_text(template, encoding="utf-8")
        (folder / "public" / "look.css").write_text("h1 { color: rgb(1, 2, 3) }")
        (folder / "public" / "extra").mkdir()
        (folder / "public" / "extra" / "face.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><circle cx="60" cy="30" r="28" fill="#ccd"/></svg>'
        )
        (folder / "secret.txt").write_text("not public")

    def claim(self, terms, worker):
        request = attempts.Request(worker, f"{worker} {self.store.ids.new()}", trusted=True)
        return self.store.write(
            lambda connection: claims.claim(connection, self.store.ids, terms, request, self.store.now())
        )

    def send(self, terms, held, data, submission_id="s", files=()):
        upload_ids = [self.upload(terms, held.agent_id, *file) for file in files]
        incoming = submissions.Incoming(
            held.token, submission_id, data, submissions.digest(data, []), upload_ids
        )
        self.store.write(
            lambda connection: submissions.accept(
                connection, self.store.ids, terms, incoming, self.store.now()
            )
        )
        return held

    def answer(self, terms, worker, data=None, files=()):
        """Let *worker* do the next unit, with files as (name, type, content)."""
        given = {"rating": "good", "why": f"Because {worker} says so."} if data is None else data
        return self.send(terms, self.claim(terms, worker), given, files=files)

    def end(self, held, status=AgentStatus.TIMEOUT, draft=None):
        """End an attempt without an answer, with what it had filled in; its place is gone."""

        def job(connection: Connection) -> None:
            now = self.store.now()
            connection.execute(
                update(agents).where(agents.c.id == held.agent_id).values(status=status, ended_at=now)
            )
            if draft is not None:
                row = {"id": self.store.ids.new(), "agent_id": held.agent_id, "data": draft}
                connection.execute(insert(drafts).values(**row, saved_at=now, partial_at=now))

        self.store.write(job)

    def upload(self, terms, agent_id, name, content_type, content):
        upload_id = self.store.ids.new()
        path = self.store.directory / "files" / str(terms.run_id) / str(agent_id) / str(upload_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        row = {
            "id": upload_id,
            "agent_id": agent_id,
            "field": "sketch",
            "name": name,
            "content_type": content_type,
            "size": len(content),
            "sha256": "",
            "path": path.relative_to(self.store.directory).as_posix(),
            "received_at": self.store.now(),
        }
        self.store.write(lambda connection: connection.execute(insert(uploads).values(row)))
        return upload_id


@pytest.fixture
def png():
    """A picture of one pixel."""
    return PNG


@pytest.fixture
def told():
    """Read the sentence of an error."""
    return lambda response: json.loads(response.text)["error"]


@pytest.fixture
def db(tmp_path):
    opened = LocalMephistoDB(tmp_path / "data")
    yield opened
    opened.shutdown()


@pytest.fixture
def crowd(db):
    return Crowd(db)


@pytest.fixture
def terms(crowd):
    """Three rows for two workers each, of which x and y did all."""
    launched = crowd.launch(rows=3)
    crowd.site(launched)
    for _ in range(3):
        for worker in ("x", "y"):
            crowd.answer(launched, worker)
    return launched


class Client:
    """Speaks to the review's server with the token, or with another one."""

    def __init__(self, served, token=None):
        self.served = served
        self.token = token or self._opened()

    def _opened(self):
        """Open the review; a browser that opens it at the same moment may take the key first."""
        for _ in range(10):
            reply = requests.post(
                f"{self.served.url}/open", json={"key": self.served.access.key}, timeout=10
            ).json()
            if "token" in reply:
                return reply["token"]
        raise AssertionError(reply)

    def get(self, path, **parameters):
        return requests.get(
            self.served.url + path, params=parameters, headers={TOKEN_HEADER: self.token}, timeout=10
        )

    def post(self, path, body):
        return requests.post(
            self.served.url + path, json=body, headers={TOKEN_HEADER: self.token}, timeout=10
        )

    def items(self, **parameters):
        return self.get("/api/items", **parameters).json()["items"]

    def item(self, agent):
        return self.get(f"/api/items/{agent}").json()

    def decide(self, agent, decision="accept", seen="completed", reason=""):
        body = {"agent": agent, "decision": decision, "seen": seen, "reason": reason}
        return self.post("/api/decisions", body)


@pytest.fixture
def links():
    """The links that were told after the first one."""
    return []


@pytest.fixture
def serving(db, links):
    """Serve the review of a task."""
    opened = []

    def start(terms):
        context = served_review(db, str(terms.task_id), TASK, 0, links.append)
        opened.append(context)
        return context.__enter__()

    yield start
    for context in opened:
        context.__exit__(None, None, None)


@pytest.fixture
def served(serving, terms):
    return serving(terms)


@pytest.fixture
def client(served):
    return Client(served)


@pytest.fixture
def client_of(serving):
    """Serve the review of a task once more, as another process does."""
    return lambda terms: Client(serving(terms))


class Reviewer:
    """A reviewer with a keyboard and no mouse."""

    def __init__(self, page, served):
        self.page = page
        self.problems = []
        page.on("pageerror", lambda error: self.problems.append(error))  # noqa: PLW0108 - Playwright marks handlers
        page.goto(served.link)

    def sees(self, row, worker):
        self.page.get_by_role("heading", name=f"Row {row}, worker {worker}", exact=True).wait_for()
        return self

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def types(self, text):
        self.page.keyboard.type(text)
        return self

    def is_told(self, sentence):
        self.page.get_by_role("status").get_by_text(re.compile(sentence)).wait_for()
        return self

    def asked(self, title):
        self.page.get_by_role("dialog", name=re.compile(re.escape(title))).wait_for()
        return self

    def answered(self):
        """Wait until no dialog is open."""
        self.page.locator("dialog[open]").wait_for(state="detached")
        return self

    def idle(self):
        """Wait until all that was asked for has come."""
        self.page.locator("#detail[aria-busy=false]").wait_for(state="attached")
        return self

    @property
    def task(self):
        return self.page.frame_locator("iframe")

    def focus(self):
        return self.page.evaluate("document.activeElement.textContent || document.activeElement.id")


@pytest.fixture
def new_reviewer(context, serving):
    """Open the review of a task."""
    opened = []

    def opened_by(terms):
        opened.append(Reviewer(context.new_page(), serving(terms)))
        return opened[-1]

    yield opened_by
    assert [problem for reviewer in opened for problem in reviewer.problems] == []


@pytest.fixture
def reviewer(context, served):
    found = Reviewer(context.new_page(), served)
    yield found
    assert found.problems == []
