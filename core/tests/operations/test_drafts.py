"""What workers have filled in so far, how much time they have, and that they hear of a run that closes."""

import pytest


def keep(browser, draft, agent=None):
    body = {"USED_AGENT_ID": agent or browser.token, "draft": draft}
    return browser.post("/keep_draft", json=body)


def test_the_newest_draft_is_kept(house):
    house.launch()
    browser = house.browser().begin()
    for text in ("m", "mine"):
        assert keep(browser, {"a": text}).status_code == 200
    (draft,) = house.rows("drafts")
    assert (draft.data, draft.partial_at) == ({"a": "mine"}, None)


def test_the_last_draft_is_partial_when_the_time_is_over_and_never_counts(house, clock):
    house.launch(assignment_duration_in_seconds=60)
    browser = house.browser().begin()
    keep(browser, {"a": "half"})
    clock.advance(61)
    house.until_any("agents", "timeout")
    (draft,) = house.rows("drafts")
    assert draft.partial_at is not None
    assert house.statuses("units") == ["launched"]
    assert house.count("submissions") == 0
    # It is the last word: nothing takes its place afterwards.
    assert keep(browser, {"a": "more"}).json()["seconds_left"] == 0
    assert house.rows("drafts")[0].data == {"a": "half"}


def test_a_draft_stays_a_draft_where_an_answer_came(house):
    house.launch([{"a": 1}, {"a": 2}])
    browser = house.browser().begin()
    keep(browser, {"a": "half"})
    browser.submit_as_page({"a": "whole"})
    keep(browser, {"a": "more"})
    (draft,) = house.rows("drafts")
    assert (draft.data, draft.partial_at) == ({"a": "half"}, None)


def test_the_time_that_is_left_is_told(house, clock):
    house.launch(assignment_duration_in_seconds=600)
    browser = house.browser().begin()
    assert browser.details["seconds_left"] == pytest.approx(600, abs=5)
    clock.advance(100)
    standing = keep(browser, None).json()
    assert standing["seconds_left"] == pytest.approx(500, abs=5)
    assert (standing["status"], standing["closing"]) == ("in task", False)
    assert house.count("drafts") == 0


def test_workers_hear_that_the_run_closes_and_may_still_submit(house, clock):
    house.launch(assignment_duration_in_seconds=600)
    browser = house.browser().begin()
    keep(browser, {"a": "half"})
    house.run.close("it was interrupted", 50)
    standing = keep(browser, None).json()
    assert standing["closing"] is True
    assert standing["seconds_left"] == pytest.approx(50, abs=5)
    assert browser.submit_as_page({"a": "whole"}).status_code == 200
    assert house.rows("submissions")[0].kind == "answer"


def test_a_draft_is_partial_when_the_run_waits_no_longer(house):
    house.launch()
    browser = house.browser().begin()
    keep(browser, {"a": "half"})
    house.run.close("it was interrupted", 50)
    house.run.hurry()
    house.until_any("agents", "expired")
    assert house.rows("drafts")[0].partial_at is not None


@pytest.mark.parametrize("draft", [[], "text", 1])
def test_what_is_no_draft_is_refused(house, draft):
    house.launch()
    browser = house.browser().begin()
    assert keep(browser, draft).status_code == 400
    assert keep(browser, {"a": 1}, agent="nobody").status_code == 404
    assert house.count("drafts") == 0


def test_another_attempt_is_made_on_the_workers_wish(house, clock):
    house.launch(assignment_duration_in_seconds=60)
    browser = house.browser().begin()
    clock.advance(61)
    house.until_any("agents", "timeout")
    assert browser.ask()["may_start_again"] is True
    body = {"provider_data": browser.provider_data, "browser_key": browser.key, "again": True}
    assert browser.post("/request_agent", json=body).json()["data"]["agent_id"]
