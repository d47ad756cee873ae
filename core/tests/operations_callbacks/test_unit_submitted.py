"""on_unit_submitted: told in order, at least once, after the commit; what it does is seen by the next request."""

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from mephisto.data_model.database import LocalMephistoDB
from mephisto.model import submissions
from mephisto.operations import listening
from mephisto.qualification_rules import make_qualification_dict
from mephisto.utils.qualifications import find_or_create_qualification


def test_it_is_called_once_for_each_unit_in_the_order_of_their_ends(launched):
    told = []
    with launched(blueprint={"rows": 5}, on_unit_submitted=told.append) as script:
        tokens = [(name, script.accept(name)["agent_id"]) for name in "abcde"]
        for name, token in reversed(tokens):
            script.confirm(token, script.submit(token, by=name))
        assert script.run.ended.wait(20)
        assert [unit.get_assigned_agent().get_worker().worker_name for unit in told] == list("edcba")


def test_what_it_is_told_of_is_committed(launched):
    found = []

    def look(unit):
        with unit.db.store.read() as connection:
            found.append(len(connection.execute(submissions.select()).all()))

    with launched(on_unit_submitted=look) as script:
        for name in "abc":
            script.work(name)
        assert script.run.ended.wait(20)
    assert all(number >= place for place, number in enumerate(found, 1))
    assert len(found) == 3


def test_it_is_called_for_attempts_that_ran_out_of_time(launched, wait_until):
    told = []
    task = {"assignment_duration_in_seconds": 1}
    with launched(task=task, blueprint={"rows": 1}, on_unit_submitted=told.append) as script:
        script.accept("a")
        wait_until(lambda: told)
        script.work("b")
        assert script.run.ended.wait(20)
    assert len(told) == 2


def test_it_is_called_for_attempts_that_the_end_of_the_run_ends(launched):
    told = []
    with launched(on_unit_submitted=told.append) as script:
        script.accept("a")
        script.run.close("the test says so")
        assert script.run.ended.wait(20)
    assert len(told) == 1


@pytest.mark.parametrize("error", [ValueError("no such cat"), SystemExit(1), KeyboardInterrupt()], ids=repr)
def test_whatever_it_raises_is_shown_with_its_place_and_stops_nothing(launched, said, error):
    told = []

    def broken(unit):
        told.append(unit)
        raise error

    with launched(on_unit_submitted=broken) as script:
        for name in "abc":
            script.work(name)
        assert script.run.ended.wait(20)
    assert len(told) == 3
    assert f"on_unit_submitted raised {type(error).__name__} at {__file__}:" in said()


def test_the_run_waits_for_a_slow_one_and_names_it(launched, said, monkeypatch, wait_until):
    monkeypatch.setattr(listening, "SLOW_SECONDS", 0.2)
    let_go = threading.Event()
    with launched(blueprint={"rows": 1}, on_unit_submitted=lambda _: let_go.wait(20)) as script:
        script.work("a")
        wait_until(lambda: "The run waits for on_unit_submitted" in said())
        assert not script.run.ended.is_set()
        let_go.set()
        assert script.run.ended.wait(20)


def test_who_is_blocked_in_it_gets_no_further_unit(launched):
    """The next request waits for what the last one caused."""
    pause = threading.Event()

    def block(unit):
        pause.wait(0.3)
        unit.get_assigned_agent().get_worker().grant_qualification("bad", 1)

    with launched(blueprint={"block_qualification": "bad"}, on_unit_submitted=block) as script:
        script.submit(script.accept("a")["agent_id"], by="a")
        assert script.accept("a", place=2)["refusal"] == "blocked"
        assert script.accept("b")["agent_id"]


def test_a_qualification_that_it_grants_opens_or_closes_what_asks_for_it(launched):
    def promote(unit):
        worker = unit.get_assigned_agent().get_worker()
        done = worker.get_granted_qualification("units done")
        worker.grant_qualification("units done", done.value + 1 if done else 1)

    few = make_qualification_dict("too many", "DoesNotExist", None)
    asked = make_qualification_dict("units done", "NotIn", [2])
    with launched(on_unit_submitted=promote, qualifications=[few, asked]) as script:
        assert script.accept("a")["refusal"] == "not qualified"
        script.operator.db.find_workers(worker_name="a")[0].grant_qualification("units done", 0)
        for place in (2, 3):
            script.submit(script.accept("a", place)["agent_id"], by="a")
        assert script.accept("a", 4)["refusal"] == "not qualified"


def test_a_database_opened_in_it_writes_through_the_one_writer(launched, tmp_path):
    """Nothing waits for a lock of the file, and closing that database closes nothing of the run."""
    stores = []

    def grant(unit):
        database = LocalMephistoDB(tmp_path / "data")
        stores.append(database.store)
        find_or_create_qualification(database, "seen")
        database.find_workers(worker_name="a")[0].grant_qualification("seen", len(stores))
        database.shutdown()

    with launched(on_unit_submitted=grant) as script:
        for name in "abc":
            script.work(name)
        assert script.run.ended.wait(20)
        worker = script.operator.db.find_workers(worker_name="a")[0]
        assert worker.get_granted_qualification("seen").value == 3
        assert stores == [script.store] * 3


def test_a_disk_that_is_full_for_a_moment_does_not_end_the_telling(launched, monkeypatch, said):
    told, real = [], None
    refused = iter([True, True])  # the writer tries once more itself, when others share the batch

    def deliver(*arguments):
        if next(refused, False):
            raise OSError("the disk is full for a moment")
        return real(*arguments)

    real = listening.events.deliver
    monkeypatch.setattr(listening.events, "deliver", deliver)
    with launched(on_unit_submitted=told.append) as script:
        for name in "abc":
            script.work(name)
        assert script.run.ended.wait(20)
    assert len(told) == 3
    assert "could not be written" in said()


def test_a_process_ends_though_a_callback_never_returns(tmp_path):
    """Ctrl-C and shutdown wait for nobody's function."""
    fixtures = str(Path(__file__).with_name("conftest.py"))
    code = f"""
        import importlib.util, pathlib, sys, threading
        spec = importlib.util.spec_from_file_location("fixtures", {fixtures!r})
        fixtures = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(fixtures)
        called, never = threading.Event(), threading.Event()
        def stuck(*_):
            called.set()
            never.wait()
        with fixtures._launched(pathlib.Path({str(tmp_path)!r}), on_unit_submitted=stuck) as script:
            script.work("a")
            assert called.wait(10)
        print("ended")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=40, check=False
    )
    assert (done.returncode, done.stdout) == (0, "ended\n"), done.stderr
