"""A run of a script with functions of its own, and workers who ask over HTTP."""

import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import requests

from mephisto import AssignmentData, Identity, arg, hookimpl
from mephisto.config import BlueprintArgs
from mephisto.data_model.database import LocalMephistoDB
from mephisto.effects import Pages
from mephisto.operations.operator import Operator
from mephisto.plugins import register, unregister
from mephisto.shared_state import SharedTaskState
from mephisto.testing.stand_ins import NAME, LoopbackArchitect, OpenProvider

SECONDS = 30


@dataclass
class CountedArgs(BlueprintArgs):
    rows: int = arg("How many assignments.", 3)
    per_row: int = arg("How many units of each.", 1)


class Counted:
    """As many rows as a test wants."""

    Config = CountedArgs

    @hookimpl
    def blueprint_tasks(self, config):
        return (AssignmentData({"row": row}, config.per_row) for row in range(config.rows))

    @hookimpl
    def blueprint_build(self, public):
        (public / "page.html").write_text("<form></form>")
        return Pages("page.html")


class ManyPlaces(OpenProvider):
    """Workers who come back from another place."""

    @hookimpl
    def provider_identify(self, data):
        return Identity(data["worker_name"], registration=f"{data['worker_name']} {data['place']}")


class Script:
    """What a run script holds: the run, and its workers' requests."""

    def __init__(self, operator, run):
        self.operator, self.run, self.store = operator, run, run.store

    def post(self, path, **body):
        with requests.Session() as session:
            session.trust_env = False
            return session.post(self.run.url + path, json=body, timeout=SECONDS)

    def ask(self, worker, place=1):
        who = {"worker_name": worker, "place": place}
        return self.post("/request_agent", provider_data=who, browser_key=worker)

    def accept(self, worker, place=1):
        """Ask for a unit; return what the page is told."""
        reply = self.ask(worker, place)
        assert reply.status_code == 200, reply.text
        return reply.json()["data"]

    def submit(self, token, **answer):
        reply = self.post("/submit_task", USED_AGENT_ID=token, final_data=answer)
        assert reply.status_code == 200, reply.text
        return reply.json()["receipt"]

    def work(self, worker):
        """Take a unit and hand it in, with nothing further."""
        token = self.accept(worker)["agent_id"]
        self.confirm(token, self.submit(token, by=worker))

    def confirm(self, token, receipt):
        self.post("/confirm_receipt", USED_AGENT_ID=token, receipt=receipt)

    def together(self, *workers):
        """Let all workers ask at the same time; return their answers, in any order."""
        replies, lock = [], threading.Lock()

        def one(worker):
            reply = self.ask(worker)
            with lock:
                replies.append(reply)

        threads = [threading.Thread(target=one, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
        return replies


PLUGINS = {
    ("blueprint", "counted"): Counted,
    ("architect", NAME): LoopbackArchitect,
    ("provider", NAME): ManyPlaces,
}


@contextmanager
def _launched(folder, task=None, blueprint=None, **functions):
    database, operator = LocalMephistoDB(folder), None
    for (kind, name), plugin in PLUGINS.items():
        register(kind, name, plugin)
    try:
        operator = Operator(database)
        described = {
            "task_name": "called back",
            "task_title": "A task",
            "task_description": "It calls back.",
            "task_reward": 0.1,
            "task_tags": "test",
        }
        config = {
            "task": described | (task or {}),
            "blueprint": {"_blueprint_type": "counted"} | (blueprint or {}),
            "architect": {"_architect_type": NAME},
            "provider": {"_provider_type": NAME},
        }
        run_id = operator.launch_task_run_or_die(config, SharedTaskState(**functions))
        yield Script(operator, operator.get_running_task_runs()[run_id])
    finally:
        if operator:
            operator.shutdown()
        database.shutdown()
        for kind, name in PLUGINS:
            unregister(kind, name)


@pytest.fixture
def launched(tmp_path):
    """Launches a script's run with `launched(task=…, blueprint=…, on_unit_submitted=…)`, as a context manager."""

    def launch(**script):
        return _launched(tmp_path / "data", **script)

    return launch


@pytest.fixture
def said(caplog):
    """What the log says, as one text."""
    caplog.set_level(logging.INFO)
    return lambda: "\n".join(record.getMessage() for record in caplog.records)


@pytest.fixture
def wait_until():
    """Waits until something is true, at most ten seconds."""
    never = threading.Event()

    def wait(condition):
        for _ in range(1000):
            if condition():
                return
            never.wait(0.01)
        raise AssertionError("It did not come true.")

    return wait
