"""Answers that came as a file are taken in as their page would have sent them."""

import base64
import json

import pytest
from click.testing import CliRunner

from mephisto.cli import cli


@pytest.fixture
def import_answer(house, tmp_path, monkeypatch):
    """Write the file that a browser writes, give it to the command, and return what it says."""
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(house.directory))

    def imported(token, **changes):
        content = {
            "format": "mephisto answer",
            "version": 1,
            "agent": token,
            "submission_id": "an id",
            "answer": {"a": "mine"},
            "files": [],
            **changes,
        }
        path = tmp_path / "answer.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return CliRunner().invoke(cli, ["import-answer", str(path)])

    return imported


def described(content):
    return {
        "field": "f",
        "name": "a.txt",
        "type": "text/plain",
        "content": base64.b64encode(content).decode(),
    }


def test_it_counts_while_its_attempt_is_live(house, import_answer):
    house.launch()
    result = import_answer(house.browser().begin().token, files=[described(b"abc")])
    assert result.exit_code == 0, result.output
    (submission,) = house.rows("submissions")
    assert (submission.kind, submission.data) == ("answer", {"a": "mine"})
    assert submission.receipt_code in result.output
    assert "counts" in result.output
    assert house.statuses("units") == ["completed"]
    (upload,) = house.rows("uploads")
    assert (house.directory / upload.path).read_bytes() == b"abc"
    assert upload.submission_id == submission.id


def test_it_counts_after_its_time_if_its_unit_is_still_free(house, clock, import_answer):
    house.launch(assignment_duration_in_seconds=60)
    token = house.browser().begin().token
    clock.advance(61)
    house.until_any("agents", "timeout")
    assert "counts" in import_answer(token).output
    assert house.statuses("units") == ["completed"]


def test_it_is_late_if_another_worker_has_its_unit(house, clock, import_answer):
    house.launch(assignment_duration_in_seconds=60)
    token = house.browser().begin().token
    clock.advance(61)
    house.until_any("agents", "timeout")
    house.browser("y").begin()
    assert "late" in import_answer(token).output
    assert [row.kind for row in house.rows("submissions")] == ["late"]
    assert house.statuses("units") == ["assigned"]


def test_the_same_again_changes_nothing_and_shows_the_same_receipt(house, import_answer):
    house.launch()
    token = house.browser().begin().token
    first, again = (import_answer(token, files=[described(b"abc")]) for _ in range(2))
    assert again.output.splitlines()[-1] == first.output.splitlines()[-1]
    assert "nothing was changed" in again.output
    assert house.count("submissions") == house.count("uploads") == len(house.files()) == 1


def test_it_is_kept_beside_one_that_arrived_otherwise(house, import_answer):
    house.launch([{"a": 1}, {"a": 2}])
    browser = house.browser().begin()
    browser.submit_as_page({"a": "sent"})
    assert "beside another one" in import_answer(browser.token).output
    assert [row.kind for row in house.rows("submissions")] == ["answer", "duplicate"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"format": "something else"}, "is not an answer that a worker saved"),
        ({"version": 2}, "It is of version 2"),
        ({"agent": ""}, "missing or damaged: agent"),
        ({"answer": ["a"]}, "missing or damaged: answer"),
        ({"files": [{"field": "f"}]}, "File 1 of this answer is damaged"),
        ({"files": [{**described(b""), "content": "%"}]}, "File 1 of this answer is damaged"),
        ({"agent": "nobody's"}, "belongs to no run"),
    ],
)
def test_what_is_no_answer_is_refused(house, import_answer, changes, sentence):
    house.launch()
    result = import_answer(house.browser().begin().token, **changes)
    assert result.exit_code == 1
    assert sentence in result.output
    assert house.count("submissions") == house.count("uploads") == 0


def test_the_run_goes_on_as_if_the_page_had_sent_it(house, import_answer):
    house.launch()
    import_answer(house.browser().begin().token)
    assert house.ended().status == "ended"


def test_an_onboarding_waits_and_is_judged_when_its_worker_asks(house, import_answer, rows_state):
    state = rows_state(validate_onboarding=lambda data: data["outputs"] == {"a": "mine"})
    house.launch(onboarding="knows the rules", state=state)
    browser = house.browser().begin()
    assert import_answer(browser.token).exit_code == 0
    assert house.statuses("agents") == ["waiting"]
    assert browser.ask()["init_task_data"]["a"] == 1
    assert house.statuses("agents") == ["approved", "in task"]


def test_the_script_of_the_run_is_told(house, import_answer, rows_state):
    told = []
    house.launch(state=rows_state(on_unit_submitted=told.append))
    import_answer(house.browser().begin().token)
    assert house.ended().status == "ended"
    assert [unit.get_status() for unit in told] == ["completed"]
