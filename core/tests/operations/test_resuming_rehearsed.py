"""A dry run of a launch that would go on with a run: it says so, counts what is left, and leaves the run as it was."""

import pytest

from mephisto.tools.rehearsing import Rehearser

ROWS = [{"a": 1}, {"a": 2}, {"a": 3}]


@pytest.fixture
def rehearse(house, rows_state, capsys):
    """Go through going on, by the option or by the script; return its lines by name, and its exit status."""

    def begin(how, rows, **options):
        operator, state = Rehearser(house.db), rows_state(rows=rows)
        if how == "by the option":
            operator.launch_task_run(house.configuration(resume_incomplete_run=True, **options), state)
        else:
            operator.launch_from_incomplete_run(house.db.find_task_runs()[-1], state)
        operator.shutdown()
        told = capsys.readouterr().out.splitlines()
        return {line[:12].strip(): line[13:] for line in told}, operator.exit_status

    return begin


def stored(house):
    return [house.rows(table) for table in ("runs", "units", "assignments", "agents", "roles", "processes")]


@pytest.mark.parametrize("how", ["by the option", "by the script"])
def test_it_tells_which_run_goes_on_and_what_is_left_and_new_and_does_nothing(house, rehearse, how):
    run = house.launch(ROWS)
    house.browser("x").work()
    house.die()
    before = stored(house)
    told, status = rehearse(how, [*ROWS, {"a": 4}])
    assert told["Goes on"].startswith(f"with run {run.id}, launched ")
    assert told["Goes on"].endswith(": 1 of 3 units are done")
    assert (told["Assignments"], told["Units"]) == ("3, and 1 new", "2 left, and 1 new")
    assert told["Cost"].startswith("$0.30, $0.10 a new unit")
    assert status == 0
    assert stored(house) == before


def test_units_that_the_end_took_back_are_left_and_pay_what_they_paid(house, rehearse):
    run = house.launch(ROWS)
    house.browser("x").work()
    run.close("it was interrupted")
    house.ended()
    told, _ = rehearse("by the option", [*ROWS, {"a": 4}], task_reward=1.0)
    assert told["Units"] == "2 left, and 1 new"
    assert told["Cost"].startswith("$1.20, $1.00 a new unit")


@pytest.mark.parametrize("how", ["by the option", "by the script"])
def test_other_data_is_refused_as_it_would_be(house, rehearse, caplog, how):
    house.launch(ROWS)
    house.die()
    assert rehearse(how, [{"a": 1}, {"a": 0}]) == ({}, 2)
    assert "Row 2 of the task data is not what it was: {'a': 0}." in caplog.text
    assert rehearse(how, ROWS[:2])[1] == 2
    assert "The task data has 2 rows." in caplog.text


def test_a_run_that_is_complete_is_launched_anew_or_refused(house, rehearse):
    house.launch()
    house.browser("x").work()
    house.ended()
    told, _ = rehearse("by the option", ROWS)
    assert (told["Assignments"], told["Units"]) == ("3", "3")
    assert rehearse("by the script", ROWS) == ({}, 1)
