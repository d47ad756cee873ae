"""Reading back what came in, as scripts do."""

import pytest
from sqlalchemy import event

from mephisto.errors import NotFound
from mephisto.tools import data_browser, read_ahead
from mephisto.tools.data_browser import DataBrowser
from mephisto.tools.examine_utils import format_worker_stats, get_worker_stats, print_results

TASK = "html-static-task-example"


@pytest.fixture
def browser(finished):
    return DataBrowser(db=finished)


@pytest.fixture
def queries(db):
    """The statements that are sent to the database from now on."""
    seen = []
    event.listen(db.store._open().engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    return seen


@pytest.fixture
def pages_of_two(monkeypatch):
    monkeypatch.setattr(read_ahead, "PAGE", 2)
    monkeypatch.setattr(data_browser, "PAGE", 2)


def test_names_and_units_of_tasks_and_runs(finished, browser, crowd):
    other = crowd.launch(task="another")
    crowd.answer(other, "x")
    crowd.claim(other, "y")
    assert browser.get_task_name_list() == [TASK, "another"]
    assert len(browser.get_units_for_task_name(TASK)) == 4
    assert len(browser.get_units_for_run_id(str(other.run_id))) == 1
    runs = finished.find_task_runs()
    assert len(browser.collect_matching_units_from_task_runs(runs, ["assigned"])) == 1
    assert len(browser.collect_matching_units_from_task_runs(runs[:1], ["assigned"])) == 0
    with pytest.raises(NotFound, match="No task found under name nothing"):
        browser.get_units_for_task_name("nothing")


def test_all_units_are_those_nobody_works_on_any_more(finished, browser):
    unit = browser.get_units_for_task_name(TASK)[0]
    unit.get_assigned_agent().reject_work()
    assert len(browser.get_all_units_for_task_name(TASK)) == len(browser.get_units_for_task_name(TASK)) == 4


def test_data_of_a_unit_has_the_keys_that_scripts_read(browser):
    unit = browser.get_units_for_task_name(TASK)[0]
    data = browser.get_data_from_unit(unit)
    assert set(data) == {
        "assignment_id",
        "data",
        "metadata",
        "status",
        "task_start",
        "task_end",
        "unit_id",
        "worker_id",
        "worker_name",
        "tips",
        "feedback",
    }
    assert data["data"]["inputs"]["character_name"] == "Loaded Character 1"
    assert data["data"]["outputs"] == {"rating": "passable", "files": [], "filesByFields": {}}
    assert data["data"]["times"] == {name: data[name] for name in ("task_start", "task_end")}
    assert (data["unit_id"], data["worker_name"], data["status"]) == (unit.db_id, "x", "completed")
    assert set(data["metadata"]) == {
        "default",
        "feedback",
        "task_end",
        "task_start",
        "tips",
        "worker_opinion",
    }


def test_a_unit_without_an_agent_has_no_data(db, crowd):
    crowd.launch()
    browser, unit = DataBrowser(db), db.find_units()[0]
    with pytest.raises(NotFound, match="has no agent"):
        browser.get_data_from_unit(unit)
    assert browser.get_data_from_unit(unit, raise_exception=False) == {}


def test_both_ways_read_the_same_in_the_order_of_creation(browser, pages_of_two):
    listed = [browser.get_data_from_unit(unit) for unit in browser.get_units_for_task_name(TASK)]
    assert list(browser.iterate_data_for_task_name(TASK)) == listed
    assert list(browser.iterate_data_for_task_name(TASK, newest_first=True)) == listed[::-1]
    assert [data["data"]["inputs"]["character_name"][-1] for data in listed] == ["1", "1", "2", "2"]


def test_what_a_script_writes_about_an_answer_is_read_at_once(browser):
    units = browser.get_units_for_task_name(TASK)
    read_all = [browser.get_data_from_unit(unit)["tips"] for unit in units]
    units[0].get_assigned_agent().state.update_metadata("tips", ["hold it still"])
    assert browser.get_data_from_unit(units[0])["tips"] == ["hold it still"] != read_all[0]


def test_many_units_are_read_in_few_queries(db, crowd, queries):
    terms = crowd.launch(rows=40, per_row=1)
    for _ in range(40):
        crowd.answer(terms, "x", files=[("a.txt", "text/plain", b"a")])
    browser = DataBrowser(db)
    queries.clear()
    for unit in browser.get_units_for_task_name(TASK):
        assert browser.get_data_from_unit(unit)["data"]["outputs"]["files"] == ["a.txt"]
    assert len(queries) <= 6
    queries.clear()
    assert sum(1 for _ in browser.iterate_data_for_task_name(TASK)) == 40
    assert len(queries) <= 4


def test_what_was_just_decided_is_seen_although_neighbours_were_read_before(browser):
    for unit in browser.get_units_for_task_name(TASK):
        assert browser.get_data_from_unit(unit)["status"] == "completed"
    for unit in browser.get_units_for_task_name(TASK):
        unit.get_assigned_agent().approve_work()
        assert browser.get_data_from_unit(unit)["status"] == "approved"


def test_workers_are_found_by_the_value_one_of_a_qualification(finished, browser):
    x, y = finished.find_workers()
    finished.make_qualification("good")
    x.grant_qualification("good")
    y.grant_qualification("good", 2)
    assert browser.get_workers_with_qualification("good") == [x]
    assert browser.get_workers_with_qualification("unknown") == []


def test_metadata_of_a_task_are_one_list(browser):
    assert len(browser.get_metadata_property_from_task_name(TASK, "task_end")) == 4
    assert browser.get_metadata_property_from_task_name(TASK, "tips") == []


def test_a_format_function_that_raises_keeps_nobody_from_the_rest(finished, capsys, caplog):
    def formatted(data):
        if data["worker_name"] == "y":
            raise KeyError("no such key")
        return f"by {data['worker_name']}"

    print_results(finished, TASK, formatted)
    assert capsys.readouterr().out == "by x\nby x\n"
    assert caplog.text.count("could not be formatted") == 2


def test_statistics_of_workers(finished, browser):
    accepted, passed = browser.get_units_for_task_name(TASK)[::2]
    accepted.get_assigned_agent().approve_work()
    passed.get_assigned_agent().soft_reject_work()
    x, y = finished.find_workers()
    stats = get_worker_stats(browser.get_units_for_task_name(TASK))
    assert stats == {x.db_id: {"accepted": 1, "rejected": 0, "soft_rejected": 1}}
    assert format_worker_stats(x.db_id, stats) == "(1 | 1(1) / 2)"
    assert format_worker_stats(y.db_id, stats) == "(First time worker!)"
