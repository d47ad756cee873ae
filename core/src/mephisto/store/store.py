"""The store: one database file, its one writer, and as many readers as there are threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine

from mephisto.errors import StoreError
from mephisto.instants import Time
from mephisto.store.file.database import open_database
from mephisto.store.file.recognition import FILE_NAME
from mephisto.store.ids import Ids
from mephisto.store.pending import Pending
from mephisto.store.writer import Job, Lane, Result, Writer


@dataclass(frozen=True)
class _Opened:
    engine: Engine
    writer: Writer


class Store:
    """Opened on a data directory; `time` gives the instants of whatever is written.

    The database is opened when it is first read or written, and made if there is none, so that what is refused before
    leaves nothing behind. Either raises `StoreError` if it cannot be used.
    """

    def __init__(self, directory: Path, time: Time | None = None) -> None:
        self.directory = directory
        self.path = directory / FILE_NAME
        self.time = time or Time()
        self.now = self.time.now
        self.ids = Ids()
        self._opening = threading.Lock()
        self._opened: _Opened | None = None
        self._is_closed = False

    def open(self) -> Self:
        """Open the database now, making it if there is none."""
        self._open()
        return self

    @property
    def is_made(self) -> bool:
        """Whether there is a database yet; where one may not look, there may be."""
        try:
            return self._opened is not None or self.path.exists()
        except PermissionError:
            return True

    @property
    def writing(self) -> threading.Thread:
        """The thread on which all jobs are run."""
        return (self._opened or self._open()).writer.thread

    def submit(self, job: Job[Result], lane: Lane = Lane.REST) -> Pending[Result]:
        """Queue *job* for the writer; it is settled once it is committed. Raises `StoreBusy` if too much waits."""
        return (self._opened or self._open()).writer.submit(job, lane)

    def write(self, job: Job[Result], lane: Lane = Lane.REST, patience: float | None = None) -> Result:
        """Run *job* in the writer's transaction and return its result once it is committed.

        Raises `StoreBusy` if that takes longer than *patience* seconds; the job may still be run later.
        """
        return (self._opened or self._open()).writer.write(job, lane, patience)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading."""
        with (self._opened or self._open()).engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Finish what is queued and close the file; safe to call twice."""
        with self._opening:
            self._is_closed = True
            opened = self._opened
        if opened is not None:
            opened.writer.close()
            opened.engine.dispose()

    def _open(self) -> _Opened:
        with self._opening:
            if self._opened is None:
                if self._is_closed:
                    raise StoreError("The database is closed.")
                engine = open_database(self.path)
                self._opened = _Opened(engine, Writer(engine))
            return self._opened
