"""What the provider did about an answer, in Chromium: shown beside the answer, and asked for once more by a key."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from mephisto import Failed, Later
from mephisto.data_model.deciding import take_back
from mephisto.review.outbox import reviewing
from mephisto.store.crowd import decisions_of


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


def test_a_message_of_a_script_stands_in_the_history(told_provider, crowd, new_reviewer, db, site):
    terms = crowd.launch(rows=1, per_row=1, provider="told")
    site(terms)
    crowd.answer(terms, "x")
    (agent,) = db.find_agents(task_run_id=str(terms.run_id))
    worker, unit = agent.get_worker(), agent.get_unit()
    assert worker.send_feedback_message("Well done.", unit)
    with reviewing(db):
        assert worker.send_feedback_message("Hasty.", unit)
        with db.store.read() as connection:
            hasty = decisions_of(connection, worker_id=int(worker.db_id))[-1]
        assert take_back(db, str(hasty.id))
    reviewer = new_reviewer(terms).sees(1, "x").idle()
    steps = reviewer.page.get_by_role("list", name="Decisions").get_by_role("listitem").all_inner_texts()
    assert [step.partition(" by ")[0] for step in steps] == ["Message", "Message", "Message, taken back"]
    assert steps[0].endswith("Well done.")
    shown = reviewer.page.get_by_role("list", name="Provider, worker x").get_by_role("listitem")
    assert shown.all_inner_texts() == ["Provider: message, done"]
    assert told_provider.told == ["x: Well done."]
