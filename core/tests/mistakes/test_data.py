"""Mistakes in the task's files: which file, which line, and what to do."""

import pytest
from click.testing import CliRunner

from mephisto.cli import cli


@pytest.mark.parametrize("option", ["data_csv", "task_source"])
def test_a_missing_file_is_named_with_its_option_its_whole_path_and_the_working_directory(
    researcher, option, monkeypatch
):
    monkeypatch.chdir(researcher.folder)
    (what, why, remedy), *_ = researcher.refused(
        "conf=example", f"mephisto.blueprint.{option}=gone.x"
    ).problems
    assert what == f"mephisto.blueprint.{option} does not exist."
    assert why == f"It is {researcher.folder / 'gone.x'}; the working directory is {researcher.folder}."
    assert remedy == "Correct the path, or make the file."


def test_a_folder_is_no_file(researcher):
    refusal = researcher.refused("conf=example", f"mephisto.blueprint.data_csv={researcher.folder}")
    assert "mephisto.blueprint.data_csv is a folder, and not a file." in refusal.text
    assert "Name a file in it." in refusal.text


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("empty.csv", "", ["empty.csv", "header"]),
        ("headed.csv", "name,age\n", ["headed.csv", "no rows"]),
        ("short.csv", "name,age\nAda,36\nBob\n", ["short.csv, line 3"]),
        ("long.csv", "name,age\nAda,36,1,2\n", ["long.csv, line 2"]),
        ("latin.csv", b"name\nAd\xe9\n", ["latin.csv", "UTF-8"]),
        ("broken.json", '[{"name": "Ada"},\n {"name" "Bob"}]', ["broken.json, line 2, column"]),
        ("object.json", '{"name": "Ada"}', ["object.json", "list"]),
        ("broken.jsonl", '{"name": "Ada"}\n{"name": }\n', ["broken.jsonl, line 2, column"]),
        ("cut.jsonl", '{"name": "Ada"}\n{"name":\n', ["cut.jsonl, line 2, column 9"]),
        ("number.jsonl", '{"name": "Ada"}\n3\n', ["number.jsonl, line 2"]),
    ],
)
def test_a_broken_data_file_is_answered_with_its_place(researcher, name, content, parts):
    path = researcher.write(name, content)
    option = f"data_{name.rpartition('.')[2]}"
    words = ["mephisto.blueprint.data_csv=null"] if option != "data_csv" else []
    refusal = researcher.refused("conf=example", *words, f"mephisto.blueprint.{option}={path}")
    assert refusal.status == 2
    for part in parts:
        assert part in refusal.text, refusal.text
    assert all(len(problem) >= 2 for problem in refusal.problems), refusal.text


def dry_run(researcher, *words):
    """Return the log lines of a dry run that found nothing wrong, from their level on."""
    result = CliRunner().invoke(
        cli, ["launch", "--dir", str(researcher.folder), "conf=example", "--dry-run", *words]
    )
    assert result.exit_code == 0, result.output
    return [line.partition("][")[2].partition("][")[2] for line in result.stdout.splitlines() if "][" in line]


@pytest.mark.parametrize(
    ("options", "read", "unread"),
    [
        (["data_csv", "data_json"], "data_csv", "data_json"),
        (["data_jsonl", "data_json"], "data_json", "data_jsonl"),
        (["data_csv", "data_json", "data_jsonl"], "data_csv", "data_json, data_jsonl"),
    ],
)
def test_of_two_sources_one_warning_says_which_is_read(researcher, options, read, unread):
    files = {
        "data_csv": researcher.write("a.csv", "name\nAda\n"),
        "data_json": researcher.write("a.json", '[{"name": "Bob"}]'),
        "data_jsonl": researcher.write("a.jsonl", '{"name": "Cyd"}'),
    }
    words = [f"mephisto.blueprint.{option}={files[option]}" for option in options]
    others = [] if "data_csv" in options else ["mephisto.blueprint.data_csv=null"]
    (told,) = [line for line in dry_run(researcher, *others, *words) if "task data" in line]
    assert told.startswith(f"WARNING] - The task data is read from mephisto.blueprint.{read}, {files[read]}.")
    assert told.endswith(f"not read: {unread}.")


def test_one_source_is_not_warned_about(researcher):
    assert not [line for line in dry_run(researcher) if "task data" in line]


@pytest.mark.parametrize(("separator", "spoken"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_table_that_is_separated_by_something_else_is_suspected(researcher, separator, spoken):
    path = researcher.write("data.csv", f"name{separator}age\nAda{separator}36\n")
    (told,) = [line for line in dry_run(researcher) if "has one column" in line]
    name = f"name{separator}age"
    assert told.startswith(f"WARNING] - {path} has one column, {name!r}: is it separated by {spoken}?")


def test_a_column_without_a_name_is_named_by_its_place(researcher):
    path = researcher.write("data.csv", "name,,age\nAda,1,36\n")
    told = dry_run(researcher)
    assert f"INFO] - {path}: column 2 has no name, and is not used." in told
    assert f"INFO] - {researcher.folder / 'page.html'} does not use: age." in told


def test_several_columns_without_a_name_are_refused_by_their_places(researcher):
    path = researcher.write("data.csv", "name,,\nAda,1,2\n")
    refusal = researcher.refused("conf=example")
    assert f"{path}: columns 2 and 3 have no name." in refusal.text
