"""A task with answers, and its review over HTTP."""

import json
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import requests

from mephisto import Done, Identity, ProviderArgs, hookimpl, plugins
from mephisto.data_model.database import LocalMephistoDB
from mephisto.review.page.access import TOKEN_HEADER
from mephisto.review.page.serving import served_review
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
def crowd(db, new_crowd):
    def reply(worker):
        return {"rating": "good", "why": f"Because {worker} says so."}

    return new_crowd(db, TASK, lambda number: {"character_name": f"Character {number}"}, reply)


@pytest.fixture
def told_provider():
    """A provider that is told of approvals and messages: of whom and what, and what it answers to approvals, Done without."""

    @dataclass
    class Args(ProviderArgs):
        _provider_type: str = "told"

    told, answers = [], []

    class Told:
        Config = Args

        @hookimpl
        def provider_identify(self, data) -> Identity:
            return Identity(data["name"], data["name"])

        @hookimpl
        def provider_adapter(self):
            raise NotImplementedError

        @hookimpl
        def provider_repeatable(self):
            return ("approve",)

        @hookimpl
        def provider_message(self, worker, text):
            told.append(f"{worker.name}: {text}")
            return Done()

        @hookimpl
        def provider_approve(self, worker, token):
            answer = answers.pop(0) if answers else Done()
            if isinstance(answer, Done):
                told.append(worker.name)
            return answer

    plugins.register("provider", "told", Told)
    yield SimpleNamespace(told=told, answers=answers)
    plugins.unregister("provider", "told")


@pytest.fixture
def site(db):
    """Put the page of a run where the run has it."""

    def write(terms, template=TEMPLATE):
        folder = db.store.directory / "runs" / str(terms.run_id) / "site"
        Site(title="Characters", description="", task_page="task.html").write(folder)
        (folder / "wrap_crowd_source.js").write_text("function getWorkerName() { return 'x'; }")
        (folder / "public" / "task.html").write_text(template, encoding="utf-8")
        (folder / "public" / "look.css").write_text("h1 { color: rgb(1, 2, 3) }")
        (folder / "public" / "extra").mkdir()
        (folder / "public" / "extra" / "face.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><circle cx="60" cy="30" r="28" fill="#ccd"/></svg>'
        )
        (folder / "secret.txt").write_text("not public")

    return write


@pytest.fixture
def terms(crowd, site):
    """Three rows for two workers each, of which x and y did all."""
    launched = crowd.launch(rows=3)
    site(launched)
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
