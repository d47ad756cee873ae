"""A real run script is killed in the middle of its work, and started again: nothing that was acknowledged is lost."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sqlalchemy import select

from mephisto.model import agents, submissions, task_runs, units
from mephisto.store import Store

SCRIPT = """
import logging, sys
from dataclasses import dataclass, field
from typing import Any

from mephisto import AssignmentData, OnboardingArgs, OnboardingSharedState, SharedTaskState, hookimpl
from mephisto.config import BlueprintArgs
from mephisto.data_model.database import LocalMephistoDB
from mephisto.effects import Pages
from mephisto.operations.interruption import ignore_interruptions
from mephisto.operations.operator import Operator
from mephisto.plugins import register
from mephisto.testing.stand_ins import NAME, LoopbackArchitect, OpenProvider

data, how, rows, *words = sys.argv[1:]

@dataclass
class Args(OnboardingArgs, BlueprintArgs): ...

@dataclass
class State(OnboardingSharedState, SharedTaskState): ...

class Rows:
    Config, SharedState = Args, State

    @hookimpl
    def blueprint_tasks(self):
        return (AssignmentData({"question": str(row)}) for row in range(int(rows)))

    @hookimpl
    def blueprint_build(self, public):
        for page in ("page.html", "onboarding.html"):
            (public / page).write_text("<form></form>")
        return Pages("page.html", onboarding="onboarding.html")

logging.basicConfig(level="INFO", stream=sys.stdout, format="%(message)s")
for kind, plugin in (("blueprint", Rows), ("architect", LoopbackArchitect), ("provider", OpenProvider)):
    register(kind, NAME, plugin)
db = LocalMephistoDB(data)
operator = Operator(db)
config = {kind: {f"_{kind}_type": NAME} for kind in ("blueprint", "architect", "provider")}
config["task"] = {"task_name": "t", "task_title": "T", "task_description": "D", "task_reward": 0.1, "task_tags": "a"}
if "onboarding" in words:
    config["blueprint"]["onboarding_qualification"] = "knows"
state = State(
    onboarding_data={}, validate_onboarding=lambda _: True,
    on_unit_submitted=lambda unit: print("TOLD", unit.db_id, flush=True),
)
if how == "from":
    run_id = operator.launch_from_incomplete_run(operator.find_previous_task_run(config), state)
else:
    config["task"]["resume_incomplete_run"] = how == "resume"
    run_id = operator.launch_task_run(config, state)
if run_id:
    print("READY", operator.get_running_task_runs()[run_id].url, flush=True)
operator.wait_for_runs_then_shutdown()
ignore_interruptions()
db.shutdown()
print("OVER", flush=True)
sys.exit(operator.exit_status)
"""


class Script:
    """The run script in a process of its own. `url` is empty if it was refused."""

    def __init__(self, folder, how, rows, words):
        (folder / "script.py").write_text(SCRIPT, encoding="utf-8")
        command = [sys.executable, str(folder / "script.py"), str(folder / "data"), how, str(rows), *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.printed = []
        self.url = ""
        for line in self.process.stdout:
            self.printed.append(line)
            if line.startswith("READY"):
                self.url = line.split()[1]
                break
        self.session = requests.Session()
        self.session.trust_env = False

    def post(self, route, **body):
        reply = self.session.post(f"{self.url}/{route}", json=body, timeout=10)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def begin(self, worker):
        who = {"worker_name": worker, "agent_registration_id": f"1-{worker}", "assignment_id": "1"}
        return self.post("request_agent", provider_data=who, browser_key=worker)["data"]["agent_id"]

    def submit(self, token):
        answer = self.post("submit_task", USED_AGENT_ID=token, final_data={"by": token}, submission_id="s")
        self.post("confirm_receipt", USED_AGENT_ID=token, receipt=answer["receipt"])
        return answer["receipt"]

    def kill(self):
        self.process.kill()
        self.ended()

    def ended(self):
        with self.session, self.process.stdout:
            self.printed += self.process.stdout.readlines()
        return self.process.wait(20), "".join(self.printed)


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(how="launch", rows=4, *words):
        started.append(Script(tmp_path, how, rows, words))
        return started[-1]

    yield begin
    for script in started:
        if not script.process.stdout.closed:
            script.kill()


@pytest.fixture
def stored(tmp_path):
    """Read columns of all rows, the oldest first."""

    def read(*columns):
        store = Store(tmp_path / "data")
        with store.read() as connection:
            found = connection.execute(select(*columns).order_by(columns[0].table.c.id)).all()
        store.close()
        return found

    return read


@pytest.mark.parametrize("how", ["resume", "from"])
def test_acknowledged_answers_stay_and_who_was_at_work_hands_in(start, stored, how):
    first = start()
    receipt = first.submit(first.begin("x"))
    at_work = first.begin("y")
    first.kill()
    second = start(how)
    assert any("1 of 4 units are done" in line for line in second.printed), second.printed
    assert second.begin("y") == at_work
    second.submit(at_work)
    for worker in "vw":
        second.submit(second.begin(worker))
    status, printed = second.ended()
    assert status == 0, printed
    assert "has ended: all of its units are done. 4 of 4 units are done" in printed
    assert stored(task_runs.c.status) == [("ended",)]
    assert stored(units.c.status) == [("completed",)] * 4
    assert stored(submissions.c.receipt_code, submissions.c.kind)[0] == (receipt, "answer")
    assert len(stored(submissions.c.id)) == 4


def test_it_is_killed_again_and_again_and_every_answer_counts_once(start, stored):
    acknowledged, script = [], start(rows=12)
    for turn in range(5):
        acknowledged.append(script.submit(script.begin(f"{turn} does all")))
        left_open = script.begin(f"{turn} is interrupted")
        script.kill()
        script = start("resume", 12)
        acknowledged.append(script.submit(left_open))
    acknowledged += [script.submit(script.begin(worker)) for worker in "xy"]
    status, printed = script.ended()
    assert status == 0, printed
    assert [code for code, kind in stored(submissions.c.receipt_code, submissions.c.kind)] == acknowledged
    assert stored(units.c.status) == [("completed",)] * 12
    assert len({row.assignment_id for row in stored(agents.c.assignment_id)}) == 12


def test_an_onboarding_in_the_middle_goes_on(start):
    first = start("launch", 1, "onboarding")
    learning = first.begin("x")
    assert learning.startswith("onboarding_")
    first.kill()
    second = start("resume", 1, "onboarding")
    assert second.begin("x") == learning
    onboarded = {"USED_AGENT_ID": learning, "onboarding_data": {"answer": "yes"}}
    token = second.post("submit_onboarding", provider_data=onboarded)["data"]["agent_id"]
    second.submit(token)
    status, printed = second.ended()
    assert status == 0, printed


def test_what_the_killed_process_did_not_tell_its_script_is_told(start, stored):
    first = start()
    for worker in "xyz":
        first.submit(first.begin(worker))
    first.kill()
    second = start("resume")
    second.submit(second.begin("w"))
    second.ended()
    told = [line.split()[1] for line in (*first.printed, *second.printed) if line.startswith("TOLD")]
    assert list(dict.fromkeys(told)) == [str(row.id) for row in stored(units.c.id)]


def test_while_the_first_lives_a_second_one_is_refused(start):
    first = start()
    second = start("from")
    status, printed = second.ended()
    assert status == 1
    assert f"Process {first.process.pid} on " in printed
    first.submit(first.begin("x"))


def test_of_two_processes_that_go_on_at_once_one_does(start, stored):
    first = start()
    at_work = first.begin("x")
    first.kill()
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(start, ["from", "from"]))
    (winner,) = (script for script in both if script.url)
    (other,) = (script for script in both if not script.url)
    status, printed = other.ended()
    assert status == 1
    assert "is another process's by now" in printed or f"Process {winner.process.pid} on " in printed
    winner.submit(at_work)
    for worker in "uvw":
        winner.submit(winner.begin(worker))
    status, printed = winner.ended()
    assert status == 0, printed
    assert stored(units.c.status) == [("completed",)] * 4


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signals to other processes")
def test_after_ctrl_c_with_work_left_it_goes_on(start, stored):
    first = start()
    first.submit(first.begin("x"))
    first.process.send_signal(signal.SIGINT)
    status, printed = first.ended()
    assert status == 130, printed
    second = start("resume")
    for worker in "uvw":
        second.submit(second.begin(worker))
    status, printed = second.ended()
    assert status == 0, printed
    assert stored(units.c.status) == [("completed",)] * 4


def test_it_goes_on_with_more_rows_and_refuses_fewer(start):
    start().kill()
    status, printed = start("resume", 3).ended()
    assert status == 2
    assert "The task data has 3 rows.\nRun " in printed
    more = start("resume", 5)
    for worker in "uvwxy":
        more.submit(more.begin(worker))
    status, printed = more.ended()
    assert status == 0, printed
    assert "5 of 5 units are done" in printed
