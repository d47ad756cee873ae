"""worker_can_do_unit: asked page by page, for a bounded time; whatever it does, no other request waits for it."""

import threading
import time
from collections import Counter

import pytest

from mephisto.operations import callbacks, choosing
from mephisto.web import server


def row_of(unit):
    return unit.get_assignment_data().shared["row"]


def test_it_is_given_the_worker_and_the_unit(launched):
    asked = []

    def look(worker, unit):
        asked.append((worker.worker_name, row_of(unit)))
        return True

    with launched(worker_can_do_unit=look) as script:
        assert script.accept("a")["init_task_data"]["row"] == 0
        assert asked == [("a", 0)]


def test_the_oldest_unit_that_it_grants_is_taken(launched):
    with launched(worker_can_do_unit=lambda _, unit: row_of(unit) == 2) as script:
        assert script.accept("a")["init_task_data"]["row"] == 2


def test_who_is_granted_nothing_reads_to_come_back(launched):
    with launched(worker_can_do_unit=lambda *_: False) as script:
        told = script.accept("a")
    assert (told["agent_id"], told["refusal"], told["may_try_again"]) == (None, "predicate said no", True)


def test_it_is_not_asked_where_a_rule_says_no_or_nothing_is_left(launched):
    asked = []
    task = {"allowed_concurrent": 1}
    with launched(task=task, worker_can_do_unit=lambda *both: asked.append(both) or True) as script:
        script.accept("a")
        assert script.accept("a", place=2)["refusal"] == "too many at once"
    assert len(asked) == 1


def test_what_it_raises_skips_that_unit_and_is_shown_with_its_place(launched, said):
    def broken(_, unit):
        if row_of(unit) == 0:
            raise KeyError("no such cat")
        return True

    with launched(worker_can_do_unit=broken) as script:
        assert script.accept("a")["init_task_data"]["row"] == 1
    assert f"worker_can_do_unit raised KeyError at {__file__}:" in said()


def test_one_request_asks_for_at_most_500_and_the_next_goes_on_there(launched, monkeypatch):
    monkeypatch.setattr(choosing, "SECONDS", 20.0)
    asked = Counter()

    def last_only(_, unit):
        asked[unit.db_id] += 1
        return row_of(unit) == 599

    with launched(blueprint={"rows": 600}, worker_can_do_unit=last_only) as script:
        assert script.accept("a")["refusal"] == "predicate said no"
        assert (len(asked), max(asked.values())) == (500, 1)
        assert script.accept("a")["init_task_data"]["row"] == 599
        assert (len(asked), max(asked.values())) == (600, 1)


def test_it_is_asked_for_about_a_second_even_within_a_page(launched):
    asked = []
    pause = threading.Event()

    def slow(*_):
        asked.append(1)
        pause.wait(0.2)
        return False

    with launched(blueprint={"rows": 50}, worker_can_do_unit=slow) as script:
        started = time.monotonic()
        assert script.accept("a")["refusal"] == "predicate said no"
        assert time.monotonic() - started < 4
    assert len(asked) < 10


def test_a_unit_that_a_faster_worker_took_is_made_up_for(launched):
    """All are granted the same first unit, at the same time; each gets one of their own."""
    together = threading.Barrier(4)

    def wait_for_all(_, unit):
        if row_of(unit) == 0:
            together.wait(10)
        return True

    with launched(blueprint={"rows": 4}, worker_can_do_unit=wait_for_all) as script:
        replies = script.together(*"abcd")
    rows = [reply.json()["data"]["init_task_data"]["row"] for reply in replies]
    assert sorted(rows) == [0, 1, 2, 3]


def test_one_that_overruns_is_named_and_its_late_answer_is_dropped(launched, said, wait_until):
    let_go, returned = threading.Event(), threading.Event()

    def stuck(*_):
        let_go.wait(20)
        returned.set()
        return True

    task = {"callback_patience_in_seconds": 1}
    with launched(task=task, worker_can_do_unit=stuck) as script:
        started = time.monotonic()
        assert script.accept("a")["agent_id"] is None
        assert 1 <= time.monotonic() - started < 5
        assert "worker_can_do_unit has not answered for 1 s" in said()
        let_go.set()
        wait_until(returned.is_set)
        assert script.run.counts().assigned == 0


def test_an_answer_is_taken_while_the_function_keeps_its_threads(launched, said):
    """At most half of the server's threads wait; who comes on top is told to come back at once."""
    let_go = threading.Event()
    task = {"callback_patience_in_seconds": 3}
    names = [f"w{number}" for number in range(server._THREADS + 8)]
    stuck = threading.Event()

    def predicate(worker, _):
        if worker.worker_name != "first" and stuck.is_set():
            let_go.wait(20)
        return True

    with launched(task=task, blueprint={"rows": 200}, worker_can_do_unit=predicate) as script:
        token = script.accept("first")["agent_id"]
        stuck.set()
        replies = []
        crowd = threading.Thread(target=lambda: replies.extend(script.together(*names)))
        crowd.start()
        time.sleep(0.5)
        started = time.monotonic()
        script.submit(token, by="first")
        assert time.monotonic() - started < 2
        crowd.join(20)
        let_go.set()
    statuses = Counter(reply.status_code for reply in replies)
    assert statuses == {200: callbacks.WAITERS, 503: len(names) - callbacks.WAITERS}
    assert all(reply.headers["Retry-After"] for reply in replies if reply.status_code == 503)


def test_all_functions_of_a_run_together_hold_at_most_half_of_the_threads():
    assert 4 * callbacks.WAITERS <= server._THREADS // 2


@pytest.mark.parametrize("patience", [0, -1])
def test_a_patience_of_nothing_is_refused_at_launch(launched, patience):
    from mephisto.errors import ChecksFailed

    with pytest.raises(ChecksFailed, match="callback_patience_in_seconds"):
        launched(task={"callback_patience_in_seconds": patience}).__enter__()
