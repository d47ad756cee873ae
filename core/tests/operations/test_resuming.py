"""Going on with a run that its process left: who was at work keeps their place, and what is rows holds."""

import logging

import pytest

from mephisto.instants import SECOND
from mephisto.operations.cleaning import clean
from mephisto.operations.live_run import GIFT_SECONDS
from screened_runs import RIGHT

ROWS = [{"a": 1}, {"a": 2}, {"a": 3}]
NAME = "knows the rules"


@pytest.mark.parametrize("asked", ["by the option", "by the script"])
def test_who_was_at_work_keeps_their_place_and_the_run_ends_with_all_units_done(house, caplog, asked):
    caplog.set_level(logging.INFO, "mephisto")
    first = house.launch(ROWS)
    house.browser("x").work()
    at_work = house.browser("y").begin()
    house.die()
    run = house.launch(ROWS, resume_incomplete_run=True) if asked == "by the option" else house.go_on(ROWS)
    assert run.id == first.id
    (told,) = (line for line in caplog.messages if line.startswith(f"Going on with run {run.id}, launched "))
    assert told.endswith(": 1 of 3 units are done.")
    again = house.browser("y")
    assert again.ask()["agent_id"] == at_work.token
    assert again.details["page"] == at_work.details["page"]
    assert again.session.get(run.url + again.details["page"], timeout=10).status_code == 200
    reply = again.submit({"x": 1}, "s1")
    assert again.confirm(reply.json()["receipt"]).status_code == 200
    house.browser("z").work()
    ended = house.ended()
    assert (ended.status, ended.end_reason) == ("ended", "all of its units are done")
    assert house.statuses("units") == ["completed"] * 3
    assert len(house.rows("runs")) == 1
    assert house.operator.exit_status == 0


def test_open_deadlines_move_by_the_time_that_nobody_served_and_two_minutes(house, clock):
    house.launch(ROWS, assignment_duration_in_seconds=60)
    at_work = house.browser("x").begin()
    house.browser("y").work()
    before = [agent.deadline for agent in house.rows("agents")]
    house.die(silent_for=5_000)
    house.go_on(ROWS)
    moved, done = [agent.deadline - was for agent, was in zip(house.rows("agents"), before, strict=True)]
    assert abs(moved - (5_000 + GIFT_SECONDS) * SECOND) < 5 * SECOND
    assert done == 0
    house.tick()
    assert house.browser("x").ask()["agent_id"] == at_work.token
    clock.advance(190)
    house.until_any("agents", "timeout")


def test_lifetime_and_patience_count_from_when_it_is_gone_on_with(house, clock):
    house.launch(ROWS, task_lifetime_in_seconds=1_000, no_submission_patience=500)
    clock.advance(400)
    house.die(silent_for=5_000)
    house.go_on(ROWS)
    clock.advance(400)
    house.tick()
    assert house.rows("runs")[0].status == "live"
    clock.advance(101)
    assert "no_submission_patience" in house.ended().end_reason


def test_an_onboarding_in_the_middle_goes_on(house, rows_state):
    state = rows_state(onboarding_data={"lesson": "Read."}, validate_onboarding=lambda _: True)
    house.launch(ROWS, state=state, onboarding=NAME)
    learning = house.browser().begin()
    house.die()
    house.go_on(ROWS, state=state)
    again = house.browser().begin()
    assert again.token == learning.token
    page = again.session.get(again.url + again.details["page"], timeout=10)
    assert "Read." in page.text
    data = {"USED_AGENT_ID": again.token, "onboarding_data": {"answer": "yes"}}
    details = again.post("/submit_onboarding", json={"provider_data": data}).json()["data"]
    assert details["init_task_data"]["a"] == 1


def test_what_the_end_of_a_run_took_back_is_offered_again(house):
    """As after Ctrl-C: it ended orderly, with work left."""
    run = house.launch(ROWS)
    house.browser("x").work()
    late = house.browser("y").begin()
    run.close("it was interrupted")
    house.ended()
    assert house.statuses("units") == ["completed", "expired", "expired"]
    house.go_on(ROWS)
    seen = house.rows("runs")[0]
    assert (seen.status, seen.end_reason, seen.ended_at) == ("live", "", None)
    assert house.statuses("units") == ["completed", "launched", "launched"]
    late.url = house.run.url
    late.confirm(late.submit({"x": 1}, "s1").json()["receipt"])
    assert house.statuses("units").count("completed") == 2, "An answer from before the end counts, too."
    house.browser("z").work()
    assert house.ended().status == "ended"
    assert house.statuses("units") == ["completed"] * 3


def test_what_was_rejected_or_taken_back_by_a_script_is_not_offered_again(house):
    house.launch(ROWS)
    house.browser("x").work()
    house.db.find_units()[1].expire()
    house.db.find_units()[0].get_assigned_agent().reject_work("No.")
    house.die()
    house.go_on(ROWS)
    assert house.statuses("units") == ["rejected", "expired", "launched"]


def test_units_that_screened_workers_are_not_offered_again(screened):
    house = screened()
    house.browser("x").begin()
    house.browser("y").work(RIGHT)
    house.run.close("it was interrupted")
    house.ended()
    state = house.run.plan.shared_state
    house.go_on(state.rows, state=state)
    kinds = [(str(unit.kind), str(unit.status)) for unit in house.rows("units")]
    assert kinds == [("standard", "launched")] * 3 + [("screening", "expired"), ("screening", "completed")]
    house.browser("y", "2").work(RIGHT)
    assert house.browser("w").begin().details["init_task_data"]["example"]


def test_a_run_that_a_later_launch_marked_as_dead_is_gone_on_with(house, rows_state):
    first = house.launch(ROWS)
    at_work = house.browser("x").begin()
    house.die()
    second = house.launch([{"a": 9}])
    assert house.statuses("runs") == ["died", "live"]
    second.close("a test says so")
    house.ended()
    run_id = house.operator.launch_from_incomplete_run(house.db.find_task_runs()[0], rows_state(rows=ROWS))
    assert run_id == first.id
    house.run = house.operator._runs[run_id]
    assert house.browser("x").ask()["agent_id"] == at_work.token


@pytest.mark.parametrize("is_marked", [True, False])
def test_a_run_that_was_cleaned_up_is_gone_on_with(house, rows_state, is_marked):
    first = house.launch(ROWS)
    house.browser("x").begin()
    house.die()
    if is_marked:
        house.launch(())
        house.ended()
    clean(house.store, first.terms.run_id)
    house.operator.launch_from_incomplete_run(first.task_run, rows_state(rows=ROWS))
    assert house.statuses("units") == ["launched"] * 3
    assert house.statuses("agents") == ["expired"]


def test_new_limits_are_taken_and_limits_hold_across_the_gap(house):
    house.launch(ROWS, maximum_units_per_worker=3)
    house.browser("x").work()
    house.browser("x", "2").begin()
    house.die()
    house.launch(ROWS, maximum_units_per_worker=2, resume_incomplete_run=True)
    assert house.browser("x", "3").ask()["refusal"] == "maximum for this task"
    assert house.browser("y").ask()["agent_id"]


def test_new_texts_and_what_new_rows_pay_are_taken(house):
    house.launch(ROWS)
    house.die()
    changed = {"task_title": "Another title", "task_reward": 0.5}
    run = house.launch([*ROWS, {"a": 4}], resume_incomplete_run=True, **changed)
    told = house.browser("x").session.get(f"{run.url}/task_config.json", timeout=10).json()
    assert told["mephisto"]["title"] == "Another title"
    house.until(lambda: house.count("units") == 4)
    assert [unit.pay_cents for unit in house.rows("units")] == [10, 10, 10, 50]


def test_nobody_does_a_row_twice_across_the_gap(house):
    house.launch([{"a": 1}], units=2)
    house.browser("x").work()
    house.die()
    house.go_on([{"a": 1}])
    assert house.browser("x", "2").ask()["agent_id"] is None
    house.browser("y").work()
    assert house.ended().status == "ended"


@pytest.mark.parametrize(("window", "offered"), [(1, 1), (0, 3)])
def test_a_new_window_is_taken(house, window, offered):
    house.launch(ROWS, max_num_concurrent_units=2)
    house.die()
    house.launch(ROWS, max_num_concurrent_units=window, resume_incomplete_run=True)
    assert house.statuses("units").count("launched") == offered
    assert house.statuses("units")[0] == "launched"


def test_what_the_script_was_not_told_of_is_told_in_order_at_least_once(house, rows_state):
    def refuse(_):
        raise SystemExit("killed in the middle")

    first = house.launch(ROWS, state=rows_state(on_unit_submitted=refuse))
    first.listening.stop()
    workers = [house.browser(name).begin() for name in "xyz"]
    for worker in workers[1:]:
        worker.confirm(worker.submit({"x": 1}, "s1").json()["receipt"])
    assert len(house.rows("events")) == 2
    house.die()
    told = []
    house.go_on(ROWS, state=rows_state(on_unit_submitted=lambda unit: told.append(unit.db_id)))
    done = [str(unit.id) for unit in house.rows("units") if unit.status == "completed"]
    house.until(lambda: len(told) == 2)
    assert told == done


def test_a_run_that_was_killed_after_its_last_answer_still_tells_its_script(house, rows_state):
    first = house.launch(state=rows_state(on_unit_submitted=lambda _: None))
    first.listening.stop()
    house.die_after_the_last_answer()
    told = []
    assert house.go_on(state=rows_state(on_unit_submitted=told.append))
    assert house.ended().status == "ended"
    assert len(told) == 1


def test_the_log_goes_on_in_the_same_file(house, caplog):
    caplog.set_level(logging.INFO)
    run = house.launch(ROWS)
    house.die()
    house.go_on(ROWS)
    text = (run.directory / "run.log").read_text(encoding="utf-8")
    assert text.count("Creating a task run under task name") == 1
    assert text.count("Going on with run") == 1
    assert [path.name for path in (house.directory / "runs").iterdir()] == [run.id]


def test_the_row_says_what_the_run_is_now(house, tmp_path, monkeypatch):
    """Relative paths of its configuration begin where they did, wherever it is gone on with."""
    house.launch(ROWS)
    house.die()
    before = house.rows("runs")[0]
    monkeypatch.chdir(tmp_path)
    house.go_on(ROWS)
    now = house.rows("runs")[0]
    assert now.process_id != before.process_id
    assert now.working_directory == before.working_directory != str(tmp_path)
    house.die()
    house.launch(ROWS, maximum_units_per_worker=7, resume_incomplete_run=True)
    now = house.rows("runs")[0]
    assert now.config["task"]["maximum_units_per_worker"] == 7
    assert now.working_directory == str(tmp_path)
