"""`mephisto clean`: what a killed run had put up is taken down, what was open is ended, and answers are kept."""

import importlib.util
import subprocess
import sys

import pytest
import requests
from click.testing import CliRunner

from mephisto import hookimpl
from mephisto.cli import cli
from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.cleaning import clean
from mephisto.plugins import register, unregister
from mephisto.testing.stand_ins import LoopbackArchitect

NAME = "lasting"
PLUGINS = """
from pathlib import Path
from mephisto import AssignmentData, Deployed, hookimpl
from mephisto.plugins import register
from mephisto.testing.stand_ins import LoopbackArchitect, OpenProvider, PlainBlueprint

class Lasting(LoopbackArchitect):
    '''What it deploys outlives the process: a file, which only the state names.'''

    @hookimpl
    def architect_deploy(self, site, desk):
        deployed = super().architect_deploy(site, desk)
        lasting = Path(__file__).with_name("deployed")
        lasting.write_text(deployed.url)
        return Deployed(deployed.url, {"file": str(lasting)})

    @hookimpl
    def architect_shutdown(self, state):
        super().architect_shutdown()
        Path(state["file"]).unlink(missing_ok=True)

class Pair(PlainBlueprint):
    @hookimpl
    def blueprint_tasks(self):
        return [AssignmentData({"question": "How are you?"}, units=3)]

PLUGINS = {"blueprint": Pair, "architect": Lasting, "provider": OpenProvider}
"""
SCRIPT = """
import sys
from plugins_of_mine import PLUGINS
from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.operator import Operator
from mephisto.plugins import register

for kind, plugin in PLUGINS.items():
    register(kind, "lasting", plugin)
operator = Operator(LocalMephistoDB(sys.argv[1]))
config = {kind: {f"_{kind}_type": "lasting"} for kind in PLUGINS}
config["task"] = {"task_name": "t", "task_title": "T", "task_description": "D", "task_reward": 0.1, "task_tags": "a"}
operator.launch_task_run_or_die(config)
print(next(iter(operator.get_running_task_runs().values())).url, flush=True)
operator.wait_for_runs_then_shutdown()
"""


class LastingRun:
    """A run in a process of its own, of which something stays when the process is killed."""

    def __init__(self, folder):
        (folder / "plugins_of_mine.py").write_text(PLUGINS)
        (folder / "script.py").write_text(SCRIPT)
        self.data, self.deployed = folder / "data", folder / "deployed"
        command = [sys.executable, str(folder / "script.py"), str(self.data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()

    def post(self, route, body):
        with requests.Session() as session:
            session.trust_env = False
            return session.post(f"{self.url}/{route}", json=body, timeout=10).json()

    def begin(self, worker):
        return self.post("request_agent", {"provider_data": {"worker_name": worker}})["data"]["agent_id"]

    def submit(self, token):
        self.post("submit_task", {"USED_AGENT_ID": token, "final_data": {"x": 1}, "submission_id": "s"})

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def lasting(tmp_path, monkeypatch):
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(tmp_path / "data"))
    run = LastingRun(tmp_path)
    spec = importlib.util.spec_from_file_location("plugins_of_mine", tmp_path / "plugins_of_mine.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    register("architect", NAME, module.Lasting)
    yield run
    if run.process.poll() is None:
        run.kill()
    unregister("architect", NAME)


def cleaned(run="latest"):
    return CliRunner().invoke(cli, ["clean", run])


def test_what_a_killed_run_had_put_up_is_taken_down_and_its_answers_are_kept(lasting):
    lasting.submit(lasting.begin("x"))
    lasting.begin("y")
    lasting.kill()
    assert lasting.deployed.exists()
    result = cleaned()
    assert result.exit_code == 0, result.output
    assert not lasting.deployed.exists()
    assert "Units taken back: 2; of them, workers had begun 1." in result.output
    assert "Answers kept: 1." in result.output
    db = LocalMephistoDB(lasting.data)
    assert sorted(unit.get_status() for unit in db.find_units()) == ["completed", "expired", "expired"]
    assert sorted(agent.get_status() for agent in db.find_agents()) == ["completed", "expired"]
    assert db.find_task_runs()[0].get_is_completed()
    db.shutdown()


def test_cleaning_again_changes_nothing(lasting):
    lasting.kill()
    cleaned()
    again = cleaned()
    assert again.exit_code == 0
    assert "Units taken back" not in again.output


def test_a_run_that_is_alive_is_not_touched(lasting):
    token = lasting.begin("x")
    refused = cleaned()
    assert refused.exit_code == 1
    assert f"Process {lasting.process.pid} on " in refused.output
    assert "Ctrl-C" in refused.output
    assert lasting.deployed.exists()
    lasting.submit(token)


def test_what_cannot_be_taken_down_leaves_the_run_as_it_was(lasting):
    lasting.kill()
    lasting.deployed.unlink()
    lasting.deployed.mkdir()  # what the architect cannot delete
    failed = cleaned()
    assert failed.exit_code == 1
    assert "failed in 'architect_shutdown'" in failed.output
    lasting.deployed.rmdir()
    assert "Units taken back: 3" in cleaned().output


def test_where_nothing_is_stored_there_is_nothing_to_clean(tmp_path, monkeypatch):
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(tmp_path / "empty"))
    result = cleaned()
    assert result.exit_code == 0
    assert "No runs yet" in result.output
    assert not (tmp_path / "empty").exists()


class Stubborn(LoopbackArchitect):
    """Does not stop when it is told so first."""

    told = []  # noqa: RUF012 - cleared by the test

    @hookimpl
    def architect_shutdown(self):
        self.told.append(True)
        super().architect_shutdown()
        if len(self.told) == 1:
            raise OSError("the host does not answer")


def test_what_a_run_could_not_take_down_at_its_end_is_taken_down_later(house, caplog):
    Stubborn.told.clear()
    register("architect", NAME, Stubborn)
    config = house.configuration() | {"architect": {"_architect_type": NAME}}
    run_id = house.operator.launch_task_run_or_die(config)
    house.operator.shutdown()
    assert f"'mephisto clean {run_id}' tries again" in caplog.text
    assert house.db.get_task_run(run_id)["is_completed"]
    clean(house.store, int(run_id))
    unregister("architect", NAME)
    assert len(Stubborn.told) == 2
