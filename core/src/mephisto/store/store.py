"""The store: one database file, its one writer, and as many readers as there are threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from mephisto.instants import Time
from mephisto.store.file.database import open_database
from mephisto.store.file.recognition import FILE_NAME
from mephisto.store.ids import Ids
from mephisto.store.writer import Job, Lane, Result, Writer


class Store:
    """Opened on a data directory; `time` gives the instants of whatever is written."""

    def __init__(self, directory: Path, time: Time | None = None) -> None:
        self.directory = directory
        self.path = directory / FILE_NAME
        self.time = time or Time()
        self.now = self.time.now
        self.ids = Ids()
        self._engine = open_database(self.path)
        self._writer = Writer(self._engine)
        self.submit = self._writer.submit

    def write(self, job: Job[Result], lane: Lane = Lane.REST, patience: float | None = None) -> Result:
        """Run *job* in the writer's transaction and return its result once it is committed.

        Raises `StoreBusy` if that takes longer than *patience* seconds; the job may still be run later.
        """
        return self._writer.write(job, lane, patience)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading."""
        with self._engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Finish what is queued and close the file; safe to call twice."""
        self._writer.close()
        self._engine.dispose()
