"""Stopping: workers may finish, each further request skips a step, and the exit status says how it went."""

import signal
import subprocess
import sys
import threading
import time

import pytest
import requests
from sqlalchemy import select, update

from mephisto.model import task_runs
from mephisto.operations.console_closing import on_console_event
from mephisto.operations.interruption import counted_interruptions

SCRIPT = """
import os
import sys
from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.interruption import ignore_interruptions
from mephisto.operations.operator import Operator
from mephisto.plugins import register
from mephisto.testing.stand_ins import NAME, LoopbackArchitect, OpenProvider, PlainBlueprint
import logging
from mephisto import AssignmentData, hookimpl

class Pair(PlainBlueprint):
    @hookimpl
    def blueprint_tasks(self):
        return [AssignmentData({"question": "How are you?"}, units=2)]

logging.basicConfig(level="INFO", stream=sys.stdout, format="%(message)s")
for kind, plugin in (("blueprint", Pair), ("architect", LoopbackArchitect), ("provider", OpenProvider)):
    register(kind, NAME, plugin)
db = LocalMephistoDB(sys.argv[1])
operator = Operator(db)
operator.launch_task_run_or_die({
    "blueprint": {"_blueprint_type": NAME}, "architect": {"_architect_type": NAME},
    "provider": {"_provider_type": NAME},
    "task": {"task_name": "t", "task_title": "T", "task_description": "D", "task_reward": 0.1, "task_tags": "a",
             "grace_time_in_seconds": int(sys.argv[2])}})
run, = operator.get_running_task_runs().values()
print("READY", run.url, os.getpid(), flush=True)
operator.wait_for_runs_then_shutdown(skip_input=True, log_rate=None)
ignore_interruptions()  # what is asked too late would be an error of this script, and not of its run
db.shutdown()
print("OVER", operator.exit_status, flush=True)
sys.exit(operator.exit_status)
"""

signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signals to other processes")


class Process:
    def __init__(self, folder, grace):
        (folder / "script.py").write_text(SCRIPT, encoding="utf-8")
        command = [sys.executable, str(folder / "script.py"), str(folder / "data"), str(grace)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.printed = []
        _, self.url, self.number = self.read_until("READY").split()
        self.session = requests.Session()
        self.session.trust_env = False

    def read_until(self, word):
        for line in self.process.stdout:
            self.printed.append(line)
            if word in line:
                return line
        raise AssertionError("".join(self.printed))

    def begin(self, worker):
        registration = {"worker_name": worker, "agent_registration_id": f"1-{worker}", "assignment_id": "1"}
        reply = self.session.post(
            self.url + "/request_agent", json={"provider_data": registration}, timeout=10
        )
        return reply.json()["data"]

    def submit(self, agent):
        body = {"USED_AGENT_ID": agent["agent_id"], "final_data": {"x": 1}, "submission_id": "s"}
        reply = self.session.post(self.url + "/submit_task", json=body, timeout=10)
        confirmation = {"USED_AGENT_ID": agent["agent_id"], "receipt": reply.json()["receipt"]}
        self.session.post(self.url + "/confirm_receipt", json=confirmation, timeout=10)
        return reply.status_code

    def ended(self):
        self.printed += self.process.stdout.readlines()
        self.session.close()
        return self.process.wait(20), "".join(self.printed)

    def kill(self):
        self.session.close()
        self.process.kill()
        self.process.stdout.close()
        self.process.wait()


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(grace):
        started.append(Process(tmp_path, grace))
        return started[-1]

    yield begin
    for process in started:
        process.kill()


@signals
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_is_at_work_may_finish_and_nobody_else_begins(start, number):
    run = start(grace=60)
    agent = run.begin("x")
    run.process.send_signal(number)
    run.read_until("1 worker is at work and may submit for another 60 s")
    assert run.begin("y")["refusal"] == "run closed"
    assert run.submit(agent) == 200
    status, printed = run.ended()
    assert status == 130, printed  # units were left
    assert "1 of 2 units are done" in printed


@signals
def test_work_that_was_all_done_is_no_interruption(start):
    run = start(grace=60)
    agents = [run.begin("x"), run.begin("y")]
    run.process.send_signal(signal.SIGINT)
    run.read_until("2 workers are at work")
    for agent in agents:
        run.submit(agent)
    status, printed = run.ended()
    assert status == 0, printed


@signals
def test_a_second_request_does_not_wait_for_workers(start):
    run = start(grace=600)
    run.begin("x")
    run.process.send_signal(signal.SIGINT)
    run.read_until("1 worker is at work")
    began = time.monotonic()
    run.process.send_signal(signal.SIGINT)
    status, printed = run.ended()
    assert time.monotonic() - began < 10
    assert "skipped: workers are finishing what they have begun. Still to do: " in printed
    assert "take down the server" in printed
    assert "'mephisto clean " in printed
    assert status == 130


def test_a_process_that_was_killed_leaves_nothing_that_the_next_one_trips_over(start):
    first = start(grace=0)
    first.begin("x")
    first.process.kill()
    first.process.wait()
    second = start(grace=0)
    (warning,) = (line for line in second.printed if "died." in line)
    assert "died. This launch starts anew; 0 answers are kept in" in warning
    assert "mephisto.task.resume_incomplete_run=true" in warning
    assert "operator.launch_from_incomplete_run" in warning
    for worker in ("x", "y"):
        second.submit(second.begin(worker))
    status, printed = second.ended()
    assert status == 0, printed


def test_who_held_a_unit_of_a_killed_run_holds_it_no_more(house):
    run = house.launch(maximum_units_per_worker=1)
    house.browser("x").begin()
    with house.store.read() as connection:
        assert connection.execute(select(task_runs.c.status)).scalar() == "live"
    died = update(task_runs).where(task_runs.c.id == run.terms.run_id).values(status="died")
    house.store.write(lambda connection: connection.execute(died))
    house.launch(maximum_units_per_worker=1)
    assert house.browser("x").begin().token


@signals
def test_requests_to_stop_in_quick_succession_skip_one_step_each(start):
    """A request that comes before the step before it is over does not skip that one again."""
    run = start(grace=600)
    run.begin("x")
    run.process.send_signal(signal.SIGINT)
    run.read_until("1 worker is at work")
    for _ in range(3):
        run.process.send_signal(signal.SIGINT)
        time.sleep(0.05)
    _, printed = run.ended()
    assert printed.count("skipped: workers are finishing") == 1
    assert "not done: ." not in printed
    assert "Traceback" not in printed


@signals
def test_a_request_to_stop_on_the_way_out_leaves_no_traceback(tmp_path):
    """The process has ended its runs, and Python is about to end the process."""
    (tmp_path / "page.html").write_text("<p>${a}</p><input name=x>")
    (tmp_path / "data.csv").write_text("a\n1\n2\n")
    words = [
        "blueprint=static_task architect=local provider=mock mephisto.architect.port=0",
        f"mephisto.blueprint.task_source={tmp_path}/page.html mephisto.blueprint.data_csv={tmp_path}/data.csv",
        f"mephisto.datapath={tmp_path}/data mephisto.task.task_reward=0.1 mephisto.task.task_title=T",
        "mephisto.task.task_description=D mephisto.task.task_tags=a mephisto.task.task_name=t",
    ]
    with subprocess.Popen(
        [sys.executable, "-c", "from mephisto.cli import main; main()", "launch", *" ".join(words).split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        printed = []
        for line in process.stdout:
            printed.append(line)
            if "Work as" in line or "has ended" in line:
                process.send_signal(signal.SIGINT)
            if "has ended" in line:
                for _ in range(20):
                    time.sleep(0.02)
                    process.send_signal(signal.SIGINT)
    assert process.returncode == 130, printed
    assert "Traceback" not in "".join(printed)


def test_closing_the_console_asks_to_stop_and_to_wait_for_nobody():
    """Windows tells of it on a thread of its own, and gives five seconds."""
    with counted_interruptions() as asked:
        closing = threading.Thread(target=on_console_event, args=(2, 1.0))
        closing.start()
        while closing.is_alive():
            closing.join(0.05)
    assert asked.count >= 2
    assert not on_console_event(0), "Ctrl-C is a signal of its own."


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows tells of a console that closes")
def test_a_run_whose_console_closes_has_ended_before_windows_ends_the_process(start):
    """The process is told as the console tells it: by a thread in it that calls its handlers with CTRL_CLOSE_EVENT."""
    run = start(grace=60)
    run.begin("x")
    began = time.monotonic()
    call_console_handlers(int(run.number), 2)
    status, printed = run.ended()
    assert time.monotonic() - began < 4.5
    assert status == 130, printed
    assert "1 attempt has ended without an answer." in printed
    assert "has ended: it was interrupted. 0 of 2 units are done" in printed
    assert "OVER 130" in printed


def call_console_handlers(process_id, event):
    import ctypes
    from ctypes import wintypes

    kernel = ctypes.WinDLL("kernel32")
    kernel.GetModuleHandleW.restype = kernel.OpenProcess.restype = wintypes.HANDLE
    kernel.GetProcAddress.argtypes = (wintypes.HANDLE, ctypes.c_char_p)
    kernel.GetProcAddress.restype = ctypes.c_void_p
    kernel.CreateRemoteThread.argtypes = (
        wintypes.HANDLE,
        *[ctypes.c_void_p] * 4,
        wintypes.DWORD,
        ctypes.c_void_p,
    )
    kernel.CreateRemoteThread.restype = wintypes.HANDLE
    all_access = 0x1FFFFF
    process = kernel.OpenProcess(all_access, 0, process_id)
    routine = kernel.GetProcAddress(kernel.GetModuleHandleW("kernel32.dll"), b"CtrlRoutine")
    assert kernel.CreateRemoteThread(process, None, None, routine, event, 0, None)
