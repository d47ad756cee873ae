"""Real runs: one that is over, with answers over HTTP and files; and one that is going on."""

import shutil
from dataclasses import dataclass

import pytest
import requests

from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.task_run import TaskRun
from mephisto.operations.operator import Operator

HOSTILE = '..\\../a"b?.txt'


def configuration(folder, per_row, onboarding, block_qualification, data_csv, **task):
    """Write a page and two rows of data, and return what a run script hands to the operator."""
    (folder / "task.html").write_text("<h1>${name}</h1><input name=x>")
    (folder / "onboarding.html").write_text("<h1>Can you?</h1><input name=x>")
    (folder / "data.csv").write_text("name,age\nAda,36\nAlan,41\n")
    return {
        "blueprint": {
            "_blueprint_type": "static_task",
            "task_source": str(folder / "task.html"),
            "data_csv": data_csv or str(folder / "data.csv"),
            "units_per_assignment": per_row,
            "onboarding_source": str(folder / "onboarding.html") if onboarding != "???" else None,
            "onboarding_qualification": onboarding,
            "block_qualification": block_qualification,
        },
        "architect": {"_architect_type": "local", "port": 0},
        "provider": {"_provider_type": "mock"},
        "task": {
            "task_name": "people",
            "task_title": "People",
            "task_description": "Who are they?",
            "task_reward": 0.3,
            "task_tags": "test",
            **task,
        },
    }


@dataclass
class Run:
    """A run that is going on, and the pages of its workers."""

    operator: Operator
    id: str

    @property
    def url(self):
        return self.operator.get_running_task_runs()[self.id].url

    def details(self, worker, place):
        """Ask for a unit; return what the page is told."""
        registration = {
            "worker_name": worker,
            "agent_registration_id": f"{place}-{worker}",
            "assignment_id": place,
            "provider_type": "mock",
        }
        return self.post("request_agent", json={"provider_data": registration})["data"]

    def ask(self, worker, place):
        """Ask for a unit; return who the worker is now, or None without one."""
        agent_id = self.details(worker, place)["agent_id"]
        return {"USED_AGENT_ID": agent_id} if agent_id else None

    def submit(self, who, **body):
        receipt = self.post("submit_task", **body)["receipt"]
        self.post("confirm_receipt", json={**who, "receipt": receipt})

    def answer(self, who):
        """Hand in some answer for *who*, as `ask` returns it."""
        self.submit(who, json={"final_data": {"x": 1}, **who})

    def post(self, route, **body):
        return requests.post(f"{self.url}/{route}", timeout=20, **body).json()


def started(
    operator,
    folder,
    per_row=1,
    onboarding="???",
    block_qualification="???",
    data_csv=None,
    shared_state=None,
    **task,
):
    config = configuration(folder, per_row, onboarding, block_qualification, data_csv, **task)
    return Run(operator, operator.launch_task_run_or_die(config, shared_state))


@pytest.fixture(scope="session")
def run_data(tmp_path_factory):
    """Two rows for two workers each; x sent two files of one name with each answer, y sent JSON."""
    folder = tmp_path_factory.mktemp("run")
    db = LocalMephistoDB(folder / "data")
    operator = Operator(db)
    try:
        run = started(operator, folder, per_row=2)
        for worker, place in (("x", "1"), ("x", "2"), ("y", "1"), ("y", "2")):
            who = run.ask(worker, place)
            if worker == "x":
                files = [("sketch", (HOSTILE, b"one")), ("sketch", (HOSTILE, b"two"))]
                answer = {"final_string_data": '{"x": 1}', "submission_id": "s", **who}
                run.submit(who, data=answer, files=files)
            else:
                run.submit(who, json={"final_data": {"x": 2}, **who})
        operator.wait_for_runs_then_shutdown()
    finally:
        operator.shutdown()
        db.shutdown()
    return folder / "data"


@pytest.fixture
def db(run_data, tmp_path):
    """The database of the run that is over; each test has a copy of its own."""
    shutil.copytree(run_data, tmp_path / "data")
    opened = LocalMephistoDB(tmp_path / "data")
    yield opened
    opened.shutdown()


@pytest.fixture
def launch(db, tmp_path):
    """Launch a task in the same database: two rows for one worker each, unless a test says otherwise."""
    operator = Operator(db)
    yield lambda **options: started(operator, tmp_path, **options)
    operator.shutdown()


@pytest.fixture
def run(launch):
    """A run that goes on while the test lasts."""
    return launch(task_name="going on")


@pytest.fixture
def row(db, run):
    """The row of that run."""
    return TaskRun.get(db, run.id)


@pytest.fixture
def who(run):
    """A worker who is at work there, as their page names them."""
    return run.ask("x", "1")


@pytest.fixture
def agent(db, run, who):
    """Their attempt."""
    return db.find_agents(task_run_id=run.id)[0]
