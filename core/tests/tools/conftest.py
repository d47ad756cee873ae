"""Finished work of the example's task, as rows that the store's own functions wrote."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mephisto.data_model.database import LocalMephistoDB

TASK = "html-static-task-example"
EXAMPLE = Path(__file__).parents[3] / "examples" / "simple_static_task" / "examine_results.py"


@pytest.fixture
def db(tmp_path):
    opened = LocalMephistoDB(tmp_path / "data")
    yield opened
    opened.shutdown()


@pytest.fixture
def crowd(db, new_crowd):
    def row(number):
        return {
            "character_name": f"Loaded Character {number}",
            "character_description": "I'm a character loaded from Mephisto!",
        }

    return new_crowd(db, TASK, row, lambda _: {"rating": "passable"})


@pytest.fixture
def finished(db, crowd):
    """The tutorial's task: two rows, two workers each; x and y did both."""
    terms = crowd.launch()
    for worker in ("x", "x", "y", "y"):
        crowd.answer(terms, worker)
    return db


@pytest.fixture
def examine(db):
    """Run the example's script as a process, with lines piped in; return it finished."""

    def run(*lines, script=EXAMPLE):
        return subprocess.run(
            [sys.executable, str(script)],
            input="".join(f"{line}\n" for line in lines),
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            env=os.environ
            | {
                "MEPHISTO_DATA_DIR": str(db.store.directory),
                "PYTHONIOENCODING": "utf-8",
                "PYTHONWARNINGS": "error",
            },
        )

    return run
