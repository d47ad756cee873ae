"""A small desk that keeps all in memory, servers in front of it, and workers' browsers."""

import re
import threading
from pathlib import Path

import pytest

from mephisto.web import Reply, Site, create_app, serve

WORKER = "/?worker_id=x&assignment_id=1"
SAVED = "Your answer is saved"

ADAPTER = """
const query = new URLSearchParams(location.search);
function getWorkerName() { return query.get("worker_id"); }
function getAssignmentId() { return query.get("assignment_id"); }
function getAgentRegistration() {
  return {
    worker_name: getWorkerName(),
    agent_registration_id: `${getAssignmentId()}-${getWorkerName()}`,
    assignment_id: getAssignmentId(),
    provider_type: "mock",
  };
}
function handleSubmitToProvider(answer) {
  alert("The task has been submitted! Data: " + JSON.stringify(answer));
  return true;
}
"""


class MemoryDesk:
    """Hands out an agent per registration, keeps the first answer of each, and remembers all that it was asked."""

    def __init__(self):
        self.lock = threading.Lock()
        self.asked = []
        self.agents = {}
        self.uploads = {}
        self.submissions = {}
        self.confirmed = []
        self.errors = []
        self.drafts = []
        self.said = []
        self.standing = {"status": "in task", "seconds_left": 1800, "closing": False}
        self.values = {"character_name": "Loaded Character 1"}
        self.refusal = None
        self.may_go_on = True
        self.instead = {}  # packet type -> replies, or exceptions, that come before the usual ones

    def handle(self, packet):
        with self.lock:
            self.asked.append(packet)
            instead = self.instead.get(packet["packet_type"])
            if instead:
                return self._give(instead.pop(0))
            return getattr(self, packet["packet_type"])(packet["subject_id"], packet["data"])

    def upload(self, packet, stream):
        with self.lock:
            self.asked.append(packet)
            instead = self.instead.get("upload")
            if instead:
                return self._give(instead.pop(0))
        chunks = []
        while chunk := stream.read(64 * 1024):
            chunks.append(chunk)
        with self.lock:
            upload_id = f"upload-{len(self.uploads) + 1}"
            self.uploads[upload_id] = (packet["data"], b"".join(chunks))
        return Reply({"upload_id": upload_id})

    def register_agent(self, request_id, data):
        details = {"request_id": request_id, "worker_id": None, "init_task_data": None, "page": None}
        if self.refusal is not None:
            return Reply({**details, "agent_id": None, **self.refusal})
        registration = data["provider_data"].get("agent_registration_id")
        agent = self.agents.setdefault(registration, f"token-{len(self.agents) + 1}")
        return Reply(
            {
                **details,
                "worker_id": "1",
                "agent_id": agent,
                "init_task_data": self.values,
                "failure_reason": None,
                "page": f"/page-{agent}.html",
                "seconds_left": self.standing["seconds_left"],
            }
        )

    def page(self, ticket, data):
        if ticket not in self.agents.values():
            return Reply({"error": "This page is not available any more."}, 404)
        return Reply({"values": {**self.values, "mephisto_agent_id": ticket}, "page": "task"})

    def submit_unit(self, agent, data):
        if agent not in self.agents.values():
            return Reply({"error": "This task is not known here."}, 404)
        first = self.submissions.setdefault(agent, data)
        receipt = f"RECEIPT-{agent}"
        if first is not data and first["submission_id"] != data["submission_id"]:
            return Reply({"error": "An answer is saved already.", "receipt": receipt}, 409)
        return Reply({"status": "Submitted!", "receipt": receipt, "duplicate": first is not data})

    def discard_uploads(self, agent, data):
        for upload_id in data["uploads"]:
            del self.uploads[upload_id]
        return Reply({"status": "Forgotten"})

    def keep_draft(self, agent, data):
        if data["draft"] is not None:
            self.drafts.append((agent, data["draft"]))
        return Reply(self.standing)

    def live_updates(self, agent, data):
        for update in data["updates"]:
            if update["update_id"] not in {known["data"].get("update_id") for known in self.said}:
                self._add(update, from_worker=True)
        news = [update for update in self.said if update["number"] > data["after"]]
        return Reply({"updates": news, "is_over": agent in self.submissions})

    def say(self, text):
        """Say something as the script of the run."""
        with self.lock:
            self._add({"text": text}, from_worker=False)

    def _add(self, data, from_worker):
        self.said.append({"number": len(self.said) + 1, "from_worker": from_worker, "data": data})

    def confirm_receipt(self, agent, data):
        self.confirmed.append((agent, data["receipt"]))
        return Reply({"status": "Confirmed", "may_go_on": self.may_go_on})

    def log_error(self, agent, data):
        self.errors.append((agent, dict(data)))
        return Reply({"status": "Logged"})

    def packets(self, packet_type):
        return [packet for packet in self.asked if packet["packet_type"] == packet_type]

    def answer(self):
        """The one answer that was handed in, once."""
        (packet,) = self.packets("submit_unit")
        return packet["data"]["final_data"]

    @staticmethod
    def _give(reply):
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.fixture
def desk():
    return MemoryDesk()


@pytest.fixture
def start(tmp_path, desk):
    """Start a server for a site; the address is returned, and the site can be changed by keywords."""
    servers = []

    def started(
        template="<p>${character_name}</p>", files=(), folder: Path = tmp_path / "site", adapter="", **changes
    ):
        site = Site(
            **{"title": "A title", "description": "A description", "task_page": "task.html", **changes}
        )
        site.write(folder)
        (folder / "wrap_crowd_source.js").write_text(ADAPTER + adapter, encoding="utf-8")
        for name, content in {"task.html": template, **dict(files)}.items():
            path = folder / "public" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        server = serve(create_app(folder, desk), "localhost", 0)
        servers.append(server)
        return server.url

    yield started
    for server in servers:
        server.stop()


@pytest.fixture
def agent(desk):
    """An agent that the desk knows."""
    desk.agents["1-x"] = "token-1"
    return "token-1"


class Worker:
    """One tab of a browser, which keeps the alerts it was shown and answers them."""

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.alerts = []
        self.problems = []
        page.on("dialog", self._answer)
        page.on("pageerror", lambda error: self.problems.append(error))  # noqa: PLW0108 - Playwright marks handlers

    def open(self, address=WORKER):
        self.page.goto(self.url + address)
        return self

    @property
    def task(self):
        return self.page.frame_locator("iframe")

    def submit(self):
        self.task.get_by_role("button", name="Submit").click()
        return self

    def saved(self):
        self.page.get_by_role("heading", name=SAVED).wait_for()
        return self

    def says(self, sentence):
        self.page.get_by_text(re.compile(sentence)).wait_for()
        return self

    def press(self, name):
        self.page.get_by_role("button", name=name).click()
        return self

    def field(self, name="a"):
        return self.task.locator(f"[name='{name}']")

    def _answer(self, dialog):
        self.alerts.append(dialog.message)
        dialog.accept()


@pytest.fixture
def open_tab():
    """Make a tab of any browser."""
    return lambda context, url: Worker(context.new_page(), url)


@pytest.fixture
def work(context, start):
    """Open a template as a worker."""

    def opened(template, address=WORKER, **changes):
        url = start(template=template, **changes)
        return Worker(context.new_page(), url).open(address)

    return opened
