"""Task data may be lazy, endless, slow, wrong or broken: what comes before its trouble is offered all the same."""

import logging
import sys
import threading

import pytest

from mephisto import AssignmentData
from mephisto.operations import feeder as feeder_module
from mephisto.store import offering


def endless():
    index = 0
    while True:
        yield {"a": index}
        index += 1


def counted(rows, seen):
    for row in rows:
        seen.append(True)
        yield row


def messages(caplog):
    return "\n".join(record.getMessage() for record in caplog.records)


def test_a_generator_is_lazy_and_its_look_ahead_is_bounded_beyond_the_furthest_row_worked_on(house):
    seen = []
    house.launch(counted(endless(), seen))
    house.until(lambda: house.count("units") == 1_000)
    for done in (1, 2):
        house.browser("x", str(done)).work()
        house.until(lambda done=done: house.count("units") == 1_000 + done)
        assert len(seen) == 1_000 + done


def test_a_unit_that_is_taken_back_makes_room_for_another_row(house):
    house.launch(endless())
    house.until(lambda: house.count("units") == 1_000)
    for taken_back in (0, 1):
        house.db.find_units()[taken_back].expire()
        house.until(lambda more=taken_back + 1: house.count("units") == 1_000 + more)


def test_the_look_ahead_is_twice_the_window_if_that_is_more(house):
    seen = []
    house.launch(counted(endless(), seen), max_num_concurrent_units=600)
    house.until(lambda: house.count("units") == 1_200)
    house.tick()
    assert len(seen) == 1_200
    assert house.statuses("units").count("launched") == 600


def test_the_look_ahead_counts_units_and_not_rows(house):
    seen = []
    house.launch(counted(endless(), seen), units=300)
    house.until(lambda: house.count("units") == 1_200)
    house.tick()
    assert len(seen) == 4


def test_rows_of_different_numbers_of_units_keep_the_look_ahead_bounded(house, monkeypatch):
    monkeypatch.setattr(feeder_module, "LEAST_AHEAD", 10)
    rows = (AssignmentData({"a": index}, 1 + index % 3) for index in range(1_000))
    house.launch(rows)
    for turn in range(12):
        house.until(lambda turn=turn: house.count("assignments") > turn)
        house.browser("x", str(turn)).work()
    house.tick()
    made = [row.units for row in (AssignmentData({}, 1 + index % 3) for index in range(1_000))]
    house.until(lambda: sum(made[12 : house.count("assignments")]) >= 10)
    assert sum(made[12 : house.count("assignments")]) < 10 + 3


def test_a_fast_worker_who_does_every_assignment_never_starves(house, monkeypatch):
    """Each row leaves two units that this worker may not do; far more rows are done than one look ahead holds."""
    monkeypatch.setattr(feeder_module, "LEAST_AHEAD", 300)
    house.launch(endless(), units=3)
    desk = house.browser().desk

    def ask(packet_type, subject_id, **data):
        reply = desk.handle({"packet_type": packet_type, "subject_id": subject_id, "data": data})
        assert reply.status == 200
        return reply.body

    for index in range(250):
        who = {"worker_name": "x", "agent_registration_id": f"{index}-x"}
        details = ask("register_agent", "a request", provider_data=who)
        assert details["agent_id"], details
        assert details["init_task_data"]["a"] == index
        ask("submit_unit", details["agent_id"], final_data={"x": 1}, submission_id="s1")


def test_the_rows_before_an_error_are_offered_and_the_run_exits_as_failed(house, caplog):
    def raising():
        yield {"a": 1}
        yield {"a": 2}
        raise LookupError("the file was cut")

    line = raising.__code__.co_firstlineno + 3
    house.launch(raising())
    assert f"{__file__}:{line}" in messages(caplog)
    assert "LookupError" in messages(caplog)
    assert "the file was cut" in messages(caplog)
    for assignment in "12":
        house.browser("x", assignment).work()
    ended = house.ended()
    assert (ended.status, "ended with an error" in ended.end_reason) == ("failed", True)
    assert house.statuses("units") == ["completed"] * 2
    assert house.operator.exit_status == 1


@pytest.mark.parametrize("error", [SystemExit("no more"), KeyboardInterrupt()], ids=repr)
def test_a_generator_that_wants_to_end_the_process_ends_its_data_only(house, error):
    def raising():
        yield {"a": 1}
        raise error

    house.launch(raising())
    house.browser().work()
    assert house.ended().status == "failed"


def test_rows_given_before_a_generator_blocks_are_offered(house):
    gone_on = threading.Event()

    def blocking():
        yield {"a": 1}
        yield {"a": 2}
        gone_on.wait(30)
        yield {"a": 3}

    house.launch(blocking())
    for assignment in "12":
        house.until(lambda: "launched" in house.statuses("units"))
        house.browser("x", assignment).work()
    assert house.browser("x", "3").ask()["refusal"] == "try again", "There may be more to come."
    assert not house.run.reason
    gone_on.set()
    house.until(lambda: "launched" in house.statuses("units"))
    house.browser("x", "3").work()
    assert house.ended().status == "ended"


def test_a_generator_may_change_the_dict_that_it_gave(house):
    def reusing():
        row = {"deep": {}}
        for index in range(3):
            row["a"] = row["deep"]["b"] = index
            yield row

    house.launch(reusing())
    assert [row.data["a"] for row in house.rows("assignments")] == [0, 1, 2]
    assert [row.data["deep"]["b"] for row in house.rows("assignments")] == [0, 1, 2]


@pytest.mark.parametrize(
    "wrong", ["a text", ["a", "list"], None, {"a": {1, 2}}, {"a": "\0"}, {"a": object()}, {"\0": 1}], ids=repr
)
def test_a_row_that_cannot_be_stored_is_named_and_the_rows_before_are_offered(house, caplog, wrong):
    house.launch([{"a": 1}, wrong, {"a": 3}])
    assert "Row 2 of the task data" in messages(caplog)
    assert "the rows before it are offered" in messages(caplog).lower()
    house.browser().work()
    assert house.ended().status == "failed"
    assert [row.data for row in house.rows("assignments")] == [{"a": 1}]


@pytest.mark.parametrize("units", [0, 10_001, 100_000_000])
def test_a_row_for_no_worker_or_for_more_than_there_are_is_named(house, caplog, units):
    house.launch([AssignmentData({"a": 1}, units)])
    assert f"Row 1 of the task data shall be done by {units} workers." in messages(caplog)
    assert "1 at least, and 10000 at most" in messages(caplog)
    assert house.ended().status == "failed"


def test_what_is_committed_at_once_is_bounded_in_units_too(house, monkeypatch):
    """So that memory stays flat, and a run that is stopped meanwhile ends soon."""
    add, committed = offering.add, []

    def counted_units(*arguments, **options):
        committed.append(sum(new.units for new in arguments[4]))
        return add(*arguments, **options)

    monkeypatch.setattr(offering, "add", counted_units)
    monkeypatch.setattr(feeder_module, "CHUNK_UNITS", 50)
    house.launch((AssignmentData({"a": index}, 30) for index in range(100)), max_num_concurrent_units=600)
    house.until(lambda: house.count("units") == 1_200)
    assert max(committed) <= 60


def test_a_number_that_is_not_finite_is_stored_as_null_with_a_warning(house, caplog):
    house.launch([{"a": float("nan"), "b": [float("inf")]}])
    assert house.rows("assignments")[0].data == {"a": None, "b": [None]}
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert ["not finite" in record.getMessage() for record in warnings] == [True]


def test_rows_that_could_not_be_saved_are_saved_once_they_can_be(house, monkeypatch):
    monkeypatch.setattr(feeder_module, "RETRY_SECONDS", 0.05)
    write, failed = house.store.write, []

    def broken(job, *lane):
        if threading.current_thread().name.startswith("mephisto-feeder") and len(failed) < 3:
            failed.append(True)
            raise OSError("disk full")
        return write(job, *lane)

    house.store.write = broken
    house.launch([{"a": index} for index in range(3)])
    # The clock may save the rows before the feeder does; that they were the last, only the feeder can say.
    house.until(lambda: house.rows("runs")[0].source_ended)
    assert len(failed) == 3
    assert [row.data["a"] for row in house.rows("assignments")] == [0, 1, 2]
    assert [row.source_index for row in house.rows("assignments")] == [0, 1, 2]


def test_what_the_feeder_holds_does_not_grow_with_the_rows(house):
    """With a window of 10,000 units, the source is read 20,000 rows ahead."""
    run = house.launch(endless(), max_num_concurrent_units=10_000)
    house.until(lambda: house.count("units") == 20_000, seconds=30)
    feeder = run.feeder
    held = sum(sys.getsizeof(part) for part in (feeder._ahead, *feeder._ahead, feeder._pending))
    assert held < 10_000
