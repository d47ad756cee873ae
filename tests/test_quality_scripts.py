"""Scripts of somebody who knows only the public names of screening and gold units run from end to end."""

import json
import re

import pytest

from mephisto.testing.worker import Worker

BEGINNING = """\
import json

from omegaconf import DictConfig

from mephisto.abstractions.blueprints.abstract.static_task.static_blueprint import SharedStaticTaskState
from mephisto.abstractions.databases.local_database import LocalMephistoDB
from mephisto.data_model.qualification import QUAL_NOT_EXIST
from mephisto.data_model.unit import Unit
from mephisto.operations.operator import Operator
from mephisto.tools.data_browser import DataBrowser
from mephisto.tools.scripts import task_script
"""

SCREENING = (
    BEGINNING
    + """\
from mephisto.abstractions.blueprints.mixins.screen_task_required import (
    ScreenTaskRequired, ScreenTaskRequiredArgs, ScreenTaskSharedState,
)


def my_screening_units():
    for number in range(100):
        yield {"character_name": f"Screen {number}", "character_description": "..."}


def validate_screening_unit(unit: Unit):
    agent = unit.get_assigned_agent()
    if agent is not None:
        outputs = agent.state.get_data()["outputs"]
        return outputs is not None and outputs.get("rating") == "bad"
    return False


@task_script(default_config_file="example")
def main(operator: Operator, cfg: DictConfig) -> None:
    shared_state = SharedStaticTaskState()
    assert isinstance(shared_state, ScreenTaskSharedState)
    assert ScreenTaskRequiredArgs().use_screening_task is False
    assert next(iter(shared_state.screening_data_factory)) == {}
    shared_state.screening_data_factory = my_screening_units()
    shared_state.on_unit_submitted = ScreenTaskRequired.create_validation_function(
        cfg.mephisto, validate_screening_unit
    )
    added = ScreenTaskRequired.get_mixin_qualifications(cfg.mephisto, shared_state)
    assert [(each["qualification_name"], each["comparator"]) for each in added] == [("blocked", QUAL_NOT_EXIST)]
    shared_state.qualifications += added
    operator.launch_task_run(cfg.mephisto, shared_state)
    operator.wait_for_runs_then_shutdown(skip_input=True, log_rate=30)


if __name__ == "__main__":
    main()
"""
)

GOLD = (
    BEGINNING
    + """\
from mephisto.abstractions.blueprints.mixins.use_gold_unit import (
    GoldUnitSharedState, UseGoldUnit, UseGoldUnitArgs, get_gold_factory,
)

GOLD = [{"character_name": f"Gold {number}", "character_description": "..."} for number in range(3)]


def validate_gold_unit(unit: Unit):
    assert unit.unit_index == -2
    return unit.get_assigned_agent().state.get_data()["outputs"]["rating"] == "bad"


@task_script(default_config_file="example")
def main(operator: Operator, cfg: DictConfig) -> None:
    shared_state = SharedStaticTaskState()
    assert isinstance(shared_state, GoldUnitSharedState)
    assert UseGoldUnitArgs().min_golds == 1
    shared_state.get_gold_for_worker = get_gold_factory(GOLD)
    shared_state.worker_needs_gold = lambda completed, correct, incorrect, min_golds: correct < min_golds
    shared_state.worker_qualifies = lambda completed, correct, incorrect, most: incorrect <= most
    shared_state.on_unit_submitted = UseGoldUnit.create_validation_function(cfg.mephisto, validate_gold_unit)
    shared_state.qualifications += UseGoldUnit.get_mixin_qualifications(cfg.mephisto, shared_state)
    operator.launch_task_run(cfg.mephisto, shared_state)
    operator.wait_for_runs_then_shutdown(skip_input=True, log_rate=30)


if __name__ == "__main__":
    main()
"""
)

READING = (
    BEGINNING
    + """\

db = LocalMephistoDB()
browser = DataBrowser(db)
read = []
for unit in browser.get_units_for_task_name("html-static-task-example"):
    data = browser.get_data_from_unit(unit)
    name = data["data"]["inputs"]["character_name"].partition(" ")[0]
    read.append([unit.unit_index < 0, name, data["worker_name"], data["status"]])
held = {}
for qualification in db.find_qualifications():
    for granted in db.find_granted_qualifications(qualification_id=qualification.db_id):
        worker = db.get_worker(granted.worker_id)["worker_name"]
        held[f"{worker}: {qualification.qualification_name}"] = granted.value
print(json.dumps({"read": sorted(read), "held": held}))
db.shutdown()
"""
)

OPTIONS = (
    "mephisto.architect.port=0",
    "mephisto.blueprint.units_per_assignment=1",
    "mephisto.task.allowed_concurrent=1",
)
SCREENING_OPTIONS = (
    "mephisto.blueprint.use_screening_task=true",
    "mephisto.blueprint.max_screening_units=3",
    "mephisto.blueprint.passed_qualification_name=passed",
    "mephisto.blueprint.block_qualification=blocked",
)
GOLD_OPTIONS = (
    "mephisto.blueprint.use_golds=true",
    "mephisto.blueprint.max_gold_units=4",
    "mephisto.blueprint.gold_qualification_base=rates",
    "mephisto.blueprint.max_incorrect_golds=1",
)


@pytest.fixture
def play(researcher):
    """Launch a script, let workers give their answers in turn, and return what each saw and what is stored then."""

    def run(script, options, answers):
        researcher.write("my_script.py", script)
        researcher.write("read.py", READING)
        seen = []
        with researcher.launch("python", "my_script.py", *OPTIONS, *options) as running:
            for place, (name, rating) in enumerate(answers):
                registration = {"worker_name": name, "agent_registration_id": f"{place}-{name}"}
                with Worker(running.url, registration) as worker:
                    try:
                        page = worker.accept_unit()
                    except AssertionError:
                        seen.append(None)
                        continue
                    seen.append(re.search(r"(Screen|Gold|Loaded)", page)[1])
                    worker.confirm(worker.submit({"rating": rating}))
            assert running.exit_status() == 0, running.printed
        told = researcher.run("python", "read.py")
        assert told.returncode == 0, told.stderr
        return seen, json.loads(told.stdout)

    return run


def test_a_screening_script(play):
    answers = [("x", "bad"), ("y", "good"), ("y", "good"), ("x", "good"), ("x", "bad")]
    seen, stored = play(SCREENING, SCREENING_OPTIONS, answers)
    assert seen == ["Screen", "Screen", None, "Loaded", "Loaded"]
    assert stored["held"] == {"x: passed": 1, "y: blocked": 1}
    assert stored["read"] == [
        [False, "Loaded", "x", "completed"],
        [False, "Loaded", "x", "completed"],
        [True, "Screen", "x", "completed"],
        [True, "Screen", "y", "completed"],
    ]


def test_a_gold_script(play):
    answers = [
        ("x", "good"),
        ("x", "bad"),
        ("x", "good"),
        ("y", "good"),
        ("y", "good"),
        ("y", "bad"),
        ("x", "good"),
    ]
    seen, stored = play(GOLD, GOLD_OPTIONS, answers)
    assert seen == ["Gold", "Gold", "Loaded", "Gold", "Gold", None, "Loaded"]
    assert stored["held"] == {
        "x: rates-completed-count": 2,
        "x: rates-correct-golds": 1,
        "x: rates-wrong-golds": 1,
        "y: rates-wrong-golds": 2,
        "y: rates-disqualified": 1,
    }
    assert [each for each in stored["read"] if each[0]] == [[True, "Gold", "x", "completed"]] * 2 + [
        [True, "Gold", "y", "completed"]
    ] * 2


def test_a_dry_run_says_what_screening_may_cost(researcher):
    told = researcher.run("python", "static_run_with_screening.py", "--dry-run")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Units        2\n" in told.stdout
    assert "Screening    up to 10 units besides, which cost up to $3.00 more\n" in told.stdout


def test_what_is_wrong_is_said_in_one_list_and_nothing_is_created(researcher):
    words = ("mephisto.task.allowed_concurrent=2", "mephisto.blueprint.block_qualification=''")
    told = researcher.run("python", "static_run_with_screening.py", *words)
    assert told.returncode == 2
    assert "2 things are wrong with this configuration. Nothing was created." in told.stdout + told.stderr
