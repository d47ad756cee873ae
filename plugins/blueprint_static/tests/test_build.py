"""What workers can read is what was meant for them, and nothing else."""

import logging

import pytest

from mephisto import MephistoError, Pages
from mephisto_blueprint_static import StaticBlueprint, StaticBlueprintArgs


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "public").mkdir()
    (tmp_path / "extra" / "pictures").mkdir(parents=True)
    (tmp_path / "extra" / "style.css").write_text("body {}")
    (tmp_path / "extra" / "pictures" / "one.svg").write_text("<svg/>")
    (tmp_path / "demo_task.html").write_text("task")
    (tmp_path / "demo_preview.html").write_text("preview")
    return tmp_path


def build(folder, **options):
    given = {
        "task_source": folder / "demo_task.html",
        "data_csv": None,
        "data_json": None,
        "data_jsonl": None,
        "preview_source": None,
        "onboarding_source": None,
        "onboarding_qualification": None,
        "extra_source_dir": folder / "extra",
    } | options
    return StaticBlueprint().blueprint_build(StaticBlueprintArgs(**given), folder / "public")


def served(folder):
    public = folder / "public"
    return {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}


EXTRA = {"style.css", "pictures/one.svg"}


def test_the_template_keeps_its_name_beside_the_extra_files(folder):
    assert build(folder) == Pages(task="demo_task.html")
    assert served(folder) == {"demo_task.html"} | EXTRA


def test_the_preview_is_served_under_a_name_of_its_own(folder):
    assert build(folder, preview_source=folder / "demo_preview.html") == Pages(
        "demo_task.html", "preview.html"
    )
    assert (folder / "public" / "preview.html").read_text() == "preview"


def test_no_extra_folder_is_needed(folder):
    build(folder, extra_source_dir=None)

    assert served(folder) == {"demo_task.html"}


def test_hidden_files_and_folders_are_left_out_with_a_warning(folder, caplog):
    (folder / "extra" / ".env").write_text("secret")
    (folder / "extra" / ".git").mkdir()
    (folder / "extra" / ".git" / "config").write_text("secret")
    build(folder)

    assert served(folder) == {"demo_task.html"} | EXTRA
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert ".env (hidden)" in caplog.text


@pytest.mark.parametrize("option", ["data_csv", "data_json", "data_jsonl"])
def test_the_data_of_the_task_is_left_out_with_a_warning(folder, caplog, option):
    data = folder / "extra" / "answers.txt"
    data.write_text("the answers")
    build(folder, **{option: data})

    assert served(folder) == {"demo_task.html"} | EXTRA
    assert "answers.txt (data of the task)" in caplog.text


def test_a_link_that_leads_outside_is_left_out_and_one_inside_is_followed(folder, caplog):
    (folder / "secret").mkdir()
    (folder / "secret" / "key").write_text("secret")
    (folder / "extra" / "outside.txt").symlink_to(folder / "secret" / "key")
    (folder / "extra" / "outside").symlink_to(folder / "secret")
    (folder / "extra" / "inside").symlink_to(folder / "extra" / "pictures")
    build(folder)

    assert served(folder) == {"demo_task.html", "inside/one.svg"} | EXTRA
    assert caplog.text.count("leads outside") == 2


def test_a_link_does_not_smuggle_out_what_is_hidden_or_data(folder):
    (folder / "extra" / ".env").write_text("secret")
    (folder / "extra" / "data.csv").write_text("secret")
    (folder / "extra" / "env.txt").symlink_to(folder / "extra" / ".env")
    (folder / "extra" / "data.txt").symlink_to(folder / "extra" / "data.csv")
    build(folder, data_csv=folder / "extra" / "data.csv")

    assert served(folder) == {"demo_task.html"} | EXTRA


def test_links_that_lead_nowhere_or_in_a_circle_are_left_out(folder):
    extra = folder / "extra"
    (extra / "nowhere").symlink_to(extra / "missing")
    (extra / "itself").symlink_to(extra / "itself")
    (extra / "pictures" / "up").symlink_to(extra)
    (extra / "a").mkdir()
    (extra / "b").mkdir()
    (extra / "a" / "b").symlink_to(extra / "b")
    (extra / "b" / "a").symlink_to(extra / "a")
    build(folder)

    assert served(folder) == {"demo_task.html"} | EXTRA


def test_a_folder_that_holds_the_template_itself_may_be_the_extra_folder(folder):
    (folder / "extra" / "demo_task.html").write_text("task in the folder")
    build(folder, task_source=folder / "extra" / "demo_task.html")

    assert (folder / "public" / "demo_task.html").read_text() == "task in the folder"


@pytest.mark.parametrize("name", ["demo_task.html", "Demo_Task.html"])
def test_an_extra_file_with_the_name_of_the_template_is_refused(folder, name):
    (folder / "extra" / name).write_text("another")
    with pytest.raises(MephistoError, match=r"Two files would be served as demo_task\.html"):
        build(folder)


def test_a_template_called_like_the_preview_is_refused(folder):
    (folder / "preview.html").write_text("the task")
    with pytest.raises(MephistoError, match=r"Two files would be served as preview\.html"):
        build(folder, task_source=folder / "preview.html", preview_source=folder / "demo_preview.html")
