"""A real run, made once: two rows of data for two workers each, answered over HTTP, with files."""

import shutil

import pytest
import requests

from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.operator import Operator

HOSTILE = '..\\../a"b?.txt'


@pytest.fixture(scope="session")
def run_data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "task.html").write_text("<h1>${name}</h1><input name=x>")
    (folder / "data.csv").write_text("name,age\nAda,36\nAlan,41\n")
    db = LocalMephistoDB(folder / "data")
    operator = Operator(db)
    try:
        run_id = operator.launch_task_run_or_die(
            {
                "blueprint": {
                    "_blueprint_type": "static_task",
                    "task_source": str(folder / "task.html"),
                    "data_csv": str(folder / "data.csv"),
                    "units_per_assignment": 2,
                },
                "architect": {"_architect_type": "local", "port": 0},
                "provider": {"_provider_type": "mock"},
                "task": {
                    "task_name": "people",
                    "task_title": "People",
                    "task_description": "Who are they?",
                    "task_reward": 0.3,
                    "task_tags": "test",
                },
            }
        )
        url = operator.get_running_task_runs()[run_id].url
        for worker, place in (("x", "1"), ("x", "2"), ("y", "1"), ("y", "2")):
            _work(url, worker, place)
        operator.wait_for_runs_then_shutdown()
    finally:
        operator.shutdown()
        db.shutdown()
    return folder / "data"


def _work(url, worker, place):
    """Do a unit; x sends two files of one name with each answer, y sends JSON."""
    registration = {
        "worker_name": worker,
        "agent_registration_id": f"{place}-{worker}",
        "assignment_id": place,
        "provider_type": "mock",
    }
    agent = requests.post(f"{url}/request_agent", json={"provider_data": registration}, timeout=20).json()
    who = {"USED_AGENT_ID": agent["data"]["agent_id"]}
    if worker == "x":
        files = [("sketch", (HOSTILE, b"one")), ("sketch", (HOSTILE, b"two"))]
        answer = {"final_string_data": '{"x": 1}', "submission_id": "s", **who}
        reply = requests.post(f"{url}/submit_task", data=answer, files=files, timeout=20)
    else:
        reply = requests.post(f"{url}/submit_task", json={"final_data": {"x": 2}, **who}, timeout=20)
    receipt = reply.json()["receipt"]
    requests.post(f"{url}/confirm_receipt", json={**who, "receipt": receipt}, timeout=20)


@pytest.fixture
def db(run_data, tmp_path):
    """The run's database; each test has a copy of its own."""
    shutil.copytree(run_data, tmp_path / "data")
    opened = LocalMephistoDB(tmp_path / "data")
    yield opened
    opened.shutdown()
