"""Nothing that a worker sent is dropped: what comes after its time counts if its unit is free, else it is kept."""

import pytest

FILE = ("file1", ("a.txt", b"hello", "text/plain"))
SHAPES = {"json": None, "form": [], "form with a file": [FILE]}
shapes = pytest.mark.parametrize("files", SHAPES.values(), ids=SHAPES)
ids = pytest.mark.parametrize("submission_id", ["s1", None])


def overdue(house, clock, worker="x", assignment="1"):
    browser = house.browser(worker, assignment).begin()
    clock.advance(61)
    house.until_any("agents", "timeout")
    return browser


def kinds(house):
    return [row.kind for row in house.rows("submissions")]


@shapes
@ids
def test_an_answer_after_its_time_whose_unit_is_free_becomes_the_normal_one(
    house, clock, submission_id, files
):
    house.launch([{"a": 1}, {"a": 2}], assignment_duration_in_seconds=60)
    browser = overdue(house, clock)
    replies = [browser.submit({"x": 1}, submission_id, files) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert kinds(house) == ["answer"]
    assert house.statuses("agents") == ["completed"]
    unit = house.rows("units")[0]
    assert (unit.status, unit.agent_id) == ("completed", house.rows("agents")[0].id)
    assert browser.ask()["refusal"] == "finished"


@shapes
@ids
def test_an_answer_after_its_time_whose_unit_is_taken_is_kept_as_late_and_never_counted(
    house, clock, submission_id, files
):
    house.launch(assignment_duration_in_seconds=60)
    late = overdue(house, clock)
    quick = house.browser("y").begin()
    replies = [late.submit({"x": 1}, submission_id, files) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    receipt = replies[0].json()["receipt"]
    assert replies[1].json() == {"status": "Submitted!", "receipt": receipt, "duplicate": True}
    assert kinds(house) == ["late"]
    assert house.statuses("agents") == ["timeout", "in task"]
    assert house.statuses("units") == ["assigned"]
    assert house.count("uploads") == len(house.files()) == len(files or [])
    assert quick.submit({"x": 2}, "s1").status_code == 200
    assert kinds(house) == ["late", "answer"]
    assert house.rows("units")[0].agent_id == house.rows("agents")[1].id
    assert late.ask()["receipt"] == receipt


def test_a_late_answer_whose_unit_is_done_is_kept_as_late(house, clock):
    house.launch([{"a": 1}, {"a": 2}], assignment_duration_in_seconds=60)
    late = overdue(house, clock)
    house.browser("y").work()
    assert late.submit({"x": 1}, "s1").status_code == 200
    assert kinds(house) == ["answer", "late"]


def test_a_late_answer_of_a_worker_who_began_anew_is_kept_as_late(house, clock):
    house.launch(assignment_duration_in_seconds=60)
    browser = overdue(house, clock)
    first = browser.token
    assert browser.start_again()["agent_id"]
    assert browser.submit({"x": 1}, "s1", token=first).status_code == 200
    assert kinds(house) == ["late"]
    assert browser.submit({"x": 2}, "s2").status_code == 200
    assert kinds(house) == ["late", "answer"]


def test_a_late_answer_passes_no_limit_and_is_kept_as_late(house, clock):
    house.launch([{"a": 1}, {"a": 2}], assignment_duration_in_seconds=60, allowed_concurrent=1)
    late = overdue(house, clock)
    other = house.browser("x", "2")
    house.browser("y").begin()
    assert other.begin().details["init_task_data"]["a"] == 2
    assert late.submit({"x": 1}, "s1").status_code == 200
    assert kinds(house) == ["late"]


@shapes
@ids
def test_an_answer_after_the_run_closed_is_kept_as_late(house, submission_id, files):
    house.launch([{"a": 1}, {"a": 2}])
    waited_for, late = house.browser("x").begin(), house.browser("y").begin()
    waited_for.submit({"x": 1}, "s1")  # its receipt is not confirmed, so that the server stays
    house.run.close("a test closes it")
    house.until_any("agents", "expired")
    reply = late.submit({"x": 2}, submission_id, files)
    assert reply.status_code == 200
    assert kinds(house) == ["answer", "late"]
    assert house.statuses("agents") == ["completed", "expired"]
    assert house.statuses("units") == ["completed", "expired"]
    for browser in (late, waited_for):
        browser.confirm(house.rows("submissions")[browser is late].receipt_code)
    assert house.ended().status == "ended"
    assert house.count("uploads") == len(house.files()) == len(files or [])


def test_a_page_that_outlived_its_run_may_bring_its_answer_to_the_next_one(house):
    house.launch([{"a": 1}, {"a": 2}])
    left = house.browser().begin()
    house.run.close("a test closes it")
    house.ended()
    house.launch()
    left.url = house.run.url
    reply = left.submit_as_page({"x": 1}, files=[FILE])
    assert reply.status_code == 200
    assert kinds(house) == ["late"]
    agent, upload = house.rows("agents")[0], house.rows("uploads")[0]
    assert upload.path == f"files/{agent.task_run_id}/{agent.id}/{upload.id}"
    assert left.confirm(reply.json()["receipt"]).status_code == 200
    assert house.statuses("units") == [
        "completed" if row.agent_id else row.status for row in house.rows("units")
    ]
    assert house.rows("units")[-1].status == "launched"


def test_what_comes_after_a_late_answer_is_its_duplicate(house, clock):
    house.launch(assignment_duration_in_seconds=60)
    late = overdue(house, clock)
    house.browser("y").begin()
    receipt = late.submit({"x": 1}, "s1").json()["receipt"]
    clock.advance(61)
    house.until(lambda: house.statuses("agents") == ["timeout", "timeout"])
    reply = late.submit({"x": 2}, "s2")
    assert (reply.status_code, reply.json()["receipt"]) == (409, receipt)
    assert kinds(house) == ["late", "duplicate"]
    assert house.statuses("units") == ["launched"]
