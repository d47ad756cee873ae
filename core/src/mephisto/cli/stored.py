"""What commands that only look have in common: the database opened for reading, and how a run's row is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Connection

from mephisto.errors import NotFound
from mephisto.instants import SECOND, local_text, span_text
from mephisto.nearest import did_you_mean
from mephisto.settings import data_directory
from mephisto.status import UNFINISHED_RUNS, RunStatus
from mephisto.store import overview
from mephisto.store.file.recognition import FILE_NAME
from mephisto.store.processes import is_alive
from mephisto.store.reading import reading
from mephisto.store.rows import AnyRow


@contextmanager
def looking() -> Iterator[tuple[Path, Connection | None]]:
    """Give the data directory, and a connection to its database that only reads; None if there is none yet."""
    directory = data_directory()
    with reading(directory) as connection:
        yield directory, connection


def refuse_unknown_task(task: str, connection: Connection | None) -> Connection:
    """Raise `NotFound`, naming those there are, if there is no task of this name; else return the connection."""
    known = [] if connection is None else overview.task_names(connection)
    if connection is None or task not in known:
        raise NotFound(
            f"There is no task {task!r}.{did_you_mean(task, known)}",
            f"Tasks: {', '.join(known) or 'none yet'}.",
            "'mephisto tasks' lists them.",
        )
    return connection


def say_nothing_is_stored(directory: Path, what: str) -> None:
    """Say calmly that there are none of *what* since there is no database."""
    click.echo(f"No {what} yet: there is no {directory / FILE_NAME}.\nThe first launch makes it.")


def status_of(run: AnyRow, now: int) -> str:
    """Return a run's status; an unfinished run whose process is gone has died, whether or not a row says so."""
    gone = run.status in UNFINISHED_RUNS and not is_alive(run, now)
    return str(RunStatus.DIED if gone else run.status)


def iso_text(instant: int | None) -> str | None:
    """Write *instant* for programs."""
    return None if instant is None else datetime.fromtimestamp(instant / SECOND, UTC).isoformat()


def ago_text(instant: int, now: int) -> str:
    """Write *instant* for people: when, and how long ago that is."""
    return f"{local_text(instant)} ({span_text(now - instant)} ago)"
