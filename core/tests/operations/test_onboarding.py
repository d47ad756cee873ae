"""Onboarding: who has not passed it sees it first, and its answer decides what they get."""

import json
import time

import pytest

from mephisto import OnboardingSharedState
from mephisto.refusals import SENTENCES, Reason

NAME = "knows the rules"
LESSON = {"lesson": "Read before you rate."}


class Validator(list):
    """Answers `verdict`, or raises it, after `pause` seconds; holds what it was asked."""

    verdict = True
    pause = 0

    def __call__(self, data):
        self.append(data)
        time.sleep(self.pause)
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict


@pytest.fixture
def validator():
    return Validator()


@pytest.fixture
def open_house(house, validator, rows_state):
    state = rows_state(onboarding_data=LESSON, validate_onboarding=validator)
    house.launch([{"a": 1}, {"a": 2}], onboarding=NAME, state=state, callback_patience_in_seconds=1)
    return house


def hand_in(browser, answer, **more):
    """Hand in the onboarding as the published client does, and keep what it gets for it."""
    provider_data = {"USED_AGENT_ID": browser.token, "onboarding_data": answer}
    reply = browser.post("/submit_onboarding", json={"provider_data": provider_data, **more})
    assert reply.status_code == 200, reply.text
    return reply.json()["data"]


def page(browser):
    return browser.session.get(browser.url + browser.details["page"], timeout=10)


def test_who_is_new_sees_the_onboarding_with_its_data(open_house):
    browser = open_house.browser().begin()
    assert browser.token.startswith("onboarding_")
    assert browser.details["init_task_data"] == {**LESSON, "html": "onboarding.html"}
    assert LESSON["lesson"] in page(browser).text
    assert open_house.statuses("agents") == ["onboarding"]


def test_who_passes_gets_a_unit_in_the_same_reply_and_is_never_asked_again(open_house, validator):
    browser = open_house.browser().begin()
    details = hand_in(browser, {"answer": "yes"})
    assert validator == [{"inputs": LESSON, "outputs": {"answer": "yes"}}]
    assert not details["agent_id"].startswith("onboarding_")
    assert details["init_task_data"]["a"] == 1
    browser.details = details
    assert browser.submit({"x": 1}, "s1").status_code == 200
    second = open_house.browser(assignment="2").begin()
    assert not second.token.startswith("onboarding_")
    assert open_house.statuses("agents") == ["approved", "completed", "in task"]


def test_what_an_onboarding_was_given_is_kept_with_its_answer(open_house, validator):
    browser = open_house.browser().begin()
    hand_in(browser, {"answer": "yes"})
    (agent,) = open_house.db.find_onboarding_agents()
    assert agent.state.get_init_state() == LESSON
    assert agent.state.get_data() == validator[0]


def test_who_fails_gets_nothing_now_and_later(open_house, validator):
    validator.verdict = False
    browser = open_house.browser().begin()
    details = hand_in(browser, {"answer": "no"})
    assert details["agent_id"] is None
    assert details["failure_reason"] == SENTENCES[Reason.ONBOARDING_FAILED]
    assert open_house.browser(assignment="2").ask()["failure_reason"] == details["failure_reason"]
    granted = {row.qualification_id: row.value for row in open_house.rows("granted_qualifications")}
    names = {row.name: granted.get(row.id) for row in open_house.rows("qualifications")}
    assert names == {NAME: 0, f"{NAME}-failed": 0}
    assert open_house.statuses("agents") == ["rejected"]


def test_who_leaves_and_comes_back_goes_on_with_the_same_onboarding(open_house):
    first = open_house.browser().begin()
    again = open_house.browser().begin()
    assert again.token == first.token
    assert page(again).status_code == 200


def test_a_reply_that_was_lost_is_given_again(open_house, validator):
    browser = open_house.browser().begin()
    first, second = hand_in(browser, {"answer": 1}), hand_in(browser, {"answer": 1})
    assert first["agent_id"] == second["agent_id"]
    assert len(validator) == 1


@pytest.mark.parametrize("trouble", ["raises", "is slow"])
def test_a_validator_that_fails_hangs_nothing_and_is_asked_again(open_house, validator, caplog, trouble):
    browser = open_house.browser().begin()
    if trouble == "raises":
        validator.verdict = ValueError("no such rule")
    else:
        validator.pause = 2
    details = hand_in(browser, {"answer": 1})
    assert details["failure_reason"] == SENTENCES[Reason.ONBOARDING_UNJUDGED]
    assert "validate_onboarding" in caplog.text
    assert "test_onboarding.py:" in caplog.text
    validator.verdict, validator.pause = True, 0
    assert not hand_in(browser, {"answer": 1})["agent_id"].startswith("onboarding_")


def test_who_comes_back_with_an_answer_that_was_not_judged_is_not_asked_anew(open_house, validator):
    browser = open_house.browser().begin()
    validator.verdict = ValueError("no such rule")
    hand_in(browser, {"answer": "yes"})
    assert open_house.browser().ask()["refusal"] == Reason.ONBOARDING_UNJUDGED
    validator.verdict = True
    details = open_house.browser().ask()
    assert details["init_task_data"]["a"] == 1
    assert [asked["outputs"] for asked in validator] == [{"answer": "yes"}] * 3
    assert open_house.statuses("agents") == ["approved", "in task"]


def test_who_comes_back_and_fails_then_reads_so(open_house, validator):
    browser = open_house.browser().begin()
    validator.verdict = ValueError("no such rule")
    hand_in(browser, {"answer": "no"})
    validator.verdict = False
    assert open_house.browser().ask()["refusal"] == Reason.ONBOARDING_FAILED


def test_files_come_with_an_onboarding(open_house, validator):
    browser = open_house.browser().begin()
    form = [
        ("USED_AGENT_ID", (None, browser.token)),
        ("final_string_data", (None, json.dumps({"answer": 1}))),
        ("submission_id", (None, "s1")),
        ("sketch", ("sketch.txt", b"a fish")),
    ]
    reply = browser.post("/submit_onboarding", files=form, headers={"Mephisto-Agent": browser.token})
    assert not reply.json()["data"]["agent_id"].startswith("onboarding_")
    assert validator[0]["outputs"]["files"] == ["sketch.txt"]


def test_an_onboarding_ends_with_its_time_and_is_offered_anew(open_house, clock):
    browser = open_house.browser().begin()
    clock.advance(1_801)
    open_house.until_any("agents", "timeout")
    assert open_house.browser().begin().token != browser.token


def test_nobody_is_onboarded_for_nothing(open_house):
    for worker in "xy":
        browser = open_house.browser(worker).begin()
        browser.details = hand_in(browser, {"answer": 1})
    late = open_house.browser("z").ask()
    assert late["agent_id"] is None
    assert late["refusal"] == Reason.TRY_AGAIN


def test_a_token_of_a_unit_is_no_onboarding(open_house):
    browser = open_house.browser().begin()
    browser.details = hand_in(browser, {"answer": 1})
    provider_data = {"USED_AGENT_ID": "made up", "onboarding_data": {}}
    assert browser.post("/submit_onboarding", json={"provider_data": provider_data}).status_code == 404


def test_the_run_ends_though_an_onboarding_is_open(open_house):
    open_house.browser("idle").begin()
    for worker, assignment in (("x", "1"), ("x", "2")):
        browser = open_house.browser(worker, assignment).begin()
        if browser.token.startswith("onboarding_"):
            browser.details = hand_in(browser, {"answer": 1})
        receipt = browser.submit({"x": 1}, "s1").json()["receipt"]
        browser.confirm(receipt)
    assert open_house.ended().status == "ended"
    assert isinstance(open_house.run.plan.shared_state, OnboardingSharedState)


def test_a_validator_that_returns_nothing_says_no(open_house, validator):
    validator.verdict = None
    details = hand_in(open_house.browser().begin(), {"answer": 1})
    assert details["failure_reason"] == SENTENCES[Reason.ONBOARDING_FAILED]
