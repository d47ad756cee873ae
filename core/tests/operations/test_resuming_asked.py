"""When a launch goes on with a run, when it starts anew, and what it says of both."""

import logging

import pytest

from mephisto.operations.operator import Operator

ROWS = [{"a": 1}, {"a": 2}, {"a": 3}]


def test_with_the_option_and_nothing_to_go_on_with_a_launch_starts_anew_and_says_so(
    house, caplog, rows_state
):
    caplog.set_level(logging.INFO, "mephisto")
    first = house.launch(resume_incomplete_run=True)
    assert "This task has no run yet. There is nothing to go on with: this launch starts anew." in caplog.text
    house.browser("x").work()
    house.ended()
    second = house.launch(resume_incomplete_run=True)
    assert second.id != first.id
    assert (
        f"Run {first.id} is complete. All of its units are done. There is nothing to go on with"
        in caplog.text
    )
    another = Operator(house.db)
    third = another.launch_task_run(house.configuration(resume_incomplete_run=True), rows_state(rows=ROWS))
    assert third != second.id
    assert f"Run {second.id} is alive." in caplog.text
    another.shutdown()


@pytest.mark.parametrize("unasked", [{}, {"resume_incomplete_run": False}])
def test_without_being_asked_every_launch_starts_anew(house, unasked):
    house.launch(ROWS)
    house.die()
    house.launch(ROWS, **unasked)
    assert house.statuses("runs") == ["died", "live"]


def test_a_run_that_was_killed_after_its_last_answer_is_brought_to_its_end_and_no_work_is_done_twice(house):
    run = house.launch()
    house.die_after_the_last_answer()
    again = house.launch(resume_incomplete_run=True)
    assert again.id == run.id
    assert house.ended().end_reason == "all of its units are done"
    assert house.statuses("units") == ["completed"]
    assert house.launch(resume_incomplete_run=True).id != run.id


def test_a_run_that_has_ended_is_complete_for_a_script_that_does_not_listen(house, rows_state):
    """It would be gone on with by each launch, and nothing would come of it."""
    run = house.launch(state=rows_state(on_unit_submitted=lambda _: None))
    run.listening.stop()
    house.die_after_the_last_answer()
    assert house.go_on()
    house.ended()
    assert house.go_on() is None


def test_a_script_that_launches_a_task_twice_goes_on_with_both_runs(house, caplog):
    caplog.set_level(logging.INFO, "mephisto")
    first, second = house.launch(ROWS), house.launch(ROWS)
    first.undo.run()
    first.log.close()
    house.die()
    again = [house.launch(ROWS, resume_incomplete_run=True).id for _ in range(2)]
    assert again == [second.id, first.id]
    house.launch(ROWS, resume_incomplete_run=True)
    assert "This task has no other run. There is nothing to go on with" in caplog.text


def test_what_a_launch_says_of_runs_that_died_is_true(house, caplog):
    first, second = house.launch(ROWS), house.launch(ROWS)
    first.undo.run()
    first.log.close()
    house.die()
    house.launch(ROWS)
    of_first, of_second = (line for line in caplog.messages if "This launch starts anew" in line)
    assert f"Run {first.id} of this task" in of_first
    assert of_first.endswith("mephisto.db. operator.launch_from_incomplete_run goes on with it.")
    assert f"Run {second.id} of this task" in of_second
    assert of_second.endswith(
        "With mephisto.task.resume_incomplete_run=true it would have gone on with that run; "
        "operator.launch_from_incomplete_run still does."
    )


def test_of_a_run_that_died_with_all_units_done_no_launch_says_that_it_could_be_gone_on_with(house, caplog):
    house.launch()
    house.die_after_the_last_answer()
    house.launch()
    (told,) = (line for line in caplog.messages if "died. This launch starts anew" in line)
    assert told.endswith("mephisto.db. No work is left of it.")
