"""Deadlines and patience, and clocks that jump: time of which nobody had the use counts against no one."""

import pytest

from mephisto.instants import SECOND

MINUTE = 60 * SECOND


def test_a_worker_has_assignment_duration_in_seconds_and_not_less(house, clock):
    house.launch(assignment_duration_in_seconds=60)
    browser = house.browser().begin()
    assert browser.details["deadline"] == house.rows("agents")[0].deadline
    clock.advance(55)
    house.tick()
    assert house.statuses("agents") == ["in task"]
    assert browser.ask()["agent_id"] == browser.token
    clock.advance(6)
    house.until_any("agents", "timeout")
    page = browser.session.get(browser.url + browser.details.get("page", "/page-gone.html"), timeout=10)
    assert page.status_code == 404


def test_the_unit_of_a_worker_whose_time_is_over_is_offered_again(house, clock):
    house.launch(assignment_duration_in_seconds=60, max_num_concurrent_units=1)
    house.browser("x").begin()
    assert house.browser("y").ask()["agent_id"] is None
    clock.advance(61)
    house.until_any("units", "launched")
    unit = house.rows("units")[0]
    assert (unit.agent_id, unit.worker_id) == (None, None)
    house.browser("y").work()
    assert house.ended().status == "ended"
    assert house.statuses("agents") == ["timeout", "completed"]


def test_each_attempt_has_a_deadline_of_its_own(house, clock):
    house.launch([{"a": 1}, {"a": 2}], assignment_duration_in_seconds=60)
    house.browser("x").begin()
    clock.advance(40)
    house.browser("y").begin()
    clock.advance(30)
    house.until_any("agents", "timeout")
    assert house.statuses("agents") == ["timeout", "in task"]


@pytest.mark.parametrize("seconds", [3_600, 100 * 86_400])
def test_a_forward_jump_moves_open_deadlines_by_the_gap_plus_two_minutes(house, clock, seconds):
    house.launch(assignment_duration_in_seconds=60)
    browser = house.browser().begin()
    before = house.rows("agents")[0].deadline
    house.tick()
    clock.jump(seconds)
    house.until(lambda: house.rows("agents")[0].deadline != before)
    moved = house.rows("agents")[0].deadline - before - seconds * SECOND
    assert abs(moved - 2 * MINUTE) < SECOND
    house.tick()
    assert house.statuses("agents") == ["in task"]
    assert house.rows("runs")[0].status == "live", (
        "Neither patience nor lifetime ran while nobody could work."
    )
    assert browser.ask()["agent_id"] == browser.token
    clock.advance(181)
    house.until_any("agents", "timeout")


def test_a_small_difference_between_the_clocks_is_no_jump(house, clock):
    house.launch(assignment_duration_in_seconds=60)
    house.browser().begin()
    before = house.rows("agents")[0].deadline
    for _ in range(3):
        clock.jump(4)
        house.tick()
    assert house.rows("agents")[0].deadline == before


def test_a_backward_jump_expires_nothing(house, clock):
    house.launch([{"a": 1}, {"a": 2}], assignment_duration_in_seconds=60)
    browser = house.browser().begin()
    before = house.rows("agents")[0].deadline
    clock.jump(-86_400)
    house.tick()
    assert house.statuses("agents") == ["in task"]
    assert house.rows("agents")[0].deadline == before
    assert house.rows("runs")[0].status == "live"
    assert browser.ask()["agent_id"] == browser.token
    assert browser.submit({"x": 1}, "s1").status_code == 200
    house.browser("y").work()
    assert browser.confirm(house.rows("submissions")[0].receipt_code).status_code == 200
    assert house.ended().status == "ended"


def test_the_run_ends_when_nothing_was_submitted_for_no_submission_patience(house, clock):
    house.launch([{"a": 1}, {"a": 2}], no_submission_patience=100)
    clock.advance(90)
    house.browser("x").work()
    clock.advance(90)
    house.tick()
    assert house.rows("runs")[0].status == "live", "A submission starts the patience anew."
    clock.advance(20)
    ended = house.ended()
    assert (ended.status, "no_submission_patience" in ended.end_reason) == ("ended", True)
    assert house.statuses("units") == ["completed", "expired"]


def test_who_has_begun_is_something_that_happens_and_may_finish(house, clock):
    house.launch([{"a": 1}, {"a": 2}], no_submission_patience=100)
    clock.advance(90)
    late = house.browser("y").begin()
    clock.advance(90)
    house.tick()
    assert house.rows("runs")[0].status == "live", "A claim starts the patience anew."
    clock.advance(20)
    house.until_any("runs", "closing")
    assert house.browser("z").ask()["refusal"] == "run closed"
    receipt = late.submit({"x": 1}, "s1").json()["receipt"]
    late.confirm(receipt)
    assert house.ended().status == "ended"
    assert house.statuses("units") == ["completed", "expired"]


def test_the_task_is_offered_for_task_lifetime_in_seconds(house, clock):
    house.launch([{"a": 1}, {"a": 2}, {"a": 3}], task_lifetime_in_seconds=100)
    house.browser("x").work()
    late = house.browser("y").begin()
    clock.advance(95)
    house.tick()
    assert house.rows("runs")[0].status == "live"
    clock.advance(10)
    house.until_any("runs", "closing")
    late.confirm(late.submit({"x": 1}, "s1").json()["receipt"])
    ended = house.ended()
    assert (ended.status, "task_lifetime_in_seconds" in ended.end_reason) == ("ended", True)
    assert house.statuses("units") == ["completed", "completed", "expired"]


def test_the_clock_outlives_a_moment_in_which_nothing_can_be_written(house, clock):
    house.launch(assignment_duration_in_seconds=60)
    house.browser().begin()
    write, failed = house.store.write, []

    def broken(*_):
        failed.append(True)
        raise OSError("disk I/O error")

    house.store.write = broken
    clock.advance(61)
    house.until(lambda: len(failed) > 1)
    house.store.write = write
    house.until_any("agents", "timeout")
