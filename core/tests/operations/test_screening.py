"""Screening: who has not passed yet gets units of their own first, and the script's function judges them."""

import threading

from mephisto.refusals import SENTENCES, Reason
from screened_runs import BLOCKED, PASSED, RIGHT, UNCLEAR, WRONG, held, shown, verdict_of


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


def test_worker_can_do_unit_has_a_say_after_the_screening(screened):
    house = screened(
        state={"worker_can_do_unit": lambda _, unit: unit.get_assignment_data().shared["a"] == 2}
    )
    house.browser("x", "1").begin().submit(RIGHT, "s1")
    assert shown(house.browser("x", "2").begin()) == {"a": 2}


def test_nobody_is_screened_where_there_is_nothing_to_do(screened):
    house = screened(rows=1)
    house.browser("x", "1").begin().submit(RIGHT, "s1")
    house.browser("x", "2").begin()
    assert house.browser("y").ask()["refusal"] == Reason.TRY_AGAIN
    assert len(house.db.find_units(unit_index=-1)) == 1


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
