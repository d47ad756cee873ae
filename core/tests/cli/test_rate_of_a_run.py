"""How fast a run goes is told of the units that its end waits for."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from mephisto.cli import cli
from mephisto.data_model.database import LocalMephistoDB
from mephisto.instants import SECOND
from mephisto.model import task_runs


@pytest.fixture
def crowd(tmp_path, new_crowd):
    """A crowd in the data directory that `mephisto` looks at."""
    db = LocalMephistoDB(tmp_path / "data")
    yield new_crowd(db, "rating", lambda number: {"text": str(number)}, lambda _: {"rating": "good"})
    db.shutdown()


@pytest.fixture
def launched(crowd):
    """A run of four units that was launched ten minutes ago."""
    terms = crowd.launch()
    began = crowd.store.now() - 600 * SECOND
    crowd.store.write(lambda connection: connection.execute(update(task_runs).values(created_at=began)))
    return terms


@pytest.fixture
def told(tmp_path):
    def told(words):
        environment = {"MEPHISTO_CONFIG_DIR": str(tmp_path), "MEPHISTO_DATA_DIR": str(tmp_path / "data")}
        return CliRunner().invoke(cli, words.split(), env=environment | {"COLUMNS": "140"}).stdout

    return told


def test_answers_to_screening_units_are_no_part_of_the_rate_which_says_so(crowd, launched, told):
    crowd.send(launched, crowd.screen(launched, "x", {"text": "An example"}), {"rating": "good"})
    shown = told("run latest")
    assert "Besides    1 screening or gold unit done" in shown
    assert "Rate       no unit of the data done in the last 5 minutes" in shown
    assert json.loads(told("run latest --json"))["units_per_hour"] == 0


def test_the_rate_says_what_it_counts_and_how_long_the_rest_takes(crowd, launched, told):
    crowd.send(launched, crowd.screen(launched, "x", {"text": "An example"}), {"rating": "good"})
    crowd.answer(launched, "x")
    crowd.answer(launched, "y")
    assert "Rate       24 units an hour, over the last 5 minutes; about 5 min to go" in told("run latest")
    assert json.loads(told("run latest --json"))["units_per_hour"] == 24
