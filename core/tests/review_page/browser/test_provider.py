"""What the provider did about an answer, in Chromium: shown beside the answer, and asked for once more by a key."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from mephisto import Failed, Later
from mephisto.review.outbox import reviewing


@pytest.fixture
def decided(told_provider, crowd, new_reviewer, db, site):
    """A review in which x and y are accepted, and the provider failed to do x's."""
    terms = crowd.launch(rows=3, per_row=1, provider="told")
    site(terms)
    for worker in ("x", "y", "z"):
        crowd.answer(terms, worker)
    told_provider.answers.append(Failed("The account has no balance."))
    with reviewing(db):
        reviewer = new_reviewer(terms).sees(1, "x").press("a").sees(2, "y").press("a").sees(3, "z").idle()
        yield reviewer


def test_a_failure_stands_with_its_reason_beside_the_answer_and_is_tried_again_by_a_key(
    decided, told_provider
):
    decided.press("k").sees(2, "y")
    shown = decided.page.get_by_role("list", name="Provider, worker y")
    shown.get_by_text("Provider: accept, told with your next decision").wait_for()
    decided.press("k").sees(1, "x")
    shown = decided.page.get_by_role("list", name="Provider, worker x")
    shown.get_by_text("Provider: accept, failed: The account has no balance.").wait_for()
    assert Axe().run(decided.page, context={"exclude": [["iframe"]]}).response["violations"] == []
    told_provider.answers.append(Later(0.1, "Busy."))
    decided.press("t")
    shown.get_by_text("Provider: accept, done").wait_for()
    decided.is_told("Provider, worker x: accept, done")
    assert told_provider.told == ["x"]
    decided.press("t").is_told("Nothing failed at the provider here")


def test_the_button_does_the_same(decided, told_provider):
    told_provider.answers.append(Failed("Still no balance."))
    decided.press("k").sees(2, "y").press("k").sees(1, "x")
    button = decided.page.get_by_role("button", name="Try again")
    button.press("Enter")
    decided.page.get_by_text("failed: Still no balance.").first.wait_for()
    button.press("Enter")
    decided.page.get_by_text("Provider: accept, done").wait_for()
    assert button.count() == 0
