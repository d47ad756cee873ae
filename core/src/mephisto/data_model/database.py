"""The database as run scripts know it."""

from pathlib import Path

from sqlalchemy import Connection, delete

from mephisto.data_model.base import as_id
from mephisto.data_model.errors import (
    EntryAlreadyExistsException,
    EntryDoesNotExistException,
    MephistoDBException,
)
from mephisto.data_model.finding import Finder
from mephisto.data_model.objects import Worker
from mephisto.data_model.qualification import Qualification
from mephisto.model import granted_qualifications
from mephisto.model import qualifications as qualification_rows
from mephisto.outbox.sender import Sender
from mephisto.settings import data_directory
from mephisto.store import Store, qualifications
from mephisto.store.current import current_store


class LocalMephistoDB(Finder):
    """The database below a data directory: the one given, or where this person's data is kept.

    It finds objects and rows, and writes what scripts write by hand.
    """

    def __init__(self, database_path: str | Path | None = None) -> None:
        """Open `mephisto.db` in the folder of *database_path*, a folder or a file in it; raises `StoreError`.

        In a callback of a run, the run's own database is shared, and stays open.
        """
        self.decisions = 0
        directory = data_directory() if database_path is None else _folder(Path(database_path))
        shared = current_store.get()
        self._is_shared = shared is not None and _is_same(shared.directory, directory)
        self.store = shared if shared is not None and self._is_shared else Store(directory.absolute())
        self.outbox = Sender(self.store)

    def shutdown(self) -> None:
        """Finish what is being written and close the file."""
        if not self._is_shared:
            self.store.close()

    def make_qualification(self, qualification_name: str, description: str | None = None) -> str:
        """Make a qualification and return its id; raise `EntryAlreadyExistsException` if there is one of this name."""
        if not qualification_name:
            raise MephistoDBException("A qualification has a name.")
        new_id, now = self.store.ids.new(), self.store.now()

        def job(connection: Connection) -> int:
            return qualifications.qualification_id(
                connection, new_id, qualification_name, description or "", now
            )

        if self.store.write(job) != new_id:
            raise EntryAlreadyExistsException(f"There is a qualification {qualification_name!r} already.")
        return str(new_id)

    def delete_qualification(self, qualification_name: str) -> None:
        """Delete a qualification, and take it from all who hold it; raise `EntryDoesNotExistException`."""

        def job(connection: Connection) -> bool:
            found = qualifications.find(connection, qualification_name)
            if found is None:
                return False
            held = granted_qualifications.c.qualification_id == found
            connection.execute(delete(granted_qualifications).where(held))
            connection.execute(delete(qualification_rows).where(qualification_rows.c.id == found))
            return True

        if not self.store.write(job):
            raise EntryDoesNotExistException(f"There is no qualification {qualification_name!r}.")

    def grant_qualification(self, qualification_id: str, worker_id: str, value: int = 1) -> None:
        """Let a worker hold a qualification with *value*; raise `EntryDoesNotExistException` for unknown ids."""
        name = Qualification(self, qualification_id).qualification_name
        Worker(self, worker_id).grant_qualification(name, value)

    def revoke_qualification(self, qualification_id: str, worker_id: str) -> bool:
        """Take a qualification from a worker; False if they did not hold it."""

        def job(connection: Connection) -> bool:
            return qualifications.revoke(connection, as_id(worker_id), as_id(qualification_id))

        return self.store.write(job)


def _folder(path: Path) -> Path:
    return path.parent if path.suffix == ".db" else path


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
