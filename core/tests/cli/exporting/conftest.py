"""A task with answers, and exports of it."""

import pytest
from benchmarks.read_back import TASK, fill
from click.testing import CliRunner
from sqlalchemy import select, update

from exported_answers import OUTPUTS
from mephisto.cli import cli
from mephisto.model import submissions
from mephisto.store import Store


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A task with an answer for each of OUTPUTS."""
    folder = tmp_path / "data"
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(folder))
    store = Store(folder)
    monkeypatch.setattr("benchmarks.read_back.CHUNK", len(OUTPUTS))
    fill(store, len(OUTPUTS))

    def job(connection):
        ids = connection.execute(select(submissions.c.id).order_by(submissions.c.id)).scalars().all()
        for submission_id, outputs in zip(ids, OUTPUTS, strict=True):
            of_it = submissions.c.id == submission_id
            connection.execute(update(submissions).where(of_it).values(data=outputs))

    store.write(job)
    yield store
    store.close()


@pytest.fixture
def export(data, tmp_path):
    def run(*options, out="out.csv", exit_status=0):
        path = out if out == "-" else str(tmp_path / out)
        done = CliRunner().invoke(cli, ["export", TASK, "--out", path, *options])
        assert done.exit_code == exit_status, done.output
        return done

    run.folder = tmp_path
    return run
