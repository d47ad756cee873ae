"""A dry run leaves its first page behind; what those of other days left is taken away."""

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

DAY = 24 * 3600


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def left(folder, name, age):
    path = folder / name
    (path / "site").mkdir(parents=True)
    os.utime(path, (time.time() - age,) * 2)
    return path


def dry_run(researcher, *words):
    """Return what a dry run printed, and its first page."""
    answer = researcher.launch("conf=example", "--dry-run", *words)
    assert answer.status == 0, answer.text
    return answer.text, Path(answer.text.rpartition("First page   ")[2].strip())


def test_the_page_of_each_dry_run_is_kept_for_a_day(researcher, temporary):
    old = left(temporary, "mephisto-dry-run-old", DAY + 60)
    recent = left(temporary, "mephisto-dry-run-recent", DAY - 60)
    _, first = dry_run(researcher)
    _, second = dry_run(researcher)
    assert not old.exists()
    assert recent.is_dir()
    assert first.is_file()
    assert second.is_file()


def test_what_is_no_folder_of_a_dry_run_of_ones_own_is_left_alone(researcher, temporary):
    target = left(temporary, "precious", 2 * DAY)
    link = temporary / "mephisto-dry-run-link"
    link.symlink_to(target)
    if os.utime in os.supports_follow_symlinks:
        os.utime(link, (0, 0), follow_symlinks=False)
    file = temporary / "mephisto-dry-run-file"
    file.write_text("mine")
    os.utime(file, (0, 0))
    kept = [target / "site", link, file]
    if hasattr(os, "getuid") and os.getuid() == 0:
        kept.append(left(temporary, "mephisto-dry-run-of-another", 2 * DAY))
        os.chown(kept[-1], 65534, 65534)
    dry_run(researcher)
    assert [path for path in kept if not path.exists()] == []


def test_what_cannot_be_deleted_does_no_harm_and_is_told_to_who_looks_closer(
    researcher, temporary, monkeypatch
):
    old = left(temporary, "mephisto-dry-run-old", 2 * DAY)
    delete = shutil.rmtree

    def refuse(path, *rest, **options):
        if Path(path) == old:
            raise PermissionError(13, "Permission denied", str(path))
        delete(path, *rest, **options)

    monkeypatch.setattr(shutil, "rmtree", refuse)
    assert str(old) not in dry_run(researcher)[0]
    told, _ = dry_run(researcher, "mephisto.log_level=debug")
    assert f"[DEBUG] - {old}, of an earlier dry run, could not be deleted." in told
    assert "Permission denied" in told
