"""What is wrong with a static task is said before anything is created, all at once, and without using the data up."""

import os
from pathlib import Path

import pytest

from mephisto_blueprint_static import SharedStaticTaskState, StaticBlueprint, StaticBlueprintArgs


@pytest.fixture
def task(tmp_path):
    """Answer with what is wrong with a task that is right but for *options*."""
    (tmp_path / "task.html").write_text("<p>${name}</p>")
    (tmp_path / "data.csv").write_text("name\nAda\n")

    def problems(shared=None, **options):
        given = {
            "task_source": tmp_path / "task.html",
            "data_csv": tmp_path / "data.csv",
            "data_json": None,
            "data_jsonl": None,
            "preview_source": None,
            "onboarding_source": None,
            "onboarding_qualification": None,
            "extra_source_dir": None,
        } | options
        config = StaticBlueprintArgs(**given)
        return list(StaticBlueprint().blueprint_check(config, shared or SharedStaticTaskState()))

    return problems


def only(problems):
    (problem,) = problems
    assert problem.why
    assert problem.remedy
    return problem


def test_a_task_that_is_right_has_no_problems(task):
    assert task() == []


def test_a_task_without_any_data_is_told_where_data_may_come_from(task):
    problem = only(task(data_csv=None))

    assert problem.what == "There is no task data."
    assert "data_csv, data_json or data_jsonl" in problem.remedy
    assert "static_task_data" in problem.remedy


@pytest.mark.parametrize("option", ["data_csv", "data_json", "data_jsonl", "task_source", "preview_source"])
def test_a_missing_file_is_named_by_option_path_and_working_directory(task, tmp_path, option):
    missing = tmp_path / "missing"
    alone = {"data_csv": None} if option.startswith("data_") else {}
    problem = only(task(**alone | {option: missing}))

    assert problem.what == f"mephisto.blueprint.{option} does not exist."
    assert str(missing) in problem.why
    assert str(Path.cwd()) in problem.why


@pytest.mark.parametrize("option", ["data_csv", "data_json", "data_jsonl", "task_source", "preview_source"])
def test_a_folder_in_place_of_a_file_is_refused(task, tmp_path, option):
    alone = {"data_csv": None} if option.startswith("data_") else {}

    assert "is a folder" in only(task(**alone | {option: tmp_path})).what


def test_a_file_that_may_not_be_read_is_refused(task, monkeypatch):
    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    found = task()

    assert [problem.what for problem in found] == [
        "mephisto.blueprint.data_csv cannot be read.",
        "mephisto.blueprint.task_source cannot be read.",
    ]
    assert "Permission denied" in found[0].why


@pytest.fixture
def closed(tmp_path):
    """A folder that may not be entered."""
    folder = tmp_path / "closed"
    (folder / "files").mkdir(parents=True)
    (folder / "page.html").write_text("<p>${name}</p>")
    folder.chmod(0o000)
    yield folder
    folder.chmod(0o755)


posix = pytest.mark.skipif(os.name != "posix", reason="rights are another matter there")


@posix
@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("data_csv", "data.csv"),
        ("task_source", "page.html"),
        ("preview_source", "page.html"),
        ("extra_source_dir", "files"),
    ],
)
def test_what_lies_in_a_folder_that_may_not_be_entered_is_refused(task, closed, as_nobody, option, name):
    task()  # imports what nobody may
    problem = only(as_nobody(lambda: task(**{option: closed / name})))

    assert problem.what == f"mephisto.blueprint.{option} cannot be read."
    assert str(closed / name) in problem.why
    assert "Permission denied" in problem.why


@posix
def test_what_may_not_be_read_in_the_extra_folder_is_found_before_anything_is_built(
    task, closed, as_nobody, tmp_path
):
    extra = tmp_path / "extra"
    extra.mkdir()
    closed.rename(extra / "closed")
    for name in ("face.png", ".hidden", "ok.png"):
        (extra / name).write_text(name)
    for name in ("face.png", ".hidden"):
        (extra / name).chmod(0o000)
    task(extra_source_dir=extra)
    found = as_nobody(lambda: task(extra_source_dir=extra))
    (extra / "closed").rename(closed)

    assert [problem.what for problem in found] == [
        f"{extra}/closed cannot be read.",
        f"{extra}/face.png cannot be read.",
    ]
    for problem in found:
        assert "mephisto.blueprint.extra_source_dir" in problem.why
        assert problem.remedy


@posix
def test_many_files_that_may_not_be_read_are_named_up_to_ten(task, as_nobody, tmp_path):
    extra = tmp_path / "extra"
    extra.mkdir()
    for number in range(13):
        (extra / f"{number}.png").touch(mode=0o000)
    task()
    found = as_nobody(lambda: task(extra_source_dir=extra))

    assert len(found) == 11
    assert found[10].what.startswith("3 more files in mephisto.blueprint.extra_source_dir")


def test_the_extra_folder_must_be_one(task, tmp_path):
    assert "does not exist" in only(task(extra_source_dir=tmp_path / "missing")).what
    assert "is a file" in only(task(extra_source_dir=tmp_path / "task.html")).what


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", ""), ("a.csv", "\n\n"), ("a.csv", "name\n"), ("a.json", "[]"), ("a.jsonl", "\n")],
)
def test_a_file_without_rows_is_refused(task, tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content)
    problem = only(task(**{"data_csv": None} | {f"data_{path.suffix[1:]}": path}))

    assert problem.what == f"{path} has no rows."


def test_each_wrong_row_is_named_up_to_ten_and_the_others_are_counted(task, tmp_path):
    (tmp_path / "data.csv").write_text("a,b\n" + "1\n" * 25 + "1,2\n")
    found = task()

    assert [problem.what.partition(":")[0] for problem in found[:10]] == [
        f"{tmp_path / 'data.csv'}, line {line}" for line in range(2, 12)
    ]
    assert "15 more" in found[10].what
    assert len(found) == 11


@pytest.mark.parametrize("units", [0, -1, 10_001, 100_000_000])
def test_an_assignment_is_done_by_one_worker_at_least_and_by_no_more_than_there_are(task, units):
    assert f"is {units}" in only(task(units_per_assignment=units)).what


@pytest.mark.parametrize("data", [{"name": "Ada"}, "text", 3, lambda: iter(())])
def test_data_of_the_script_must_be_a_list_or_a_generator(task, data):
    assert (
        "It has to be a list of dicts"
        in only(task(SharedStaticTaskState(static_task_data=data), data_csv=None)).why
    )


def test_rows_of_the_script_must_be_objects(task):
    shared = SharedStaticTaskState(static_task_data=[{}, 1])

    assert "item 2" in only(task(shared, data_csv=None)).what


def test_checking_leaves_a_generator_unread(task):
    data = iter([{"name": "Ada"}])

    assert task(SharedStaticTaskState(static_task_data=data), data_csv=None) == []
    assert list(data) == [{"name": "Ada"}]


def test_two_files_that_want_the_same_name_are_found_before_anything_is_built(task, tmp_path):
    (tmp_path / "preview.html").write_text("preview")
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "preview.html").write_text("another")
    problem = only(task(extra_source_dir=tmp_path / "extra", preview_source=tmp_path / "preview.html"))

    assert problem.what == "Two files would be served as preview.html."


def test_all_that_is_wrong_is_said_at_once(task, tmp_path):
    missing = tmp_path / "missing"
    found = task(data_csv=missing, task_source=missing, preview_source=missing, units_per_assignment=0)

    assert len(found) == 4


def test_an_onboarding_needs_its_page(task):
    problem = only(task(onboarding_qualification="knows the rules"))
    assert problem.what == "mephisto.blueprint.onboarding_source is missing."
