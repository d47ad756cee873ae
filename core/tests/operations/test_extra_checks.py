"""What is wrong with screening and gold units is said before anything is created, with all that is wrong besides."""

import pytest

from mephisto.errors import ChecksFailed
from mephisto.shared_state import SharedTaskState

SCREENING = {
    "passed_qualification_name": "passed",
    "block_qualification": "blocked",
    "use_screening_task": True,
    "max_screening_units": 2,
}
GOLD = {"gold_qualification_base": "study", "use_golds": True, "max_gold_units": 5}
UNSET = "???"


def judge(_):
    return None


def examples():
    yield {}


def wrong(house, state, blueprint, **task):
    """Return what is wrong, each by its first sentence."""
    with pytest.raises(ChecksFailed) as failed:
        house.launch(state=state, blueprint=blueprint, **({"allowed_concurrent": 1} | task))
    assert all(problem.why and problem.remedy for problem in failed.value.problems)
    assert house.rows("runs") == []
    return [problem.what for problem in failed.value.problems]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"passed_qualification_name": UNSET}, "mephisto.blueprint.passed_qualification_name is not set."),
        ({"block_qualification": ""}, "mephisto.blueprint.block_qualification is not set."),
        ({"max_screening_units": UNSET}, "mephisto.blueprint.max_screening_units is not set."),
        ({"max_screening_units": 0}, "mephisto.blueprint.max_screening_units is 0."),
        ({"max_screening_units": -1}, "mephisto.blueprint.max_screening_units is -1."),
    ],
)
def test_screening_needs_its_options(house, rows_state, options, sentence):
    assert wrong(house, rows_state(on_unit_submitted=judge), SCREENING | options) == [sentence]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"gold_qualification_base": UNSET}, "mephisto.blueprint.gold_qualification_base is not set."),
        ({"max_gold_units": UNSET}, "mephisto.blueprint.max_gold_units is not set."),
        ({"max_gold_units": 0}, "mephisto.blueprint.max_gold_units is 0."),
        ({"min_golds": -1}, "mephisto.blueprint.min_golds is -1."),
        ({"max_incorrect_golds": -1}, "mephisto.blueprint.max_incorrect_golds is -1."),
        ({"min_golds": 6}, "mephisto.blueprint.min_golds is 6, and max_gold_units 5."),
    ],
)
def test_gold_needs_its_options(house, rows_state, options, sentence):
    assert wrong(house, rows_state(on_unit_submitted=judge), GOLD | options) == [sentence]


@pytest.mark.parametrize("options", [SCREENING, GOLD])
@pytest.mark.parametrize("allowed", [0, 2])
def test_a_worker_holds_one_unit_at_a_time(house, rows_state, options, allowed):
    found = wrong(house, rows_state(on_unit_submitted=judge), options, allowed_concurrent=allowed)
    assert found == [f"mephisto.task.allowed_concurrent is {allowed}."]


def test_a_run_does_not_both(house, rows_state):
    (problem,) = wrong(house, rows_state(on_unit_submitted=judge), SCREENING | GOLD)
    assert problem.startswith("Both mephisto.blueprint.use_screening_task and mephisto.blueprint.use_golds")


def test_all_that_is_wrong_is_in_one_list(house, rows_state):
    options = {"use_screening_task": True, "use_golds": True}
    assert len(wrong(house, rows_state(), options, task_title="", allowed_concurrent=0)) == 10


@pytest.mark.parametrize("factory", [examples, True, None, 3, {"a": 1}])
def test_what_is_no_generator_is_refused(house, rows_state, factory):
    state = rows_state(screening_data_factory=factory, on_unit_submitted=judge)
    (problem,) = wrong(house, state, SCREENING)
    assert problem.startswith("screening_data_factory of the shared state is")


def test_units_of_the_data_screen_only_without_others(house, rows_state):
    state = rows_state(screening_data_factory=False, on_unit_submitted=judge)
    assert wrong(house, state, SCREENING) == ["mephisto.blueprint.max_screening_units is 2."]


def test_somebody_has_to_judge(house, rows_state):
    assert wrong(house, rows_state(), SCREENING) == [
        "mephisto.blueprint.use_screening_task is true, and nobody judges the answers."
    ]
    assert wrong(house, rows_state(), GOLD) == [
        "mephisto.blueprint.use_golds is true, and nobody judges the answers."
    ]
    house.launch(state=rows_state(worker_needs_gold=judge), blueprint=GOLD, allowed_concurrent=1)


@pytest.mark.parametrize("name", ["get_gold_for_worker", "worker_needs_gold", "worker_qualifies"])
def test_what_is_called_is_a_function(house, rows_state, name):
    (problem,) = wrong(house, rows_state(on_unit_submitted=judge, **{name: [1]}), GOLD)
    assert problem == f"{name} of the shared state is [1]."


def test_options_that_are_not_used_are_left_alone(house, rows_state):
    house.launch(state=rows_state(), blueprint={"max_gold_units": 0, "min_golds": -1})
    assert isinstance(house.run.plan.shared_state, SharedTaskState)
