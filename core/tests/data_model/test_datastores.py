"""What tools of a provider keep beside the database."""

from pathlib import Path

import pytest

from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.worker import Worker
from mephisto.errors import PluginNotFound
from mephisto.utils.db import EntryDoesNotExistException


def test_a_provider_has_a_folder_of_its_own_below_the_data_directory(db):
    folder = Path(db.get_db_path_for_provider("mock"))
    assert folder.is_dir()
    assert folder.parent.parent == Path(db.db_root)
    notes = folder / "notes.txt"
    db.write_text(notes, "mine")
    assert db.get_db_path_for_provider("mock") == str(folder)
    assert db.read_text(notes) == "mine"


def test_a_provider_that_is_not_installed_gets_no_folder(db):
    there = sorted(Path(db.db_root).iterdir())
    with pytest.raises(PluginNotFound, match="Did you mean 'mock'"):
        db.get_db_path_for_provider("mok")
    assert sorted(Path(db.db_root).iterdir()) == there


def test_an_object_is_found_again_at_the_database_object_that_it_was_put_at(db):
    assert not db.has_datastore_for_provider("mock")
    with pytest.raises(EntryDoesNotExistException, match=r"Call db\.set_datastore_for_provider\('mock'"):
        db.get_datastore_for_provider("mock")
    kept = object()
    db.set_datastore_for_provider("mock", kept)
    assert db.has_datastore_for_provider("mock")
    assert db.get_datastore_for_provider("mock") is kept
    other = LocalMephistoDB(db.db_root)
    assert not other.has_datastore_for_provider("mock")
    other.shutdown()


def test_no_object_is_kept_so_that_each_is_as_its_row_is(db):
    worker = db.find_workers()[0]
    assert db.cache_result(Worker, worker) is None
    assert db.optimized_load(Worker, worker.db_id, None) is None
    assert Worker.get(db, worker.db_id) is not worker
