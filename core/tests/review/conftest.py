"""A provider that carries all decisions out, its server, and finished work of its workers."""

import importlib.util
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import select

from mephisto import plugins
from mephisto.data_model.database import LocalMephistoDB
from mephisto.instants import SECOND
from mephisto.model import actions
from mephisto.status import RunStatus
from mephisto.store import attempts, claims, offering, people, processes, runs, submissions
from mephisto.store.admission import Terms

PROVIDER = Path(__file__).with_name("crowd_provider.py")
KINDS = {"approve", "reject", "soft_reject", "bonus", "message", "block", "unblock", "grant", "revoke"}


class Emulator:
    """Checks what it is asked, does it once for each token, and goes wrong as it is told to.

    `trouble` lists what happens to the next requests: "fail" and "busy" do nothing, "refuse" says why not, "lose"
    does it and hangs up, "hang" does it and does not reply before `go_on` is set.
    """

    def __init__(self):
        self.asked, self.done, self.trouble, self.wrong = [], {}, [], []
        self.busy_seconds = 0
        self.go_on, self.lock = threading.Event(), threading.Lock()
        emulator = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                emulator.handle(self, self.path.strip("/"), body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def handle(self, request, kind, body):
        with self.lock:
            self.asked.append((kind, body))
            self.check(kind, body)
            trouble = self.trouble.pop(0) if self.trouble else ""
            if trouble in {"", "lose", "hang"}:
                self.done.setdefault(body["token"], (kind, body))
        if trouble == "hang":
            self.go_on.wait(30)
        if trouble in {"lose", "hang"}:
            request.close_connection = True
            return
        status, text = {
            "fail": (500, ""),
            "busy": (429, str(self.busy_seconds)),
            "refuse": (422, "No such work."),
        }.get(trouble, (200, ""))
        request.send_response(status)
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text.encode())

    def check(self, kind, body):
        if kind not in KINDS or len(body["token"]) < 16 or body["account"] != "me" or not body["worker"]:
            self.wrong.append((kind, body))
        same = [old for old in self.asked if old[1]["token"] == body["token"]]
        if any(old != (kind, body) for old in same):
            self.wrong.append((kind, body))

    @property
    def effects(self):
        """What was done, in order, each with its worker."""
        return [(kind, body["worker"]) for kind, body in self.done.values()]

    def wait_for(self, count):
        deadline = time.monotonic() + 20
        while len(self.asked) < count:
            assert time.monotonic() < deadline, f"{len(self.asked)} of {count} requests came."
            time.sleep(0.01)


@pytest.fixture
def emulator():
    made = Emulator()
    yield made
    made.go_on.set()
    made.server.shutdown()
    made.server.server_close()
    assert made.wrong == []


@pytest.fixture
def crowd():
    """The provider `crowd`, as if it were installed."""
    spec = importlib.util.spec_from_file_location("crowd_provider", PROVIDER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    plugins.register("provider", "crowd", module.CrowdProvider)
    yield
    plugins.unregister("provider", "crowd")


@pytest.fixture
def db(tmp_path, crowd):
    opened = LocalMephistoDB(tmp_path / "data")
    yield opened
    opened.shutdown()


def add_run(db, config, rows=3, task="crowded"):
    """Launch a run at the provider `crowd`, without a server."""
    store, now, run_id = db.store, db.store.now(), db.store.ids.new()

    def job(connection):
        process = {"id": store.ids.new(), "host": "elsewhere", "number": 1}
        processes.add(connection, {**process, "started_at": now, "heartbeat_at": 0})
        task_id = runs.task_id(connection, store.ids.new(), task, "static_task", now)
        row = {
            "id": run_id,
            "task_id": task_id,
            "requester_id": people.requester_id(connection, store.ids.new(), "crowd", "me", now),
            "process_id": process["id"],
            "blueprint": "static_task",
            "architect": "local",
            "provider": "crowd",
            "config": {"task": {"task_title": "Title"}, "provider": {"_provider_type": "crowd", **config}},
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
        chunk = [offering.NewAssignment({"row": number}, 1) for number in range(rows)]
        offering.add(connection, store.ids, run_id, 0, chunk, 30, ended=True)
        offering.open_window(connection, run_id, 0)
        return task_id

    return Terms(run_id, store.write(job), "crowd", 600 * SECOND)


def begin_work(db, terms, worker):
    """Let a worker begin the next unit."""
    store, request = db.store, attempts.Request(worker, f"{worker} {db.store.ids.new()}", trusted=True)
    return store.write(lambda each: claims.claim(each, store.ids, terms, request, store.now()))


def work(db, terms, worker, data=None):
    """Let a worker do the next unit."""
    store, held = db.store, begin_work(db, terms, worker)
    if isinstance(held, attempts.Refused):
        return held
    data = {"answer": 1} if data is None else data
    incoming = submissions.Incoming(held.token, "s", data, submissions.digest(data, []))
    store.write(lambda each: submissions.accept(each, store.ids, terms, incoming, store.now()))
    return held


@pytest.fixture
def agents(db, emulator):
    """Three finished agents: two of x, one of y."""
    terms = add_run(db, {"url": emulator.url})
    for worker in ("x", "x", "y"):
        work(db, terms, worker)
    return db.find_agents()


@pytest.fixture
def states(db):
    def read():
        with db.store.read() as connection:
            query = select(actions.c.kind, actions.c.state).order_by(actions.c.id)
            return [tuple(row) for row in connection.execute(query)]

    return read


@pytest.fixture
def launch(db):
    return lambda config, **options: add_run(db, config, **options)


@pytest.fixture
def begin(db):
    return lambda terms, worker: begin_work(db, terms, worker)


@pytest.fixture
def do_work(db):
    return lambda terms, worker, data=None: work(db, terms, worker, data)
