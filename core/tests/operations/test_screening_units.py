"""Screening units: where they come from, how many there are, and what the run owes them."""

import threading
import time

import pytest

from mephisto.refusals import SENTENCES, Reason
from screened_runs import BLOCKED, PASSED, RIGHT, UNCLEAR, WRONG, held, shown


def test_a_screening_unit_is_a_unit_of_another_kind_that_pays_and_has_data_of_its_own(screened):
    house = screened()
    house.browser(assignment="1").begin().submit(RIGHT, "s1")
    (unit,) = house.db.find_units(unit_index=-1)
    assert (unit.db_status, unit.pay_amount) == ("completed", 0.1)
    assert unit.get_assignment_data().shared == {"example": 1}
    assert unit.get_assigned_agent().state.get_init_state() == {"example": 1}
    row = next(row for row in house.rows("units") if row.kind == "screening")
    assert [each.source_index for each in house.rows("assignments") if each.id == row.assignment_id] == [None]
    assert house.run.look().total == 3


def test_the_run_ends_with_its_data_though_a_screening_unit_is_free(screened, clock):
    house = screened(rows=1)
    idle = house.browser("idle").begin()
    house.browser("x", "1").begin().submit(RIGHT, "s1")
    assert idle.details["agent_id"]
    clock.advance(1_801)
    house.until_any("agents", "timeout")
    house.browser("x", "2").work()
    ended = house.ended()
    assert (ended.status, ended.end_reason) == ("ended", "all of its units are done")
    assert house.run.counts().total == 1
    assert house.operator.exit_status == 0


def test_who_holds_a_screening_unit_when_the_data_is_done_may_finish(screened):
    house = screened(rows=1)
    late = house.browser("y", "1").begin()
    house.browser("x", "1").work(RIGHT)
    house.browser("x", "2").work()
    house.until(lambda: house.run.reason)
    reply = late.submit(RIGHT, "s1")
    assert reply.status_code == 200
    late.confirm(reply.json()["receipt"])
    assert house.ended().status == "ended"
    assert held(house, PASSED) == {"x", "y"}


def test_no_more_are_given_than_the_cap_says_and_who_leaves_gives_a_place_back(screened, clock):
    house = screened()
    house.browser("x").begin()
    house.browser("y").begin().submit(UNCLEAR, "s1")
    full = house.browser("z").ask()
    assert full["failure_reason"] == SENTENCES[Reason.NO_EXTRA_LEFT]
    assert full["may_try_again"]
    clock.advance(1_801)
    house.until_any("agents", "timeout")
    assert shown(house.browser("z").begin()) == {"example": 1}, "what was left goes to the next one"
    assert house.browser("w").ask()["refusal"] == Reason.NO_EXTRA_LEFT


def test_a_late_answer_takes_its_unit_again_but_passes_no_cap(screened, clock):
    house = screened(max_screening_units=1, task={"no_submission_patience": 100_000})
    first = house.browser("x").begin()
    clock.advance(1_801)
    house.until_any("agents", "timeout")
    assert first.submit(RIGHT, "s1").status_code == 200
    assert [row.kind for row in house.rows("submissions")] == ["answer"]
    assert shown(house.browser("x", "2").begin()) == {"a": 1}


def test_a_late_answer_whose_unit_went_to_another_is_kept_and_does_not_count(screened, clock):
    house = screened(max_screening_units=1)
    first = house.browser("x").begin()
    clock.advance(1_801)
    house.until_any("agents", "timeout")
    house.browser("y").begin()
    assert first.submit(RIGHT, "s1").status_code == 200
    assert [row.kind for row in house.rows("submissions")] == ["late"]
    assert held(house, PASSED) == set()


def test_many_at_once_pass_no_cap_and_lose_no_data(screened):
    house = screened(max_screening_units=3, data=({"example": number} for number in range(1, 4)))
    browsers = [house.browser(f"worker {number}") for number in range(8)]
    threads = [threading.Thread(target=browser.ask) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given = [shown(browser)["example"] for browser in browsers if browser.details["agent_id"]]
    assert sorted(given) == [1, 2, 3]
    assert {browser.details["refusal"] for browser in browsers if not browser.details["agent_id"]} == {
        Reason.NO_EXTRA_LEFT
    }


def test_data_of_a_claim_that_was_refused_goes_to_the_next_one(screened):
    """A worker who asks twice at once holds one unit, and what was drawn for the second request is not lost."""
    house = screened(data=({"example": number} for number in range(1, 3)), max_screening_units=5)
    twice = [house.browser("x", assignment) for assignment in "12"]
    threads = [threading.Thread(target=browser.ask) for browser in twice]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [bool(browser.details["agent_id"]) for browser in twice].count(True) == 1
    house.browser("y").begin()
    assert {row.data["example"] for row in house.rows("assignments") if "example" in row.data} == {1, 2}


def test_when_the_generator_has_ended_nobody_new_is_screened(screened, caplog):
    house = screened(data=[{"example": 1}])
    house.browser("x").begin()
    assert house.browser("y").ask()["refusal"] == Reason.NO_EXTRA_LEFT
    assert caplog.text.count("screening_data_factory has no more data") == 1
    house.browser("z").ask()
    assert caplog.text.count("screening_data_factory has no more data") == 1


@pytest.mark.parametrize("trouble", ["raises", "is slow", "gives no dict"])
def test_a_generator_that_fails_refuses_that_one_request_calmly(screened, caplog, trouble):
    def data():
        if trouble == "raises":
            raise ValueError("no examples here")
        if trouble == "is slow":
            time.sleep(2)
        yield ["not", "a", "dict"] if trouble == "gives no dict" else {"example": 1}
        yield {"example": 2}

    house = screened(data=data(), task={"callback_patience_in_seconds": 1})
    refused = house.browser("x").ask()
    assert refused["failure_reason"] == SENTENCES[Reason.UNDECIDED]
    assert refused["may_try_again"]
    assert "screening_data_factory" in caplog.text
    assert "test_screening_units.py:" in caplog.text
    assert ("screening_data_factory at" in caplog.text) == (trouble == "gives no dict")
    assert house.run.look().status == "live"
    if trouble == "is slow":
        house.until(lambda: "example" in (house.browser("x").ask()["init_task_data"] or {}))


def test_screening_units_do_not_eat_into_the_maximum(screened):
    house = screened(task={"maximum_units_per_worker": 1})
    house.browser("x", "1").begin().submit(UNCLEAR, "s1")
    house.browser("x", "2").begin().submit(RIGHT, "s1")
    house.browser("x", "3").begin().submit(RIGHT, "s1")
    assert house.browser("x", "4").ask()["refusal"] == Reason.TASK_MAXIMUM


def test_workers_can_be_screened_with_units_of_the_data(screened):
    house = screened(data=False, max_screening_units=0)
    first = house.browser("x", "1").begin()
    assert shown(first) == {"a": 1}
    first.submit(RIGHT, "s1")
    house.browser("y", "1").begin().submit(WRONG, "s1")
    assert house.browser("y", "2").ask()["refusal"] == Reason.BLOCKED
    passed = house.browser("x", "2").begin()
    passed.submit(WRONG, "s1")
    house.until(lambda: not house.run.listening.is_busy())
    assert (held(house, PASSED), held(house, BLOCKED)) == ({"x"}, {"y"})
    assert {row.kind for row in house.rows("units")} == {"standard"}
