"""Template and data are compared before a launch; what does not meet is said, and refuses nothing."""

import logging

import pytest

from mephisto_blueprint_static import SharedStaticTaskState, StaticBlueprint, StaticBlueprintArgs


@pytest.fixture
def said(tmp_path, caplog):
    """Answer with what is logged of a template and its data, by level."""

    def check(template, data=None, name="data.jsonl", shared=None):
        (tmp_path / "task.html").write_text(template)
        sources = dict.fromkeys(("data_csv", "data_json", "data_jsonl"))
        if data is not None:
            (tmp_path / name).write_text(data)
            sources[f"data_{name.partition('.')[2]}"] = tmp_path / name
        config = StaticBlueprintArgs(
            **sources,
            task_source=tmp_path / "task.html",
            preview_source=None,
            onboarding_source=None,
            onboarding_qualification=None,
            extra_source_dir=None,
        )
        caplog.clear()
        with caplog.at_level(logging.INFO, "mephisto_blueprint_static"):
            problems = StaticBlueprint().blueprint_check(config, shared or SharedStaticTaskState())
            assert list(problems) == []
        return [
            (record.levelname, record.getMessage().partition("task.html")[2]) for record in caplog.records
        ]

    return check


def test_nothing_is_said_where_all_meet(said):
    assert said("${a-b} ${mephisto_agent_id}", "a-b\n1\n", "data.csv") == []


def test_a_variable_without_a_column_is_a_warning(said):
    assert said("${a} ${b.c}", "a\n1\n", "data.csv") == [
        ("WARNING", ": the data has nothing for ${b.c}, which stays as it is.")
    ]


def test_a_variable_that_some_rows_lack_is_a_warning(said):
    assert said("${a} ${b}", '{"a": 1, "b": 2}\n{"a": 1}\n{"a": 2}\n') == [
        ("WARNING", ": 2 of 3 rows have nothing for ${b}, which stays as it is there.")
    ]


def test_columns_that_are_not_used_are_a_note(said):
    assert said("${a}", "id,a,more\n1,2,3\n", "data.csv") == [("INFO", " does not use: id, more.")]


def test_rows_of_the_script_are_looked_at_and_a_generator_is_not(said):
    listed = SharedStaticTaskState(static_task_data=[{"b": 1}])
    assert [level for level, _ in said("${a}", shared=listed)] == ["WARNING", "INFO"]
    assert said("${a}", shared=SharedStaticTaskState(static_task_data=iter([{"b": 1}]))) == []


def test_an_element_that_cannot_be_shown_is_a_warning(said):
    assert said("<crowd-form><crowd-polygon name='p'></crowd-polygon>${a}", "a\n1\n", "data.csv") == [
        ("WARNING", " uses <crowd-polygon>, which is not supported: workers are told that it is missing.")
    ]


QUOTES = "stands in an attribute between double quotes, and in 1 of 2 rows its value has double quotes"


@pytest.mark.parametrize(
    ("template", "is_told"),
    [
        ('<crowd-classifier name="m" categories="${a}"></crowd-classifier>', True),
        ("<p title='x > y' data-words = \"${a}\">", True),
        ("<crowd-classifier name=\"m\" categories='${a}'></crowd-classifier>", False),
        ('<p class="x">"${a}"</p>', False),
        ('<script>const text = "<p class=\\"${a}\\">"</script>', False),
        ('<!-- <p class="${a}"> --><p>${a}</p>', False),
    ],
)
@pytest.mark.parametrize("value", ['"[\\"A\\"]"', '["A"]'], ids=["text", "list"])
def test_values_that_would_end_the_attribute_around_them_are_a_warning(said, template, is_told, value):
    told = said(template, f'{{"a": {value}}}\n{{"a": "plain"}}\n')
    assert [QUOTES in message for _, message in told] == [True] * is_told
