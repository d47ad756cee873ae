"""Screening: who has not passed yet gets units of their own first, and the script's function judges them."""

import threading
import time

import pytest
from omegaconf import OmegaConf

from mephisto.abstractions.blueprints.mixins.screen_task_required import ScreenTaskRequired
from mephisto.data_model.worker import Worker
from mephisto.refusals import SENTENCES, Reason

PASSED, BLOCKED = "passed the screening", "failed the screening"
OPTIONS = {
    "passed_qualification_name": PASSED,
    "block_qualification": BLOCKED,
    "use_screening_task": True,
    "max_screening_units": 2,
}
RIGHT, WRONG, UNCLEAR = {"answer": "right"}, {"answer": "wrong"}, {"answer": "unclear"}


def verdict_of(unit):
    answer = unit.get_assigned_agent().state.get_data()["outputs"]["answer"]
    return {"right": True, "wrong": False}.get(answer)


def examples():
    number = 0
    while True:
        number += 1
        yield {"example": number}


@pytest.fixture
def screened(house, rows_state):
    """Launch a run of three rows that screens its workers; options of the blueprint and the task by name."""

    def launch(data=None, judge=verdict_of, rows=3, onboarding=None, task=None, state=None, **blueprint):
        options = OPTIONS | blueprint
        config = OmegaConf.create(house.configuration(blueprint=options))
        given = rows_state(
            screening_data_factory=examples() if data is None else data,
            on_unit_submitted=ScreenTaskRequired.create_validation_function(config, judge),
            **(state or {}),
        )
        limits = {"allowed_concurrent": 1} | (task or {})
        data = [{"a": number} for number in range(1, rows + 1)]
        house.launch(data, state=given, blueprint=options, onboarding=onboarding, **limits)
        return house

    return launch


def shown(browser):
    """Return what a worker's page shows of a unit, without its file name."""
    return {name: value for name, value in browser.details["init_task_data"].items() if name != "html"}


def held(house, name):
    return {
        Worker.get(house.db, str(row.id)).worker_name
        for row in house.rows("workers")
        if Worker.get(house.db, str(row.id)).is_qualified(name)
    }


def test_who_passes_goes_on_with_the_data_and_is_never_screened_again(screened):
    house = screened()
    first = house.browser(assignment="1").begin()
    assert shown(first) == {"example": 1}
    assert first.submit(RIGHT, "s1").status_code == 200
    second = house.browser(assignment="2").begin()
    assert shown(second) == {"a": 1}
    second.submit(RIGHT, "s2")
    assert shown(house.browser(assignment="3").begin()) == {"a": 2}
    assert (held(house, PASSED), held(house, BLOCKED)) == ({"x"}, set())


def test_who_fails_is_blocked_and_reads_so(screened):
    house = screened()
    house.browser(assignment="1").begin().submit(WRONG, "s1")
    assert house.browser(assignment="2").ask()["failure_reason"] == SENTENCES[Reason.BLOCKED]
    assert (held(house, PASSED), held(house, BLOCKED)) == (set(), {"x"})


def test_about_whom_nothing_is_said_is_screened_again(screened):
    house = screened()
    house.browser(assignment="1").begin().submit(UNCLEAR, "s1")
    assert shown(house.browser(assignment="2").begin()) == {"example": 2}


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
    assert "test_screening.py:" in caplog.text or trouble == "gives no dict"
    assert house.run.look().status == "live"
    if trouble == "is slow":
        house.until(lambda: "example" in (house.browser("x").ask()["init_task_data"] or {}))


def test_a_judge_that_raises_is_shown_and_the_worker_is_screened_again(screened, caplog):
    def judge(_):
        raise ValueError("no such answer")

    house = screened(judge=judge)
    house.browser("x", "1").begin().submit(RIGHT, "s1")
    assert shown(house.browser("x", "2").begin()) == {"example": 2}
    assert "on_unit_submitted raised ValueError at" in caplog.text
    assert "test_screening.py:" in caplog.text


def test_who_is_not_judged_yet_waits_and_is_not_screened_again(screened):
    go_on = threading.Event()

    def judge(unit):
        assert go_on.wait(20)
        return verdict_of(unit)

    house = screened(judge=judge)
    house.browser("x", "1").begin().submit(RIGHT, "s1")
    assert house.browser("x", "2").ask()["refusal"] == Reason.UNDECIDED
    go_on.set()
    assert shown(house.browser("x", "2").begin()) == {"a": 1}


def test_screening_units_do_not_eat_into_the_maximum(screened):
    house = screened(task={"maximum_units_per_worker": 1})
    house.browser("x", "1").begin().submit(UNCLEAR, "s1")
    house.browser("x", "2").begin().submit(RIGHT, "s1")
    house.browser("x", "3").begin().submit(RIGHT, "s1")
    assert house.browser("x", "4").ask()["refusal"] == Reason.TASK_MAXIMUM


def test_nobody_is_screened_where_there_is_nothing_to_do(screened):
    house = screened(rows=1)
    house.browser("x", "1").begin().submit(RIGHT, "s1")
    house.browser("x", "2").begin()
    assert house.browser("y").ask()["refusal"] == Reason.TRY_AGAIN
    assert len(house.db.find_units(unit_index=-1)) == 1


def test_who_has_to_be_onboarded_is_onboarded_first_and_then_screened(screened):
    house = screened(
        onboarding="knows the rules", state={"validate_onboarding": lambda data: data["outputs"]["ok"]}
    )
    browser = house.browser("x", "1").begin()
    assert browser.token.startswith("onboarding_")
    body = {"provider_data": {"USED_AGENT_ID": browser.token, "onboarding_data": {"ok": True}}}
    browser.details = browser.post("/submit_onboarding", json=body).json()["data"]
    assert shown(browser) == {"example": 1}
    browser.submit(RIGHT, "s1")
    assert shown(house.browser("x", "2").begin()) == {"a": 1}


def test_what_a_worker_holds_is_given_again_after_a_reload(screened):
    house = screened()
    first = house.browser("x").begin()
    again = house.browser("x").begin()
    assert (again.token, shown(again)) == (first.token, {"example": 1})


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


def test_worker_can_do_unit_has_a_say_after_the_screening(screened):
    house = screened(
        state={"worker_can_do_unit": lambda _, unit: unit.get_assignment_data().shared["a"] == 2}
    )
    house.browser("x", "1").begin().submit(RIGHT, "s1")
    assert shown(house.browser("x", "2").begin()) == {"a": 2}


def test_a_run_that_screens_nobody_asks_nothing(screened):
    house = screened(use_screening_task=False, max_screening_units="???")
    assert shown(house.browser("x", "1").begin()) == {"a": 1}
    assert house.run.terms.extra is None


def test_who_would_get_no_unit_of_the_data_is_not_screened(screened):
    """What is screened is paid: worker_can_do_unit is asked before, from where it was left each time."""
    allowed = []
    house = screened(state={"worker_can_do_unit": lambda _, unit: unit.db_id in allowed})
    browser = house.browser()
    assert browser.ask()["refusal"] == Reason.NOT_CHOSEN
    assert house.count("agents") == 0
    allowed.append(str(house.rows("units")[-1].id))
    assert shown(browser.begin()) == {"example": 1}
