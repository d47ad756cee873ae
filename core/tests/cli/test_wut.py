"""`mephisto wut`: every option there is, in the order of its dataclass, and where it comes from."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mephisto.cli import cli

STATIC_OPTIONS = [
    "block_qualification",
    "tips_location",
    "gold_qualification_base",
    "max_gold_units",
    "use_golds",
    "min_golds",
    "max_incorrect_golds",
    "onboarding_qualification",
    "passed_qualification_name",
    "max_screening_units",
    "use_screening_task",
    "units_per_assignment",
    "task_source_review",
    "extra_source_dir",
    "data_json",
    "data_jsonl",
    "data_csv",
    "task_source",
    "preview_source",
    "onboarding_source",
]
STATIC_STATE = [
    "task_config",
    "qualifications",
    "worker_can_do_unit",
    "on_unit_submitted",
    "get_gold_for_worker",
    "worker_needs_gold",
    "worker_qualifies",
    "onboarding_data",
    "validate_onboarding",
    "screening_data_factory",
    "static_task_data",
]
EVERYTHING = [
    ["wut"],
    ["wut", "blueprint"],
    ["wut", "architect"],
    ["wut", "provider"],
    ["wut", "requester"],
    ["wut", "task"],
    ["wut", "architect=local"],
    ["wut", "blueprint=static_task"],
    ["wut", "provider=mock"],
    ["wut", "requester=mock"],
]


def run(*arguments, columns=140):
    return CliRunner().invoke(cli, ["wut", *arguments], env={"COLUMNS": str(columns)})


def shown(*arguments, columns=140):
    result = run(*arguments, columns=columns)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


def as_json(*arguments):
    return json.loads(shown("--json", *arguments))


def cells(line):
    return [cell.strip() for cell in line.strip("│").split("│")]


def rows(text):
    """Return the rows of lying tables, without what is wrapped below each first line."""
    return [cells(line) for line in text.splitlines() if line.startswith("│") and cells(line)[0]]


def test_alone_it_lists_the_kinds_and_what_is_installed_of_each():
    text = shown()

    assert "Usage: mephisto wut <abstraction>[=<type>] [...specific args to check]" in text
    assert "Abstractions" in text
    assert [row[:2] for row in rows(text)[1:]] == [
        ["blueprint", "static_task"],
        ["architect", "local"],
        ["requester", "mock"],
        ["provider", "mock"],
        ["task", "-"],
    ]


@pytest.mark.parametrize(
    ("kind", "sentence", "name"),
    [
        ("blueprint", "The blueprint determines the task content.", "static_task"),
        ("architect", "The architect determines the server where a task is hosted.", "local"),
        ("provider", "The crowd provider determines the source of the crowd workers.", "mock"),
        ("requester", "The requester is the account", "mock"),
    ],
)
def test_a_kind_lists_its_names(kind, sentence, name):
    text = shown(kind)

    assert sentence in text
    assert f"Valid {kind}s are:\n" in text
    assert f"  * {name}  (mephisto-" in text
    assert f"mephisto wut {kind}={name}" in text


def test_the_table_of_the_local_architect_is_the_tutorials():
    lines = shown("architect=local", columns=93).splitlines()

    assert lines[:5] == [
        "                                                                                             ",
        "                                     Architect Arguments                                     ",
        "╭────────────────────┬──────┬───────────┬──────────────────────────────┬─────────┬──────────╮",
        "│ dest               │ type │ default   │ help                         │ choices │ required │",
        "├────────────────────┼──────┼───────────┼──────────────────────────────┼─────────┼──────────┤",
    ]
    assert [cells(line)[:3] for line in lines if line.startswith("│") and cells(line)[0]][1:] == [
        ["server_type", "str", "flask"],
        ["server_source_path", "str", "???"],
        ["hostname", "str", "localhost"],
        ["port", "int", "3000"],
    ]


def test_a_blueprint_shows_its_help_its_options_and_its_shared_state():
    text = shown("blueprint=static_task")
    options, _, state = text.partition("Additional SharedTaskState args from SharedStaticTaskState, ")

    assert options.startswith("Tasks of the static blueprint need an HTML page")
    assert "Blueprint Arguments" in options
    assert [row[0] for row in rows(options)[1:]] == STATIC_OPTIONS
    assert state.startswith("which may be configured in your run script\n")
    assert "Additional Shared TaskState args" in state
    assert [row[0] for row in rows(state)[1:]] == STATIC_STATE


def test_each_option_has_its_type_default_help_choices_and_whether_it_is_required():
    found = {row[0]: row for row in rows(shown("blueprint=static_task"))}

    assert found["units_per_assignment"] == [
        "units_per_assignment",
        "int",
        "1",
        "How many workers do each assignment.",
        "None",
        "False",
    ]
    assert found["task_source"][1:3] == ["str", "???"]
    assert found["task_source"][5] == "True"
    assert found["preview_source"][1] == "str"
    assert found["static_task_data"][2] == "[]"


def test_below_a_table_stands_which_distribution_brings_each_option():
    text = shown("architect=local")

    assert "From mephisto-core 0.1.0: server_type, server_source_path\n" in text
    assert "From mephisto-architect-local 0.1.0: hostname, port\n" in text


@pytest.mark.parametrize("word", ["task", "task=anything"])
def test_the_task_has_options_whatever_its_name(word):
    text = shown(word)

    assert "Task Arguments" in text
    assert [row[0] for row in rows(text)][1:4] == ["task_name", "task_title", "task_description"]


def test_only_the_named_options_are_shown_in_the_order_of_the_dataclass():
    assert [row[0] for row in rows(shown("architect=local", "port", "hostname"))] == [
        "dest",
        "hostname",
        "port",
    ]
    assert [row[0] for row in rows(shown("task", "task_title"))] == ["dest", "task_title"]


def test_a_name_of_the_shared_state_is_found_as_well():
    text = shown("blueprint=static_task", "static_task_data")

    assert "Blueprint Arguments" not in text
    assert [row[0] for row in rows(text)] == ["dest", "static_task_data"]


def test_a_requester_is_what_registering_an_account_asks_for():
    text = shown("requester=mock")

    assert "Requester Arguments" in text
    assert [row[:3] for row in rows(text)[1:]] == [
        ["name", "str", "MOCK_REQUESTER"],
        ["force_fail", "bool", "False"],
    ]
    assert "From mephisto-provider-mock 0.1.0: name, force_fail" in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["architct"], "There is no kind 'architct'. Did you mean 'architect'?"),
        (["custom"], "Kinds: blueprint, architect, requester, provider, task."),
        (["blueprint=static_tsk"], "There is no blueprint 'static_tsk'. Did you mean 'static_task'?"),
        (["requester=mok"], "There is no provider 'mok'. Did you mean 'mock'?"),
        (["architect=local", "prot"], "The architect 'local' has no option 'prot'. Did you mean 'port'?"),
        (["task", "title"], "Did you mean 'task_title'?"),
        (["architect=local", "port", "nothing"], "Options: server_type, server_source_path, hostname, port."),
        (["blueprint="], "Which blueprint?"),
        (["architect", "port"], "Name one of them: mephisto wut architect=NAME port"),
    ],
)
def test_an_unknown_word_is_answered_with_the_nearest_and_status_2(arguments, says):
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert says in result.stderr


def test_json_is_a_list_of_options_each_with_the_place_where_it_is_set():
    assert as_json("architect=local")[3] == {
        "dest": "port",
        "type": "int",
        "default": 3000,
        "help": "Port to launch the server on; 0 takes any free one.",
        "choices": None,
        "required": False,
        "from": "mephisto-architect-local 0.1.0",
        "section": "mephisto.architect",
    }


def test_json_of_a_blueprint_holds_its_shared_state_too():
    found = as_json("blueprint=static_task")
    by_section = {section: [] for section in ("mephisto.blueprint", "shared_state")}
    for option in found:
        by_section[option["section"]].append(option["dest"])

    assert by_section == {"mephisto.blueprint": STATIC_OPTIONS, "shared_state": STATIC_STATE}


def test_json_of_kinds_and_names():
    assert {"kind": "architect", "names": ["local"]} in as_json()
    assert as_json("architect") == [
        {
            "kind": "architect",
            "name": "local",
            "distribution": "mephisto-architect-local",
            "version": "0.1.0",
        }
    ]


@pytest.mark.parametrize("arguments", [*EVERYTHING, ["wut", "--json", "blueprint=static_task"]])
def test_no_place_of_this_machine_is_shown(arguments):
    text = shown(*arguments[1:])

    assert " object at 0x" not in text
    for place in (Path.home(), Path.cwd(), Path(__file__).parents[3]):
        assert str(place) not in text


@pytest.mark.parametrize("columns", [60, 80, 140])
@pytest.mark.parametrize("arguments", EVERYTHING)
def test_everything_fits_the_terminal_and_nothing_is_cut_off(arguments, columns):
    text = shown(*arguments[1:], columns=columns)

    assert max(map(len, text.splitlines())) <= columns
    assert "…" not in text


@pytest.mark.parametrize(("columns", "lies"), [(60, False), (80, True), (140, True)])
def test_a_table_stands_on_its_side_only_where_its_columns_have_no_room(columns, lies):
    heads = [row for row in rows(shown("blueprint=static_task", columns=columns)) if row[0] == "dest"]

    assert (heads[0] == ["dest", "type", "default", "help", "choices", "required"]) is lies
    assert len(heads) == (2 if lies else len(STATIC_OPTIONS) + len(STATIC_STATE))


def test_what_goes_to_a_file_holds_each_name_in_one_piece():
    result = CliRunner().invoke(cli, ["wut", "task"], env={"COLUMNS": None})

    assert "│ assignment_duration_in_seconds │" in result.stdout
