"""Mistakes in the task's files: which file, which line, and what to do."""

import pytest


@pytest.mark.parametrize("option", ["data_csv", "task_source"])
def test_a_missing_file_is_named_with_its_option_its_whole_path_and_the_working_directory(
    researcher, option, monkeypatch
):
    monkeypatch.chdir(researcher.folder)
    (what, why, remedy), *_ = researcher.refused(
        "conf=example", f"mephisto.blueprint.{option}=gone.x"
    ).problems
    assert what == f"mephisto.blueprint.{option} does not exist."
    assert why == f"It is {researcher.folder}/gone.x; the working directory is {researcher.folder}."
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
