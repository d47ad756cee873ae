"""Options between a plugin's Config, the schema that Hydra sees, and settled values."""

from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from mephisto import ArchitectArgs, BlueprintArgs, OnboardingArgs, arg
from mephisto.composing.options import (
    NODE_MEANS_FLASK,
    planned_problems,
    problems_of,
    remarks,
    schema_of,
    settle,
    spoken_type,
)
from mephisto.config import MISSING, TaskRunArgs
from mephisto.errors import ChecksFailed


@dataclass
class PageArgs(OnboardingArgs, BlueprintArgs):
    """Pages."""

    _blueprint_type: str = "page"
    page: Path = arg("The page.", required=True)
    style: Path | None = arg("Its looks.")
    default_page: Path = arg("Where nothing is given.", Path("default.html"))
    more: list[Path] = arg("More pages.", default_factory=list)
    named: dict[str, Path] = arg("Pages by name.", default_factory=dict)
    colour: str = arg("Its colour.", "red", choices=("red", "green"))
    size: int = arg("Its size.", 3)
    later: int = arg("Not yet.", 600, planned="Not built yet.")


def settled(base: Path = Path("/somewhere"), **values):
    return settle(PageArgs, values, "mephisto.blueprint", base)


def test_the_schema_has_the_same_options_with_text_in_the_place_of_paths():
    schema = schema_of(PageArgs)
    assert [option.name for option in fields(schema)] == [option.name for option in fields(PageArgs)]
    assert [option.metadata for option in fields(schema)] == [option.metadata for option in fields(PageArgs)]
    types = {option.name: option.type for option in fields(schema)}
    assert (types["page"], types["style"], types["more"]) == (str, str | None, list[str])
    assert (types["named"], types["size"]) == (dict[str, str], int)
    made = OmegaConf.structured(schema)
    assert (made.default_page, made._blueprint_type) == ("default.html", "page")
    assert OmegaConf.is_missing(made, "page")
    assert (schema.__name__, schema.__doc__) == ("PageArgs", "Pages.")


def test_left_out_options_are_their_default_or_none():
    config = settled(page="a.html")
    assert isinstance(config, PageArgs)
    assert (config.size, config.colour, config.more, config.style) == (3, "red", [], None)
    assert (config.tips_location, config.onboarding_qualification) == (None, None)
    assert config.default_page == Path("/somewhere/default.html")


def test_paths_become_absolute(monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, "/home/me")
    config = settled(page="a.html", style="~/b.css", more=["c", "/d"], named={"e": "f"})
    assert config.page == Path("/somewhere/a.html")
    assert config.style == Path("/home/me/b.css")
    assert (config.more, config.named) == ([Path("/somewhere/c"), Path("/d")], {"e": Path("/somewhere/f")})
    assert settled(page=Path("a.html")).page == Path("/somewhere/a.html")
    assert settled(page="~nobody-has-this-name/a").page == Path("/somewhere/~nobody-has-this-name/a")


def test_an_empty_path_is_no_path():
    assert settled(page="a", style="").style is None
    with pytest.raises(ChecksFailed, match=r"mephisto\.blueprint\.page is missing"):
        settled(page="")


def test_values_are_converted_and_interpolations_resolved():
    node = OmegaConf.create({"dir": "/there", "b": {"page": "${dir}/a.html", "size": "7"}}).b
    config = settle(PageArgs, node, "mephisto.blueprint", Path("/somewhere"))
    assert (config.page, config.size) == (Path("/there/a.html"), 7)


def test_all_problems_are_found_at_once():
    problems = problems_of(
        PageArgs, {"size": "big", "colour": "gren", "pag": "x", "later": 1, "style": 3}, "mephisto.blueprint"
    )
    text = "\n".join(map(str, problems))
    for part in [
        "mephisto.blueprint.page is missing.\nThe page.\nGive it",
        "mephisto.blueprint.size cannot be 'big'.\nIt must be a whole number.",
        "mephisto.blueprint.colour cannot be 'gren'. Did you mean 'green'?",
        "no option 'mephisto.blueprint.pag'. Did you mean 'page'?",
        "mephisto.blueprint.later is set to 1.\nNot built yet.",
    ]:
        assert part in text
    assert len(problems) == 5
    with pytest.raises(ChecksFailed) as caught:
        settle(PageArgs, {"size": "big"}, "mephisto.blueprint", Path("/somewhere"))
    assert len(caught.value.problems) == 2


def test_a_required_option_of_the_wrong_type_is_not_called_missing_too():
    wrong = problems_of(TaskRunArgs, {"task_reward": "much"}, "mephisto.task")
    assert [problem.what for problem in wrong if "task_reward" in problem.what] == [
        "mephisto.task.task_reward cannot be 'much'."
    ]


def test_an_interpolation_that_leads_nowhere_is_a_problem():
    node = OmegaConf.create({"page": "${nope}"})
    (problem,) = problems_of(PageArgs, node, "mephisto.blueprint")
    assert "nope" in str(problem)


def test_a_missing_mark_counts_as_left_out():
    node = OmegaConf.structured(schema_of(PageArgs))
    assert [str(problem).splitlines()[0] for problem in problems_of(PageArgs, node, "p")] == [
        "p.page is missing."
    ]


@pytest.mark.parametrize("value", [None, "", MISSING])
def test_a_planned_option_that_asks_for_nothing_is_accepted(value):
    assert not list(planned_problems(ArchitectArgs, {"server_source_path": value}, "p"))


def test_a_planned_option_at_its_default_is_accepted_and_off_it_refused():
    assert not list(planned_problems(PageArgs, {"later": 600}, "p"))
    assert len(list(planned_problems(PageArgs, {"later": 0}, "p"))) == 1
    (problem,) = planned_problems(ArchitectArgs, {"server_source_path": "here"}, "p")
    assert str(problem).splitlines()[0] == "p.server_source_path is set to 'here'."


def test_existing_values_that_mean_the_same_are_accepted_with_a_remark():
    @dataclass
    class PortArgs(ArchitectArgs):
        port: int = arg("Port.", 3000)

    config = settle(PortArgs, {"port": "3000", "server_type": "node"}, "mephisto.architect", Path())
    assert config.port == 3000
    assert remarks(config) == [NODE_MEANS_FLASK]
    assert remarks(settle(PortArgs, {}, "mephisto.architect", Path())) == []


def test_the_tasks_own_options():
    given = {"task_title": "t", "task_description": "d", "task_reward": "0.3", "task_tags": "a,b"}
    task = settle(TaskRunArgs, given, "mephisto.task", Path())
    assert (task.task_reward, task.task_name, task.resume_incomplete_run) == (0.3, None, None)
    missing = [problem.what for problem in problems_of(TaskRunArgs, {}, "mephisto.task")]
    assert missing == [f"mephisto.task.{name} is missing." for name in given]


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (int, "a whole number"),
        (float, "a number"),
        (str | None, "text"),
        (list[str], "a list"),
        (Path, "a path"),
    ],
)
def test_types_in_words(annotation, words):
    assert spoken_type(annotation) == words
