"""What stood in the page when the time ran out is shown wherever answers are, as partial, and never counts as one."""

import csv
import json

import pytest
from click.testing import CliRunner

from mephisto.cli import cli
from mephisto.errors import NotFound
from mephisto.tools.data_browser import DataBrowser
from mephisto.tools.examine_utils import run_examine_or_review

TASK = "a task"
HALF = {"a": "half"}


@pytest.fixture
def partial(house, clock):
    """x did one row; y filled in half of the other, and ran out of time."""
    house.launch([{"row": 1}, {"row": 2}], assignment_duration_in_seconds=60)
    house.browser("x").begin().submit_as_page({"a": "whole"})
    browser = house.browser("y").begin()
    browser.post("/keep_draft", json={"USED_AGENT_ID": browser.token, "draft": HALF})
    clock.advance(61)
    house.until_any("agents", "timeout")
    return browser


@pytest.fixture
def mephisto(house, monkeypatch):
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(house.directory))

    def run(*words):
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_the_state_of_its_agent_holds_it_and_no_outputs(house, partial):
    (agent,) = house.db.find_agents(status="timeout")
    assert agent.state.get_data() == {"inputs": {"row": 2}, "outputs": None, "partial": HALF}
    assert agent.state.get_task_end() is not None
    (other,) = house.db.find_agents(status="completed")
    assert other.state.get_data()["outputs"]["a"] == "whole"


def test_a_data_browser_gives_it_only_to_those_who_ask_for_it(house, partial):
    browser = DataBrowser(house.db)
    assert [data["worker_name"] for data in browser.iterate_data_for_task_name(TASK)] == ["x"]
    (data,) = browser.iterate_partial_data_for_task_name(TASK)
    assert (data["worker_name"], data["status"]) == ("y", "timeout")
    assert (data["data"]["outputs"], data["data"]["partial"]) == (None, HALF)
    with pytest.raises(NotFound):
        browser.iterate_partial_data_for_task_name("another")


def test_an_export_leaves_it_out_says_so_and_marks_it_when_it_is_asked_for(mephisto, partial, tmp_path):
    out = tmp_path / "out.csv"
    told = mephisto("export", TASK, "--out", str(out))
    assert f"1 answer is in {out}.\n1 partial answer is left out: --status partial" in told
    told = mephisto("export", TASK, "--out", str(out), "--status", "all")
    assert f"1 answer is in {out}.\n1 partial answer is in {out}.\n" in told
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert [(row["submission"], row["status"], row["outputs.a"]) for row in rows] == [
        ("answer", "completed", "whole"),
        ("partial", "timeout", "half"),
    ]
    described = json.loads((tmp_path / "out.csv.dictionary.json").read_text("utf-8"))
    (meaning,) = [column["meaning"] for column in described["columns"] if column["name"] == "submission"]
    assert "never handed in" in meaning
    told = mephisto("export", TASK, "--out", str(out), "--status", "partial")
    assert told.startswith(f"1 partial answer is in {out}.\n")


def test_lists_of_runs_count_it_beside_what_is_done(mephisto, partial):
    shown = mephisto("run", "latest")
    assert "1 done, 0 at work, 1 left" in shown
    assert "1 partial answer kept" in shown
    told = json.loads(mephisto("run", "latest", "--json"))
    assert (told["units_done"], told["partial_answers"]) == (1, 1)
    (listed,) = json.loads(mephisto("runs", "--json"))
    assert (listed["units_done"], listed["partial_answers"]) == (1, 1)
    assert "and 1 partial" in mephisto("runs")


def test_examining_says_that_it_is_there_and_how_to_see_it(house, partial, capsys, monkeypatch):
    answers = iter(["e", TASK])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    run_examine_or_review(house.db, lambda data: f"by {data['worker_name']}")
    shown = capsys.readouterr().out
    assert "by x" in shown
    assert "by y" not in shown
    assert (
        "1 partial answer is kept, from when the time ran out: mephisto export 'a task' --status partial"
        in shown
    )


def test_an_answer_that_comes_after_all_takes_its_place(house, mephisto, partial):
    """Whether it counts, since its unit is free, or is late."""
    assert partial.submit_as_page({"a": "whole, late"}).status_code == 200
    assert json.loads(mephisto("run", "latest", "--json"))["partial_answers"] == 0
    assert list(DataBrowser(house.db).iterate_partial_data_for_task_name(TASK)) == []
    assert mephisto("export", TASK, "--out", "-", "--format", "jsonl", "--status", "partial") == ""
