"""The operator is killed and started again, anew or with the same run: no answer is lost, whatever the browser does."""

import json
import re
import socket
import subprocess
import sys
import textwrap
import time
from contextlib import closing

import pytest
import requests
from sqlalchemy import select

from mephisto.model import agents, submissions, task_runs, units
from mephisto.store import Store

SECONDS = 30
SCRIPT = """
    import json
    import sys
    from pathlib import Path

    from mephisto import AssignmentData, hookimpl
    from mephisto.data_model.database import LocalMephistoDB
    from mephisto.operations.operator import Operator
    from mephisto.plugins import register
    from mephisto.testing.stand_ins import PlainBlueprint

    class Rows(PlainBlueprint):
        @hookimpl
        def blueprint_tasks(self):
            return [AssignmentData({"question": f"Question {number}"}) for number in range(3)]

    register("blueprint", "rows", Rows)
    database = LocalMephistoDB(Path(sys.argv[1]))
    operator = Operator(database)
    operator.launch_task_run_or_die({
        "blueprint": {"_blueprint_type": "rows"},
        "architect": {"_architect_type": "local", "hostname": "localhost", "port": sys.argv[2]},
        "provider": {"_provider_type": "mock"},
        "task": {
            "task_name": "a task", "task_title": "A task", "task_description": "It is killed.",
            "task_reward": 0.1, "task_tags": "test", **json.loads(sys.argv[3]),
        },
    })
    operator.wait_for_runs_then_shutdown()
"""


class Server:
    """An operator in a process of its own, always on the same port and data."""

    def __init__(self, folder):
        self.data = folder / "data"
        self.script = folder / "script.py"
        self.script.write_text(textwrap.dedent(SCRIPT))
        with closing(socket.create_server(("localhost", 0))) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.process = None

    def start(self, **task):
        command = [sys.executable, self.script, self.data, str(self.port), json.dumps(task)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + SECONDS
        with requests.Session() as session:
            session.trust_env = False
            while time.monotonic() < deadline:
                try:
                    if session.get(f"{self.url}/is_alive", timeout=1).ok:
                        return self
                except requests.RequestException:
                    time.sleep(0.1)
        raise AssertionError("The server did not start.")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stored(self, query):
        store = Store(self.data)
        with store.read() as connection:
            found = connection.execute(query).all()
        store.close()
        return found

    def answers(self):
        """List what is stored: run, worker's answer and its kind."""
        query = select(agents.c.task_run_id, submissions.c.data, submissions.c.kind)
        return self.stored(query.join_from(submissions, agents).order_by(submissions.c.id))


@pytest.fixture
def server(tmp_path):
    started = Server(tmp_path).start()
    yield started
    started.kill()


def begin(context, server):
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{server.url}/?worker_id=x&assignment_id=1")
    page.frame_locator("iframe").get_by_role("button", name="Submit").wait_for()
    page.frame_locator("iframe").locator("[name=answer]").fill("mine")
    return page


def submit(page):
    page.frame_locator("iframe").get_by_role("button", name="Submit").click()
    page.get_by_text("your answer is kept here and will be sent").wait_for()


def is_saved(page):
    page.get_by_role("heading", name="Your answer is saved").wait_for(timeout=SECONDS * 1000)
    assert len(page.locator("dd").text_content()) == 10


def test_the_page_waits_for_the_server_and_sends(context, server):
    page = begin(context, server)
    server.kill()
    submit(page)
    server.start()
    is_saved(page)
    assert [(data, kind) for _, data, kind in server.answers()] == [({"answer": "mine"}, "answer")]


def test_an_answer_whose_receipt_was_lost_is_saved_once(context, server):
    """The server is killed after the commit, before the page hears of it."""
    page = begin(context, server)

    lost = []

    def commit_and_die(route):
        if lost:
            route.continue_()
            return
        with requests.Session() as session:
            session.trust_env = False
            sent = route.request
            lost.append(session.post(sent.url, data=sent.post_data_buffer, headers=sent.headers))
        server.kill()
        route.abort()

    page.route("**/submit_task", commit_and_die)
    submit(page)
    server.start()
    is_saved(page)
    assert [kind for *_, kind in server.answers()] == ["answer"]


def test_the_answer_outlives_server_and_browser(profile, server):
    context = profile()
    page = begin(context, server)
    server.kill()
    submit(page)
    context.close()
    server.start()
    again = profile().new_page()
    again.on("dialog", lambda dialog: dialog.accept())
    again.goto(f"{server.url}/?worker_id=x&assignment_id=1")
    is_saved(again)
    assert [(data, kind) for _, data, kind in server.answers()] == [({"answer": "mine"}, "answer")]


def test_a_page_whose_time_ran_out_while_nobody_served_goes_on_by_itself_with_the_run(context, server):
    """What its worker filled in stands, the countdown is that of the deadline that was moved, and the answer counts."""
    server.kill()
    server.start(assignment_duration_in_seconds=4)
    page = begin(context, server)
    server.kill()
    page.get_by_text("Your time is over").wait_for(timeout=SECONDS * 1000)
    server.start(resume_incomplete_run=True)
    page.get_by_text("Your time is over").wait_for(state="hidden", timeout=SECONDS * 1000)
    page.get_by_role("timer").filter(has_text=re.compile(r"1:\d\d|2 minutes")).wait_for()
    assert page.frame_locator("iframe").locator("[name=answer]").input_value() == "mine"
    page.frame_locator("iframe").get_by_role("button", name="Submit").click()
    is_saved(page)
    run = server.stored(select(task_runs.c.id).order_by(task_runs.c.id))[-1].id
    assert server.answers() == [(run, {"answer": "mine"}, "answer")]
    of_it = server.stored(select(units.c.status).where(units.c.task_run_id == run).order_by(units.c.id))
    assert of_it == [("completed",), ("launched",), ("launched",)]
