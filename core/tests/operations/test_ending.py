"""The end: a run ends by itself, waits a little for pages to have their receipts, and leaves its rows in order."""

import threading
import time

import pytest
import requests

from mephisto.operations.live_run import LINGER_SECONDS


def test_the_run_ends_by_itself_when_all_is_done(house):
    house.launch([{"a": 1}, {"a": 2}], units=2)
    for worker in "xy":
        for assignment in "12":
            house.browser(worker, assignment).work()
    ended = house.ended()
    assert (ended.status, ended.end_reason) == ("ended", "all of its units are done")
    assert ended.ended_at
    assert house.statuses("units") == ["completed"] * 4
    assert house.statuses("agents") == ["completed"] * 4
    assert all(row.confirmed_at for row in house.rows("submissions"))
    with pytest.raises(requests.ConnectionError):
        house.browser("z").ask()


def test_a_run_whose_units_were_taken_back_says_so(house):
    house.launch([{"a": 1}, {"a": 2}])
    house.browser().work()
    house.db.find_units(status="launched")[0].expire()
    assert house.ended().end_reason == "its units are done or were taken back"


def test_the_run_has_ended_soon_after_its_last_receipt_was_confirmed(house):
    house.launch()
    house.browser().work()
    started = time.monotonic()
    house.ended()
    assert time.monotonic() - started < 2


def test_the_run_waits_for_confirmations_at_most_linger_seconds(house, clock):
    house.launch()
    browser = house.browser().begin()
    assert browser.submit({"x": 1}, "s1").status_code == 200
    house.until_any("runs", "closing")
    clock.advance(LINGER_SECONDS - 3)
    house.tick()
    assert not house.run.ended.is_set()
    assert browser.submit({"x": 1}, "s1").status_code == 200, "A page that lost the reply can still ask."
    clock.advance(4)
    assert house.ended().status == "ended"


def test_a_clock_that_was_set_back_does_not_make_the_run_wait_for_longer(house, clock):
    house.launch()
    house.browser().begin().submit({"x": 1}, "s1")
    house.until_any("runs", "closing")
    clock.jump(-3_600)
    assert house.ended().status == "ended"


def test_a_receipt_confirmed_while_the_run_waits_ends_it(house):
    house.launch()
    browser = house.browser().begin()
    receipt = browser.submit({"x": 1}, "s1").json()["receipt"]
    house.until_any("runs", "closing")
    assert not house.run.ended.is_set()
    browser.confirm(receipt)
    assert house.ended().status == "ended"


def test_a_run_that_closes_gives_no_units_and_says_so(house):
    house.launch([{"a": 1}, {"a": 2}])
    house.browser("x").begin().submit({"x": 1}, "s1")
    house.run.close("a test closes it")
    assert house.browser("y").ask()["refusal"] == "run closed"


def test_a_run_without_rows_ends_at_once(house):
    house.launch([])
    ended = house.ended()
    assert (ended.status, ended.end_reason) == ("ended", "its data has no rows")


def test_the_window_is_never_exceeded_and_refilled_after_each_answer(house):
    house.launch([{"a": index} for index in range(12)], max_num_concurrent_units=3)
    seen = []
    watching = threading.Event()

    def watch():
        while not watching.is_set():
            statuses = house.statuses("units")
            seen.append(statuses.count("launched") + statuses.count("assigned"))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        held = [house.browser("x", str(index)).begin() for index in range(3)]
        assert house.browser("y").ask()["refusal"] == "try again"
        for index in range(3, 12):
            browser = held.pop(0)
            browser.confirm(browser.submit({"x": 1}, "s1").json()["receipt"])
            held.append(house.browser("x", str(index)).begin())
        for browser in held:
            browser.confirm(browser.submit({"x": 1}, "s1").json()["receipt"])
        assert house.ended().status == "ended"
    finally:
        watching.set()
        watcher.join()
    assert max(seen) == 3
    assert house.statuses("units") == ["completed"] * 12


def test_a_unit_that_is_free_again_stays_in_the_window(house, clock):
    rows = [{"a": index} for index in range(3)]
    house.launch(rows, max_num_concurrent_units=1, assignment_duration_in_seconds=60)
    house.browser("x").begin()
    clock.advance(61)
    house.until_any("agents", "timeout")
    assert house.statuses("units") == ["launched", "created", "created"]
    assert house.browser("y").begin().details["init_task_data"] == {"a": 0, "html": "page.html"}
    assert house.browser("z").ask()["refusal"] == "try again"


def test_shutdown_ends_a_run_whose_data_never_ends(house):
    def endless():
        index = 0
        while True:
            index += 1
            yield {"a": index}

    house.launch(endless())
    house.browser("x").work()
    held = house.browser("y").begin()
    started = time.monotonic()
    house.operator.shutdown()
    assert time.monotonic() - started < 5
    run = house.rows("runs")[0]
    assert run.status == "ended"
    assert run.end_reason
    assert set(house.statuses("units")) == {"completed", "expired"}
    assert house.statuses("agents") == ["completed", "expired"]
    with pytest.raises(requests.ConnectionError):
        held.ask()
    made = house.count("units")
    house.run.feeder._thread.join(5)
    assert not house.run.feeder._thread.is_alive()
    assert house.count("units") == made, "Nothing is made once the run has ended."


def test_shutdown_twice_is_harmless(house):
    house.launch()
    house.operator.shutdown()
    house.operator.shutdown()
    assert house.rows("runs")[0].status == "ended"


def test_force_shutdown_waits_no_longer_than_it_is_told(house):
    run = house.launch()
    stuck, tick = threading.Event(), run.tick
    run.tick = lambda: (stuck.wait(), tick())
    started = time.monotonic()
    house.operator.force_shutdown(timeout=0.5)
    assert time.monotonic() - started < 3
    stuck.set()
    house.until(run.ended.is_set)


def test_what_the_feeder_is_saving_while_the_run_closes_does_not_come_after_it(house):
    gone_on = threading.Event()

    def rows():
        yield {"a": 1}
        gone_on.wait()
        yield {"a": 2}

    run = house.launch(rows())
    house.until(lambda: house.count("units"))
    run.feeder.stop = lambda: None  # as if it had been in the middle of it
    run.close("a test closes it")
    gone_on.set()
    run.feeder._thread.join(5)
    assert house.statuses("units") == ["expired"]
