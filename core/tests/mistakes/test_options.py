"""Mistakes in options: what is wrong, where it stands, and what to write instead."""

import pytest
from click.testing import CliRunner

from mephisto.cli import cli


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        (
            "mephisto.architect.prot=1",
            ["no option 'mephisto.architect.prot'", "mean 'port'?", "command line"],
        ),
        ("architct=local", ["no option 'architct'", "mean 'architect'?"]),
        ("architect=locl", ["no architect 'locl'", "mean 'local'?"]),
        ("mephisto.architect.port=abc", ["cannot be 'abc'", "a whole number"]),
        ("mephisto.task.task_tags=a,b", ["""Quote it twice: 'mephisto.task.task_tags="a,b"'"""]),
        ("+mephisto.task.colour=red", ["no option 'mephisto.task.colour'", "mephisto.task has:"]),
        ("+colour=red", ["no option 'colour'"]),
        ("mephisto.blueprint=static_task", ["Write mephisto/blueprint=static_task"]),
        ("mephisto.log_level=inof", ["mean 'info'?"]),
        ("--multirun", ["--multirun is refused", "pays"]),
        ("conf=exmaple", ["no configuration 'exmaple'", "mean 'example'?", "Choose one of: example."]),
    ],
)
def test_what_cannot_be_composed_is_answered_with_its_first_mistake(researcher, word, parts):
    words = [word] if word.startswith("conf=") else ["conf=example", word]
    refusal = researcher.refused(*words)
    assert refusal.status == 2
    for part in parts:
        assert part in refusal.text
    assert not researcher.data.exists()


@pytest.mark.parametrize(
    ("word", "what", "remedy"),
    [
        ("mephisto.blueprint.units_per_assignment=0", "units_per_assignment is 0", "Set it to 1 or more."),
        (
            "mephisto.blueprint.units_per_assignment=100000000",
            "units_per_assignment is 100000000",
            "Set it to 10000 or less.",
        ),
        ("mephisto.task.task_reward=-1", "task_reward is -1", "Set it to 0 or more."),
        ("mephisto.task.task_reward=1e9", "more than can be meant", "Set it to 10000 or less."),
        ("mephisto.task.task_reward=inf", "task_reward is inf", "Set it to 0 or more."),
        ("mephisto.architect.port=99999", "port is 99999", "Choose one between 1024 and 65535"),
        ("mephisto.architect.port=-1", "port is -1", "Choose one between 1024 and 65535"),
        ("mephisto.task.task_title=null", "task_title", "Title"),
        ("mephisto.task.task_title=", "task_title is empty", "Give it a few words."),
        (
            "mephisto.task.assignment_duration_in_seconds=0",
            "duration_in_seconds is 0",
            "Set it to 1 or more.",
        ),
        ("mephisto.task.submission_timeout=5", "is set to 5", "Leave this option out."),
        ("mephisto.architect.hostname=no.such.host.invalid", "cannot resolve", "Use 'localhost'"),
        ("mephisto.architect.hostname=192.0.2.1", "is no address of this machine", "Use 'localhost'"),
    ],
)
def test_an_impossible_value_is_answered_with_a_possible_one(researcher, word, what, remedy):
    refusal = researcher.refused("conf=example", word)
    assert refusal.status == 2
    assert what in refusal.text
    assert remedy in refusal.text


@pytest.mark.parametrize(
    ("word", "near", "command"),
    [
        ("mephisto.task.task_titel=x", "'task_title'", "wut task"),
        ("mephisto.architect.prot=1", "'port'", "wut architect=local"),
        ("+mephisto.blueprint.task_sourc=x", "'task_source'", "wut blueprint=static_task"),
    ],
)
def test_where_a_name_is_near_the_others_are_left_to_the_command_that_explains_them(
    researcher, word, near, command
):
    refusal = researcher.refused("conf=example", word)
    what, _, remedy = refusal.text.splitlines()
    assert what.endswith(f"Did you mean {near}?")
    assert remedy.endswith(f": mephisto {command}")
    explained = CliRunner().invoke(cli, command.split())
    assert explained.exit_code == 0
    assert near.strip("'") in explained.stdout


def test_a_launch_that_lacks_plugins_can_still_be_shown(researcher):
    shown = researcher.launch("blueprint=static_task", "--cfg", "job")
    assert shown.status == 0
    assert "_blueprint_type: static_task" in shown.text


def test_a_missing_option_is_named_with_what_it_means_and_where_to_give_it(researcher):
    page = f"mephisto.blueprint.task_source={researcher.folder}/page.html"
    data = f"mephisto.blueprint.data_csv={researcher.folder}/data.csv"
    words = ["blueprint=static_task", "architect=local", "provider=mock", "mephisto.architect.port=0"]
    refusal = researcher.refused(*words, page, data)
    missing = [problem[0] for problem in refusal.problems]
    assert missing == [
        f"mephisto.task.{name} is missing."
        for name in ("task_title", "task_description", "task_reward", "task_tags")
    ]
    for problem in refusal.problems:
        assert len(problem) == 3
        assert problem[2].startswith("Give it in the YAML file, or on the command line as mephisto.task.")


def test_once_it_composes_all_mistakes_come_in_one_list(researcher):
    refusal = researcher.refused(
        "conf=example",
        "mephisto.task.task_reward=-1",
        "mephisto.architect.port=99999",
        "mephisto.blueprint.units_per_assignment=0",
        "mephisto.blueprint.task_source=nowhere.html",
    )
    assert refusal.text.startswith("Error: 4 things are wrong with this configuration. Nothing was created.")
    assert len(refusal.problems) == 4


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ([], ["Nothing says what to launch.", "there are: example.", "Write conf=example"]),
        (
            ["blueprint=static_task", "architect=local"],
            ["No provider is chosen.", "Installed as provider: mock.", "Add provider=mock"],
        ),
        (
            ["architect=local", "mephisto.blueprint.task_source=x"],
            ["No blueprint and no provider is chosen.", "Add blueprint=static_task provider=mock"],
        ),
        (["--dir", "/nowhere", "conf=x"], ["does not exist", "working directory"]),
    ],
)
def test_a_launch_of_nothing_is_told_what_there_is(researcher, words, parts):
    refusal = researcher.refused(*words)
    assert refusal.status == 2
    for part in parts:
        assert part in refusal.text


def test_debug_shows_where_it_happened(researcher):
    assert "Traceback" in researcher.launch("conf=exmaple", "--debug").text
