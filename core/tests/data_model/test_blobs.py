"""Files that scripts keep below the data directory."""

import sys
from pathlib import Path

import pytest

from mephisto.errors import MephistoError
from mephisto.utils.db import EntryDoesNotExistException


def test_text_and_dicts_are_read_as_they_were_written(db):
    notes, scores = f"{db.db_root}/mine/notes.txt", Path(db.db_root, "mine", "scores.json")
    assert not db.key_exists(notes)
    db.write_text(notes, "first")
    db.write_text(notes, "a\r\nü\n")
    db.write_dict(scores, {"x": [1, None], "ü": 0.5})
    assert db.key_exists(notes)
    assert db.read_text(notes) == "a\r\nü\n"
    assert db.read_dict(scores) == {"x": [1, None], "ü": 0.5}
    assert sorted(path.name for path in scores.parent.iterdir()) == ["notes.txt", "scores.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="has no such modes")
def test_who_may_read_the_database_may_read_them(db):
    notes = Path(db.db_root, "mine", "notes.txt")
    db.write_text(notes, "first")
    assert notes.stat().st_mode == db.store.path.stat().st_mode


def test_what_is_not_there_or_cannot_be_written_is_an_error_and_leaves_nothing(db):
    with pytest.raises(EntryDoesNotExistException, match="There is no file"):
        db.read_text(f"{db.db_root}/mine/notes.txt")
    with pytest.raises(TypeError):
        db.write_dict(f"{db.db_root}/mine.json", {"x": object()})
    with pytest.raises(UnicodeEncodeError):
        db.write_text(f"{db.db_root}/mine.txt", "\udc80")
    assert [path for path in Path(db.db_root).iterdir() if "mine" in path.name or path.name[0] == "."] == []


@pytest.mark.parametrize("path", ["{root}", "{root}/../elsewhere.txt", "/elsewhere.txt", "{root}-more/x.txt"])
def test_a_path_outside_is_refused(db, path):
    place = path.format(root=db.db_root)
    for use in (db.read_text, db.key_exists, lambda place: db.write_text(place, "x")):
        with pytest.raises(MephistoError, match=r"Begin the path with db\.db_root"):
            use(place)


@pytest.mark.parametrize("name", ["mephisto.db", "mephisto.db-wal", "mine/../mephisto.db"])
def test_the_database_is_written_by_the_database_alone(db, name):
    with pytest.raises(MephistoError, match="belongs to the database"):
        db.write_text(f"{db.db_root}/{name}", "x")
    assert db.find_units()


def test_a_link_leads_nowhere_else(db, tmp_path):
    (Path(db.db_root) / "out").symlink_to(tmp_path)
    with pytest.raises(MephistoError, match="is not below the data directory"):
        db.write_text(f"{db.db_root}/out/x.txt", "x")
