"""Finished work of the example's task, as rows that the store's own functions wrote."""

import os
import select
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


class Terminal:
    """The example's script at a terminal: `seen` is what it has written since a line was entered.

    *moment* is how many seconds there are to take back the very last decision. If *is_piped*, what is written goes on
    through a pipe, to `tee` say.
    """

    def __init__(self, directory, moment, *, is_piped=False):
        import pty  # there are none on Windows

        self._ours, theirs = pty.openpty()
        # Whoever starts the tests may have told them to ignore SIGINT, which processes inherit.
        code = f"""if True:
            import runpy, signal
            from mephisto.tools import review_session
            review_session.LAST_SECONDS = {moment}
            signal.signal(signal.SIGINT, signal.default_int_handler)
            runpy.run_path({str(EXAMPLE)!r}, run_name='__main__')
        """
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=theirs,
            stdout=subprocess.PIPE if is_piped else theirs,
            stderr=theirs,
            env=os.environ | {"MEPHISTO_DATA_DIR": str(directory), "PYTHONUNBUFFERED": ""},
        )
        os.close(theirs)
        self._written = self.process.stdout.fileno() if is_piped else self._ours
        self.seen = ""

    def read_until(self, text):
        while text not in self.seen:
            assert select.select([self._written], [], [], 30)[0], self.seen
            self.seen += os.read(self._written, 4096).decode(errors="replace")

    def enter(self, line):
        self.seen = ""
        os.write(self._ours, f"{line}\n".encode(errors="surrogateescape"))

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
def terminal(finished, request):
    opened = Terminal(finished.store.directory, getattr(request, "param", 10))
    yield opened
    opened.close()


@pytest.fixture
def piped(finished):
    opened = Terminal(finished.store.directory, 60, is_piped=True)
    yield opened
    opened.close()
