"""Each check that a blueprint passes can fail."""

from dataclasses import dataclass, field

import pytest

from mephisto import AssignmentData, Pages, Problem, SharedTaskState, hookimpl
from mephisto.testing import BlueprintTests
from mephisto.testing.stand_ins import PlainBlueprint


def test_a_good_one_passes(trying, tmp_path):
    checks = trying(BlueprintTests, PlainBlueprint)
    checks.test_nothing_is_wrong_with_its_options()
    checks.test_its_data_give_units()
    checks.test_its_pages_are_built(tmp_path)


def test_the_shared_state_reaches_the_plugin(trying, tmp_path):
    @dataclass
    class Rows(SharedTaskState):
        rows: list = field(default_factory=list)

    class Plugin(PlainBlueprint):
        SharedState = Rows

        @hookimpl
        def blueprint_tasks(self, shared_state):
            return [AssignmentData(row) for row in shared_state.rows]

    state = Rows(rows=[{"question": "Why?"}])
    trying(BlueprintTests, Plugin, shared_state=lambda _: state).test_its_data_give_units()
    with pytest.raises(AssertionError, match="gave no assignment"):
        trying(BlueprintTests, Plugin).test_its_data_give_units()


def test_wrong_options_are_found(trying):
    class Plugin(PlainBlueprint):
        @hookimpl
        def blueprint_check(self):
            yield Problem("The page is missing.")

    with pytest.raises(AssertionError, match=r"The page is missing\."):
        trying(BlueprintTests, Plugin).test_nothing_is_wrong_with_its_options()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "gave no assignment"),
        ([{"question": "Why?"}], "not an AssignmentData"),
        ([AssignmentData([1])], "not a mapping"),
        ([AssignmentData({}, units=0)], "wants 0 workers"),
    ],
)
def test_data_that_give_no_units_are_found(trying, rows, said):
    class Plugin(PlainBlueprint):
        @hookimpl
        def blueprint_tasks(self):
            return rows

    with pytest.raises(AssertionError, match=said):
        trying(BlueprintTests, Plugin).test_its_data_give_units()


def test_data_that_are_no_json_are_found(trying):
    class Plugin(PlainBlueprint):
        @hookimpl
        def blueprint_tasks(self):
            return [AssignmentData({"when": object()})]

    with pytest.raises(TypeError, match="not JSON serializable"):
        trying(BlueprintTests, Plugin).test_its_data_give_units()


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        (Pages("elsewhere.html"), "'elsewhere.html' was not built"),
        (Pages("page.html", preview="preview.html"), "'preview.html' was not built"),
        ("page.html", "not Pages"),
    ],
)
def test_pages_that_are_not_there_are_found(trying, tmp_path, pages, said):
    class Plugin(PlainBlueprint):
        @hookimpl
        def blueprint_build(self, public):
            (public / "page.html").write_text("<p>Hello</p>")
            return pages

    with pytest.raises(AssertionError, match=said):
        trying(BlueprintTests, Plugin).test_its_pages_are_built(tmp_path)
