"""Units beside the data are paid, read, decided about and exported as all others, and counted with none of them."""

import csv

import pytest
from click.testing import CliRunner
from omegaconf import OmegaConf

from mephisto.abstractions.blueprints.mixins.use_gold_unit import UseGoldUnit, get_gold_factory
from mephisto.cli import cli
from mephisto.data_model.unit import Unit
from mephisto.errors import MephistoError
from mephisto.store import overview
from mephisto.tools.data_browser import DataBrowser

OPTIONS = {"gold_qualification_base": "study", "use_golds": True, "max_gold_units": 5}


@pytest.fixture
def run(house, rows_state):
    """Two rows, of which x did one after a gold unit, and a gold unit that y holds."""
    judge = UseGoldUnit.create_validation_function(
        OmegaConf.create(house.configuration(blueprint=OPTIONS)), lambda _: True
    )
    state = rows_state(get_gold_for_worker=get_gold_factory([{"gold": 1}]), on_unit_submitted=judge)
    launched = house.launch([{"a": 1}, {"a": 2}], state=state, blueprint=OPTIONS, allowed_concurrent=1)
    for assignment in "12":
        house.browser("x", assignment).work()
    house.browser("y").begin()
    return launched


def test_how_the_run_stands_is_told_of_its_data(house, run):
    seen = run.look()
    assert (seen.done, seen.at_work, seen.left, seen.free, seen.total) == (1, 0, 1, 1, 2)
    assert (seen.workers, seen.next_deadline) == (2, None)
    assert (seen.extra_done, seen.extra_at_work) == (1, 1)
    with house.store.read() as connection:
        assert overview.unit_counts(connection, [run.terms.run_id]) == {run.terms.run_id: (1, 2)}
        (task,) = overview.task_rows(connection)
    assert (task.done, task.total) == (1, 2)


def test_scripts_find_them_by_their_index_and_pay_for_them(house, run):
    (stored,) = house.db.find_task_runs()
    assert {status: count for status, count in stored.get_assignment_statuses().items() if count} == {
        "completed": 1,
        "launched": 1,
    }
    assert [unit.unit_index for unit in stored.get_units()] == [0, 0, -2, -2]
    assert len(stored.get_assignments()) == 4
    assert len(stored.get_assignments(status="completed")) == 2
    assert stored.get_total_spend() == pytest.approx(0.4)
    (gold,) = (
        unit for unit in DataBrowser(house.db).get_units_for_task_name("a task") if unit.unit_index < 0
    )
    data = DataBrowser(house.db).get_data_from_unit(gold)
    assert (data["data"]["inputs"], data["data"]["outputs"]["answer"]) == ({"gold": 1}, 1)
    gold.get_assigned_agent().approve_work()
    assert gold.get_status() == "accepted"


def test_one_that_was_left_can_be_taken_back(house, run, clock):
    clock.advance(1_801)
    house.until_any("agents", "timeout")
    (left,) = house.db.find_units(unit_index=-2, status="launched")
    left.expire()
    assert left.get_status() == "expired"
    assert run.counts().expired == 0


def test_nobody_else_is_asked_for_one_as_if_it_were_data(house, run):
    (gold, _) = house.db.find_units(unit_index=-2)
    with pytest.raises(MephistoError, match="no row of the task's data"):
        Unit.new(house.db, gold.get_assignment(), 1, 0.3)
    assert len(gold.get_assignment().get_units()) == 1


def test_an_export_says_which_they_are(house, run, tmp_path, monkeypatch):
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(house.directory))
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(cli, ["export", "a task", "--out", str(out)])
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["unit_kind"], row["inputs.gold"], row["inputs.a"], row["pay"]) for row in rows] == [
        ("gold", "1", "", "0.1"),
        ("standard", "", "1", "0.1"),
    ]


def test_a_look_at_the_run_names_them(house, run, monkeypatch):
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(house.directory))
    shown = CliRunner().invoke(cli, ["run", "latest"]).output
    assert "1 done, 0 at work, 1 left" in shown
    assert "1 screening or gold unit done, 1 at work" in shown


def test_a_limit_of_units_at_a_time_is_one_of_the_data(house, rows_state):
    judge = UseGoldUnit.create_validation_function(
        OmegaConf.create(house.configuration(blueprint=OPTIONS)), lambda _: True
    )
    state = rows_state(get_gold_for_worker=get_gold_factory([{"gold": 1}]), on_unit_submitted=judge)
    limits = {"allowed_concurrent": 1, "max_num_concurrent_units": 1}
    house.launch([{"a": 1}, {"a": 2}], state=state, blueprint=OPTIONS, **limits)
    house.browser("y").begin()
    for assignment in "123":
        house.browser("x", assignment).work()
    assert house.run.counts().done == 2
