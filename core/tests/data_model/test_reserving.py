"""Units that a script keeps from everybody for a while, or puts on offer before their turn."""

import json
import subprocess
import sys
import threading
import time

import pytest
from click.testing import CliRunner

from mephisto.abstractions.blueprints.abstract.static_task.static_blueprint import SharedStaticTaskState
from mephisto.cli import cli
from mephisto.data_model.task_run import TaskRun
from mephisto.data_model.unit import Unit
from mephisto.errors import MephistoError
from mephisto.operations.telling import line

RESERVE_ALL = """
import json
import sys

from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.task_run import TaskRun

db = LocalMephistoDB(sys.argv[1])
run = TaskRun.get(db, sys.argv[2])
units = run.get_units()
print("ready", flush=True)
sys.stdin.readline()
print(json.dumps([unit.db_id for unit in units if run.reserve_unit(unit) is not None]))
db.shutdown()
"""


def refusal(run, worker, place):
    """Ask for a unit, and return why there is none, and whether one may be asked for again."""
    reply = run.details(worker, place)
    assert reply["agent_id"] is None
    return reply["refusal"], reply["may_try_again"]


def has_ended(run):
    return run.id not in run.operator.get_running_task_runs()


def ends(run):
    """Wait until a run has ended by itself."""
    deadline = time.monotonic() + 20
    while not has_ended(run):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return True


def test_a_reserved_unit_is_given_to_nobody_until_it_is_given_back_and_the_run_waits_for_it(db, run, row):
    first, second = row.get_units()
    reserved = row.reserve_unit(first)
    assert (reserved, reserved.get_status(), first.get_status()) == (first, "created", "created")
    assert row.get_valid_units_for_worker(db.find_workers()[0]) == [second]
    who = run.ask("x", "1")
    assert second.get_assigned_agent().get_worker().worker_name == "x"
    assert refusal(run, "y", "1") == ("try again", True)
    run.answer(who)
    assert refusal(run, "x", "2") == refusal(run, "y", "2") == ("try again", True)
    time.sleep(1)  # the clock of a run looks at its rows several times in that
    assert not has_ended(run)
    row.clear_reservation(first)
    assert first.get_status() == "launched"
    run.answer(run.ask("y", "3"))
    assert ends(run)
    assert [unit.get_status() for unit in row.get_units()] == ["completed", "completed"]


def test_what_is_not_free_cannot_be_reserved(db, run, row):
    first, second = row.get_units()
    who = run.ask("x", "1")
    assert row.reserve_unit(first) is None  # somebody works on it
    run.answer(who)
    assert row.reserve_unit(first) is None  # it is done
    assert row.reserve_unit(second) is not None
    assert row.reserve_unit(second) is None  # it is reserved already
    row.clear_reservation(second)
    second.expire()
    assert row.reserve_unit(second) is None  # it is taken back
    assert ends(run)
    assert [row.reserve_unit(unit) for unit in row.get_units()] == [None, None]


def test_a_reservation_that_there_is_not_is_cleared_without_effect(run, row):
    first, second = row.get_units()
    run.ask("x", "1")
    for unit in (first, second):
        row.clear_reservation(unit)
    assert (first.get_status(), second.get_status()) == ("assigned", "launched")


def test_a_unit_of_another_run_is_an_error(db, row):
    other = next(unit for unit in db.find_units() if unit.task_run_id != row.db_id)
    for change in (row.reserve_unit, row.clear_reservation):
        with pytest.raises(MephistoError, match=f"is not one of run {row.db_id}"):
            change(other)


def test_another_unit_is_offered_in_place_of_a_reserved_one_which_then_waits_for_its_turn(db, launch):
    run = launch(task_name="one by one", max_num_concurrent_units=1)
    row = TaskRun.get(db, run.id)
    first, second = row.get_units()
    row.reserve_unit(first)
    assert (first.get_status(), second.get_status()) == ("created", "launched")
    row.clear_reservation(first)
    assert first.get_status() == "created"
    run.answer(run.ask("x", "1"))
    assert (first.get_status(), second.get_status()) == ("launched", "completed")


def test_a_reserved_unit_can_be_taken_back_for_good(db, run, row):
    first, second = row.get_units()
    row.reserve_unit(first).expire()
    row.clear_reservation(first)
    assert first.get_status() == "expired"
    second.expire()
    assert ends(run)


def test_limits_of_the_run_hold_while_units_are_reserved_which_expire_as_others_do(db, launch):
    run = launch(task_name="impatient", no_submission_patience=1)
    row = TaskRun.get(db, run.id)
    reserved = [row.reserve_unit(unit) for unit in row.get_units()]
    assert ends(run)
    assert [unit.get_status() for unit in reserved] == ["expired", "expired"]


def test_who_looks_at_a_run_reads_that_units_are_reserved_and_why_it_does_not_end(
    db, run, row, tmp_path, monkeypatch
):
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(tmp_path / "data"))
    for unit in row.get_units():
        row.reserve_unit(unit)
    shown = CliRunner().invoke(cli, ["run", run.id]).output
    assert "0 done, 0 at work, 2 left (2 reserved)" in shown
    assert "All 2 open units are reserved by a script" in shown
    assert "0 at work, 2 left (2 reserved)" in line(run.operator.get_running_task_runs()[run.id].look())
    told = json.loads(CliRunner().invoke(cli, ["run", run.id, "--json"]).output)
    assert (told["units_left"], told["units_reserved"]) == (2, 2)
    row.clear_reservation(row.get_units()[0])
    shown = CliRunner().invoke(cli, ["run", run.id]).output
    assert "2 left (1 reserved)" in shown
    assert "Waiting" not in shown


def test_an_answer_that_comes_late_is_kept_while_its_unit_is_reserved(db, run, row):
    unit = row.get_units()[0]
    who = run.ask("x", "1")
    unit.clear_assigned_agent()
    row.reserve_unit(unit)
    run.answer(who)
    assert (unit.get_status(), unit.get_assigned_agent()) == ("created", None)


def test_an_answer_that_comes_late_counts_once_its_unit_is_given_back_whether_or_not_it_is_on_offer(
    db, launch
):
    run = launch(task_name="one by one", max_num_concurrent_units=1)
    row = TaskRun.get(db, run.id)
    unit = row.get_units()[0]
    who = run.ask("x", "1")
    unit.clear_assigned_agent()
    row.reserve_unit(unit)
    row.clear_reservation(unit)
    assert unit.get_status() == "created"
    run.answer(who)
    assert unit.get_status() == "completed"
    assert unit.get_assigned_agent().get_worker().worker_name == "x"


def test_a_callback_of_the_run_reserves_and_gives_back(db, launch):
    done, heard = [], threading.Event()

    def on_unit_submitted(unit):
        row = unit.get_task_run()
        other = next(each for each in row.get_units() if each != unit)
        done.append(row.reserve_unit(other))
        row.clear_reservation(other)
        done.append(other.get_status())
        heard.set()

    run = launch(task_name="heard", shared_state=SharedStaticTaskState(on_unit_submitted=on_unit_submitted))
    run.answer(run.ask("x", "1"))
    assert heard.wait(20)
    assert done == [TaskRun.get(db, run.id).get_units()[1], "launched"]


def test_of_two_processes_one_reserves_a_unit_and_no_worker_is_given_it(db, launch, tmp_path):
    data = tmp_path / "many.csv"
    data.write_text("name\n" + "".join(f"row {number}\n" for number in range(40)))
    run = launch(task_name="wanted by many", data_csv=str(data))
    row = TaskRun.get(db, run.id)
    while len(row.get_units()) < 40:
        time.sleep(0.05)
    scripts = [
        subprocess.Popen(
            [sys.executable, "-c", RESERVE_ALL, str(tmp_path / "data"), run.id],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for script in scripts:
        assert script.stdout.readline() == "ready\n"
    for script in scripts:
        script.stdin.write("go\n")
        script.stdin.flush()
    place = 0
    while any(script.poll() is None for script in scripts):
        run.ask(f"w{place}", str(place))
        place += 1
    won = [json.loads(script.communicate()[0]) for script in scripts]
    given = [agent.get_unit().db_id for agent in db.find_agents(task_run_id=run.id)]
    assert sorted(won[0] + won[1] + given) == [unit.db_id for unit in row.get_units()]


def test_a_unit_is_put_on_offer_ahead_of_the_window(db, launch):
    run = launch(task_name="one by one", max_num_concurrent_units=1)
    first, second = TaskRun.get(db, run.id).get_units()
    assert (first.db_status, second.db_status) == ("launched", "created")
    first.launch()  # it is on offer already
    second.launch(run.url)
    assert (first.db_status, second.db_status) == ("launched", "launched")
    assert run.ask("x", "1")
    assert run.ask("y", "1")
    assert (first.get_status(), second.get_status()) == ("assigned", "assigned")


def test_a_unit_that_cannot_be_offered_says_why(db, run, row):
    first, second = row.get_units()
    row.reserve_unit(second)
    with pytest.raises(MephistoError, match=r"clear_reservation\(unit\) gives it back"):
        second.launch()
    row.clear_reservation(second)
    who = run.ask("x", "1")
    with pytest.raises(MephistoError, match=r"Somebody works on it\.\nunit\.clear_assigned_agent\(\)"):
        first.launch()
    run.answer(who)
    with pytest.raises(MephistoError, match=r"It is completed\.\nUnit\.new"):
        first.launch()
    over = db.find_task_runs(is_completed=True)[0].get_units()[0]
    with pytest.raises(MephistoError, match="offers nothing more"):
        over.launch()
    another = Unit.new(db, first.get_assignment(), 1, 0.3)
    second.expire()
    with pytest.raises(MephistoError, match=r"It is expired\."):
        second.launch()
    assert another.get_status() == "launched"
