"""Who gets which attempt: the same one as long as it lives, its receipt when it is finished, another on their wish."""

from concurrent.futures import ThreadPoolExecutor

import pytest

TWO = [{"a": 1}, {"a": 2}]


def test_a_live_attempt_is_handed_out_again_by_reload_second_tab_and_back_button(house):
    house.launch(TWO, provider="strangers")
    browser = house.browser()
    first = browser.ask()
    again = [browser.ask() for _ in range(3)]
    assert first["agent_id"]
    changing = {"request_id", "seconds_left"}
    for details in again:
        assert {k: v for k, v in details.items() if k not in changing} == {
            k: v for k, v in first.items() if k not in changing
        }
    assert house.count("agents") == 1


def test_another_browser_without_the_key_is_refused(house):
    house.launch(TWO, provider="strangers")
    house.browser(key="mine").begin()
    for key in ("another", "", None):
        details = house.browser(key=key).ask()
        assert details["agent_id"] is None
        assert details["refusal"] == "open elsewhere"
        assert "page" not in details
    assert house.count("agents") == 1


def test_an_attempt_begun_without_a_key_is_not_handed_to_another_without_one(house):
    house.launch(TWO, provider="strangers")
    house.browser(key="").begin()
    assert house.browser(key="").ask()["refusal"] == "open elsewhere"


def test_another_browser_with_the_key_gets_the_same_agent(house):
    house.launch(TWO, provider="strangers")
    first = house.browser(key="mine").begin()
    assert house.browser(key="mine").ask()["agent_id"] == first.token


def test_another_browser_of_a_trusted_worker_gets_the_same_agent(house):
    house.launch(TWO, provider="mock")
    first = house.browser(key="mine").begin()
    assert house.browser(key="another").ask()["agent_id"] == first.token
    assert house.browser(key=None).ask()["agent_id"] == first.token


def test_a_finished_attempt_gets_no_agent_and_its_receipt_and_never_a_new_unit_by_reload(house):
    house.launch(TWO)
    browser = house.browser()
    receipt = browser.work()
    for _ in range(3):
        details = browser.ask()
        assert details["agent_id"] is None
        assert (details["refusal"], details["receipt"]) == ("finished", receipt)
        assert not details["may_start_again"]
    assert browser.start_again()["receipt"] == receipt
    assert house.count("agents") == 1


def test_a_receipt_says_whether_its_worker_may_go_on(house):
    house.launch(TWO)
    may_go_on = []
    for assignment in "12":
        browser = house.browser(assignment=assignment).begin()
        receipt = browser.submit({"a": 1}, "s1").json()["receipt"]
        may_go_on.append((browser.ask()["may_go_on"], browser.details["receipt"] == receipt))
    assert may_go_on == [(True, True), (False, True)]


@pytest.mark.parametrize(
    ("rows", "limits", "may_go_on"),
    [(TWO, {}, True), (TWO[:1], {}, False), (TWO, {"maximum_units_per_worker": 1}, False)],
    ids=["another row", "the last row", "as many as one may"],
)
def test_the_confirmed_page_hears_whether_there_is_a_next_task(house, rows, limits, may_go_on):
    house.launch(rows, **limits)
    browser = house.browser().begin()
    receipt = browser.submit({"a": 1}, "s1").json()["receipt"]
    assert browser.confirm(receipt).json() == {"status": "Confirmed", "may_go_on": may_go_on}


def test_an_attempt_ended_without_an_answer_gets_no_agent_and_the_reason(house, clock):
    house.launch(assignment_duration_in_seconds=60)
    browser = house.browser().begin()
    clock.advance(61)
    house.until_any("agents", "timeout")
    for _ in range(2):
        details = browser.ask()
        assert details["agent_id"] is None
        assert details["refusal"] == "attempt ended"
        assert details["may_start_again"]
    assert house.count("agents") == 1


def test_the_next_attempt_is_registered_on_the_workers_wish(house, clock):
    house.launch(assignment_duration_in_seconds=60)
    browser = house.browser().begin()
    first = browser.token
    clock.advance(61)
    house.until_any("agents", "timeout")
    second = browser.start_again()["agent_id"]
    assert second not in {None, first}
    assert browser.ask()["agent_id"] == second, "A reload must find the new attempt."
    assert [(row.attempt, row.status) for row in house.rows("agents")] == [(1, "timeout"), (2, "in task")]


def test_the_wish_for_another_attempt_changes_nothing_while_one_is_live(house):
    house.launch(TWO)
    browser = house.browser().begin()
    token = browser.token
    assert browser.start_again()["agent_id"] == token


def test_worker_id_and_assignment_id_of_mock_name_an_attempt_and_pick_no_row(house):
    house.launch([{"a": index} for index in range(3)])
    details = [house.browser("x", assignment).ask() for assignment in ("3", "1", "no number")]
    assert [entry["init_task_data"]["a"] for entry in details] == [0, 1, 2]


def test_registration_is_unique_per_run_so_that_another_run_starts_anew(house):
    house.launch(TWO)
    house.browser().work()
    house.launch(TWO)
    assert house.browser().ask()["agent_id"]


def test_a_registration_of_one_worker_is_never_handed_to_another(house):
    house.launch(TWO)
    browser = house.browser("x").begin()
    thief = house.browser("y")
    thief.provider_data["agent_registration_id"] = browser.provider_data["agent_registration_id"]
    assert thief.ask()["refusal"] == "open elsewhere"
    assert "receipt" not in thief.details or thief.details["receipt"] is None


def test_a_refusal_is_never_stored_and_is_decided_anew(house, clock):
    house.launch(assignment_duration_in_seconds=60)
    house.browser("x").begin()
    waiting = house.browser("y")
    assert waiting.ask()["refusal"] == "try again"
    assert waiting.details["may_try_again"]
    assert house.count("agents") == 1
    clock.advance(61)
    house.until_any("agents", "timeout")
    assert waiting.ask()["agent_id"], "The unit is free, and the same request must get it now."


def test_a_refusal_of_the_provider_is_a_sentence_and_leaves_no_trace(house):
    house.launch(TWO, provider="strangers")
    browser = house.browser(worker="")
    assert browser.ask()["failure_reason"] == "Who are you?"
    assert house.count("agents") == 0


@pytest.mark.parametrize("provider", ["mock", "strangers"])
def test_identical_requests_at_the_same_moment_give_one_agent(house, provider):
    house.launch([{"a": index} for index in range(16)], provider=provider)
    browsers = [house.browser() for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        tokens = {details["agent_id"] for details in pool.map(lambda browser: browser.ask(), browsers)}
    assert len(tokens) == 1
    assert house.count("agents") == 1


@pytest.mark.parametrize("text", ["\ud800", "\0", "x" * 10_000])
def test_names_that_a_browser_made_up_do_no_harm(house, text):
    house.launch(TWO, provider="strangers")
    browser = house.browser(worker=f"x{text}", key=text)
    reply = browser.post(
        "/request_agent", json={"provider_data": browser.provider_data, "browser_key": browser.key}
    )
    assert reply.status_code in {200, 400}
    assert house.browser("y").ask()["agent_id"]
