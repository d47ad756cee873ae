"""When a run is not gone on with, and why: each refusal is plain, and changes nothing."""

import threading

import pytest
import requests

from mephisto.data_model import database as database_module
from mephisto.errors import MephistoError
from mephisto.operations.cleaning import clean
from mephisto.operations.operator import Operator
from mephisto.plugins import register, unregister
from mephisto.store.roles import RoleName
from rows_plugins import RowsBlueprint

ROWS = [{"a": 1}, {"a": 2}, {"a": 3}]


def test_a_run_on_which_a_process_works_is_refused_with_its_name(house, caplog):
    run = house.launch(ROWS)
    second = Operator(house.db)
    assert second.launch_from_incomplete_run(run.task_run) is None
    with house.store.read() as connection:
        assert run.turn.is_held(connection, RoleName.CLOCK)
    process = house.rows("processes")[0]
    assert f"Run {run.id} is alive." in caplog.text
    assert f"Process {process.number} on {process.host} works on it." in caplog.text
    assert second.exit_status == 1
    assert house.browser("x").work()
    assert house.count("processes") == 1, "What is refused begins nothing."


def test_a_run_that_is_complete_is_refused(house, caplog):
    run = house.launch()
    house.browser("x").work()
    house.ended()
    assert house.go_on() is None
    assert f"Run {run.id} is complete.\nAll of its units are done." in caplog.text


def test_a_run_whose_script_took_back_what_was_left_is_complete(house, caplog):
    house.launch(ROWS[:2])
    house.db.find_units()[1].expire()
    house.browser("x").work()
    house.ended()
    assert house.go_on(ROWS[:2]) is None
    assert "is complete.\nIts units are done or were taken back." in caplog.text


def test_cleaning_up_a_run_with_which_another_process_goes_on_meanwhile_changes_nothing(house, monkeypatch):
    run = house.launch(ROWS)
    house.die()

    monkeypatch.setattr("mephisto.operations.cleaning.take_down", lambda _: house.go_on(ROWS))
    with pytest.raises(MephistoError, match="is another process's by now"):
        clean(house.store, run.terms.run_id)
    assert house.rows("runs")[0].status == "live"
    assert house.statuses("units") == ["launched"] * 3
    assert house.browser("x").work()


def test_a_run_of_another_data_directory_is_refused(house, tmp_path, caplog):
    run = house.launch(ROWS)
    elsewhere = database_module.LocalMephistoDB(tmp_path / "elsewhere")
    assert Operator(elsewhere).launch_from_incomplete_run(run.task_run) is None
    elsewhere.shutdown()
    assert f"There is no task run with the id {run.id}." in caplog.text


@pytest.mark.parametrize("nothing", [None, "73"])
def test_what_is_no_run_is_refused(house, caplog, nothing):
    assert house.operator.launch_from_incomplete_run(nothing) is None
    assert "There is no run to go on with." in caplog.text
    assert "find_previous_task_run" in caplog.text


@pytest.fixture
def other_blueprint():
    register("blueprint", "other rows", RowsBlueprint)
    yield {"_blueprint_type": "other rows"}
    unregister("blueprint", "other rows")


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("blueprint", "another blueprint.\nIt was launched with 'rows', and is to go on with 'other rows'."),
        ("provider", "another provider.\nIt was launched with 'mock', and is to go on with 'strangers'."),
        (
            "requester",
            "another requester.\nIt was launched with 'MOCK_REQUESTER', and is to go on with 'me'.",
        ),
    ],
)
def test_what_may_not_change_is_named(house, caplog, rows_state, other_blueprint, what, named):
    run = house.launch(ROWS)
    house.die()
    config = house.configuration(resume_incomplete_run=True)
    config["blueprint" if what == "blueprint" else "provider"] |= {
        "blueprint": other_blueprint,
        "provider": {"_provider_type": "strangers"},
        "requester": {"requester_name": "me"},
    }[what]
    before = house.rows("runs"), house.rows("units")
    assert house.operator.launch_task_run(config, rows_state(rows=ROWS)) is None
    assert f"Run {run.id} cannot go on with {named}" in caplog.text
    assert "or launch anew, without mephisto.task.resume_incomplete_run." in caplog.text
    assert (house.rows("runs"), house.rows("units")) == before
    assert house.operator.exit_status == 2


def test_of_two_that_go_on_at_once_one_does_and_the_other_is_refused(house, caplog, rows_state):
    run = house.launch(ROWS)
    house.die()
    databases = [database_module.LocalMephistoDB(house.directory) for _ in range(3)]
    operators = [Operator(each) for each in databases]
    barrier, got = threading.Barrier(len(operators)), []

    def go_on(operator):
        task_run = operator.db.find_task_runs()[0]
        barrier.wait(10)
        got.append(operator.launch_from_incomplete_run(task_run, rows_state(rows=ROWS)))

    threads = [threading.Thread(target=go_on, args=(operator,)) for operator in operators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    try:
        assert sorted(map(str, got)) == sorted([run.id, "None", "None"])
        (winner,) = (operator for operator in operators if operator._runs)
        house.run = winner._runs[run.id]
        for assignment in "123":
            house.browser("x", assignment).work()
        assert house.ended().status == "ended"
        assert caplog.text.count("The task was not launched.") == 2
    finally:
        for operator, database in zip(operators, databases, strict=True):
            operator.shutdown()
            database.shutdown()


def test_a_process_that_was_taken_for_dead_and_was_not_writes_nothing_more(house, monkeypatch, rows_state):
    """It finds that another one goes on with its run, and takes down what is its own."""
    run = house.launch(ROWS)
    at_work, desk = house.browser("x").begin(), house.browser("x").desk
    monkeypatch.setattr("mephisto.operations.left_behind.is_alive", lambda *_: False)
    second = Operator(house.db)
    run._lock.acquire()  # its end waits, so that pages still reach it
    try:
        assert second.launch_from_incomplete_run(run.task_run, rows_state(rows=ROWS)) == run.id
        now = house.rows("runs")
        before = [(row.status, row.process_id, row.url) for row in now], house.rows("units")
        packet = {"packet_type": "register_agent", "subject_id": "1"}
        refused = desk.handle({**packet, "data": {"provider_data": house.browser("y").provider_data}})
        assert refused.body["refusal"] == "try again"
        house.until(lambda: run._is_lost)
        run.feeder.flush()
        assert [(row.status, row.process_id, row.url) for row in house.rows("runs")] == before[0]
        assert house.rows("units") == before[1]
    finally:
        run._lock.release()
    house.until(run.ended.is_set)
    assert house.operator.exit_status == 1
    with pytest.raises(requests.ConnectionError):
        at_work.post("/request_agent", json={})
    house.run = second._runs[run.id]
    assert house.browser("x").ask()["agent_id"] == at_work.token
    second.shutdown()


def test_a_run_without_rows_is_complete_for_that_reason(house, caplog):
    house.launch(())
    house.ended()
    assert house.go_on(ROWS) is None
    assert "is complete.\nIts data has no rows." in caplog.text


def test_of_two_calls_that_go_on_at_once_the_one_that_is_refused_spoils_nothing(house, rows_state):
    house.launch(ROWS)
    house.die()
    house.operator._begun()
    barrier, got, task_run = threading.Barrier(2), [], house.db.find_task_runs()[0]

    def go_on():
        barrier.wait(10)
        got.append(house.operator.launch_from_incomplete_run(task_run, rows_state(rows=ROWS)))

    threads = [threading.Thread(target=go_on) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(map(str, got)) == sorted([str(task_run.db_id), "None"])
    assert house.statuses("runs") == ["live"]
