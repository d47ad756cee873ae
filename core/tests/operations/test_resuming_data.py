"""The data of a run that is gone on with: read from its start, compared with the rows that are there, and gone on after them."""

import threading
import time

import pytest

from mephisto import AssignmentData
from mephisto.data_model.initialization_data import InitializationData
from mephisto.operations import feeder as feeder_module
from mephisto.operations import opening
from mephisto.operations import resuming as resuming_module
from mephisto.operations.known_rows import CHUNK

ROWS = [{"a": 1}, {"a": 2}, {"a": 3}]


def endless(seen):
    index = 0
    while True:
        seen.append(index)
        yield {"a": index}
        index += 1


def untouched(house):
    """Return what a refusal must leave as it was."""
    return house.rows("runs"), house.rows("units"), house.rows("assignments"), house.rows("roles")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"a": 1}, {"a": 0}, {"a": 3}], "Row 2 of the task data is not what it was: {'a': 0}."),
        ([{"b": 1}, *ROWS[1:]], "Row 1 of the task data is not what it was: {'b': 1}."),
        ([{"a": 0}, *ROWS], "Row 1 of the task data"),
        (ROWS[:2], "The task data has 2 rows."),
        ([], "The task data has 0 rows."),
    ],
)
def test_other_data_is_refused_before_anything_is_written(house, caplog, rows, told):
    run = house.launch(ROWS)
    house.browser("x").begin()
    house.die()
    before = untouched(house)
    assert house.go_on(rows) is None
    assert told in caplog.text
    assert f"Run {run.id} has 3 rows already, and goes on after them." in caplog.text
    assert "with new ones after them; or launch anew" in caplog.text
    assert untouched(house) == before
    assert house.operator.exit_status == 2
    assert house.go_on(ROWS)


def test_more_rows_are_taken_though_the_source_had_ended(house):
    house.launch(ROWS)
    house.browser("x").work()
    house.until(lambda: house.rows("runs")[0].source_ended)
    house.die()
    house.go_on([*ROWS, {"a": 4}])
    house.until(lambda: house.rows("runs")[0].source_ended)
    assert [row.data["a"] for row in house.rows("assignments")] == [1, 2, 3, 4]
    assert [row.source_index for row in house.rows("assignments")] == [0, 1, 2, 3]
    for assignment in "234":
        house.browser("x", assignment).work()
    assert house.ended().status == "ended"


def test_a_generator_goes_on_after_the_rows_that_are_there(house):
    first, again = [], []
    house.launch(endless(first))
    house.until(lambda: house.count("units") == 1_000)
    house.browser("x").work()
    house.until(lambda: house.count("units") == 1_001)
    house.die()
    house.go_on(endless(again))
    house.tick()
    assert len(again) == house.count("units") == 1_001, "As far ahead of who works as before, and no further."
    house.browser("x", "2").work()
    house.until(lambda: house.count("units") == 1_002)
    assert [row.data["a"] for row in house.rows("assignments")] == list(range(1_002))


def test_with_rows_enough_nobody_waits_for_the_next_ones(house, monkeypatch):
    house.launch(endless([]))
    house.until(lambda: house.count("units") == 1_000)
    house.die()
    monkeypatch.setattr(opening, "FIRST_ROWS_SECONDS", 60)
    began = time.monotonic()
    house.go_on(endless([]))
    assert time.monotonic() - began < 10


def test_how_far_workers_were_is_known_though_the_source_had_ended(house, monkeypatch):
    """Nobody notes it once there are no more rows; a source that has more then is read on."""
    monkeypatch.setattr(feeder_module, "LEAST_AHEAD", 5)
    house.launch(ROWS)
    house.until(lambda: house.rows("runs")[0].source_ended)
    for assignment in "12":
        house.browser("x", assignment).work()
    assert house.rows("runs")[0].frontier == -1
    house.die()
    seen = []
    house.go_on(row if index > 2 else ROWS[index] for index, row in enumerate(endless(seen)))
    assert house.rows("runs")[0].frontier == 1
    house.until(lambda: house.count("units") == 2 + 5)
    house.tick()
    assert len(seen) == 2 + 5


def test_many_rows_are_compared_in_pieces(house):
    rows = [{"a": index} for index in range(2 * CHUNK + 1)]
    house.launch(rows, max_num_concurrent_units=len(rows))
    house.until(lambda: house.rows("runs")[0].source_ended)
    house.die()
    assert house.go_on([*rows[:-1], {"a": -1}]) is None
    assert house.go_on(rows)
    assert house.count("assignments") == len(rows)


def test_rows_that_come_too_late_to_be_compared_before_are_compared_while_the_run_goes_on(
    house, caplog, monkeypatch
):
    monkeypatch.setattr(resuming_module, "COMPARING_SECONDS", 0.1)
    go_on = threading.Event()

    def slow():
        yield {"a": 1}
        go_on.wait(10)
        yield {"a": 0}

    house.launch(ROWS)
    house.die()
    house.go_on(slow())
    house.browser("x").work()
    go_on.set()
    house.until(lambda: "Row 2 of the task data is not what it was" in caplog.text)
    assert "The rows before, 3 of them, are offered; the run will end as failed." in caplog.text
    for assignment in "23":
        house.browser("x", assignment).work()
    ended = house.ended()
    assert (ended.status, "ended with an error" in ended.end_reason) == ("failed", True)
    assert [row.data for row in house.rows("assignments")] == ROWS


@pytest.mark.parametrize("error", [LookupError("the file was cut"), SystemExit("the file was cut")], ids=repr)
def test_a_source_that_raises_among_the_rows_that_are_there_is_refused(house, caplog, error):
    def raising():
        yield ROWS[0]
        raise error

    house.launch(ROWS)
    house.die()
    before = untouched(house)
    assert house.go_on(raising()) is None
    assert f"{type(error).__name__}: the file was cut" in caplog.text
    assert untouched(house) == before


def test_a_source_that_raises_after_them_ends_the_data_as_it_does_in_a_new_run(house):
    def raising():
        yield from ROWS
        raise LookupError("the file was cut")

    house.launch(ROWS)
    house.die()
    house.go_on(raising())
    for assignment in "123":
        house.browser("x", assignment).work()
    assert house.ended().status == "failed"


def test_data_that_ended_with_an_error_is_gone_on_with_once_it_is_mended(house):
    house.launch([ROWS[0], "no row", ROWS[2]])
    house.browser("x").work()
    assert house.ended().status == "failed"
    house.go_on(ROWS)
    for assignment in "23":
        house.browser("x", assignment).work()
    assert house.ended().status == "ended"
    assert house.statuses("units") == ["completed"] * 3


def test_a_row_that_a_script_has_changed_is_compared_with_what_its_source_gave(house):
    house.launch(ROWS)
    house.db.find_assignments()[2].write_assignment_data(InitializationData({"a": 30}))
    house.die()
    assert house.go_on(ROWS)
    assert house.rows("assignments")[2].data == {"a": 30}


def test_rows_that_are_there_keep_their_number_of_units(house):
    house.launch([AssignmentData({"a": 1}, 2)])
    house.die()
    house.go_on([AssignmentData({"a": 1}, 5), AssignmentData({"a": 2}, 3)])
    house.until(lambda: house.rows("runs")[0].source_ended)
    assert house.count("units") == 2 + 3


def test_it_reads_no_further_ahead_however_often_it_is_gone_on_with(house):
    """What an end took back is offered again: nobody has worked on it."""
    house.launch(endless([]))
    house.until(lambda: house.count("units") == 1_000)
    for turn in range(3):
        house.browser(str(turn)).work()
        house.run.close("it was interrupted")
        house.ended()
        house.go_on(endless([]))
        house.until(lambda turn=turn: house.count("units") == 1_001 + turn)
        house.tick()
        house.until(lambda turn=turn: house.rows("runs")[0].frontier == turn)
    assert house.count("units") == 1_003
