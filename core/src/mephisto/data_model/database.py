"""The database as run scripts know it."""

from pathlib import Path

from sqlalchemy import Connection, delete

from mephisto.data_model.accounts import account_options, register_account
from mephisto.data_model.amending import Amender
from mephisto.data_model.blobs import Blobs
from mephisto.data_model.datastores import Datastores
from mephisto.data_model.errors import (
    EntryAlreadyExistsException,
    EntryDoesNotExistException,
    MephistoDBException,
)
from mephisto.data_model.objects import Task, Worker
from mephisto.data_model.project import NO_PROJECT, Project
from mephisto.data_model.qualification import Qualification
from mephisto.data_model.texts import check_name
from mephisto.model import granted_qualifications
from mephisto.model import qualifications as qualification_rows
from mephisto.outbox.sender import Sender
from mephisto.plugins.loading import find
from mephisto.settings import data_directory
from mephisto.store import Store, people, qualifications, tasks
from mephisto.store.current import current_store


class LocalMephistoDB(Amender, Blobs, Datastores):
    """The database below a data directory: the one given, or where this person's data is kept.

    It finds objects and rows, and writes what scripts write by hand.
    """

    def __init__(self, database_path: str | Path | None = None) -> None:
        """Use `mephisto.db` in the folder of *database_path*, a folder or a file in it.

        It is opened when it is first asked for something, which raises `StoreError` if it cannot be used. In a
        callback of a run, the run's own database is shared, and stays open.
        """
        self.changes = 0
        directory = data_directory() if database_path is None else _folder(Path(database_path))
        shared = current_store.get()
        self._is_shared = shared is not None and _is_same(shared.directory, directory)
        self.store = shared if shared is not None and self._is_shared else Store(directory.absolute())
        self.outbox = Sender(self.store)
        self._datastores = {}

    def shutdown(self) -> None:
        """Finish what is being written and close the file."""
        if not self._is_shared:
            self.store.close()

    def new_project(self, project_name: str) -> str:
        """Make a project and return its id; raise `EntryAlreadyExistsException` if there is one of this name."""
        check_name("project", project_name)
        if project_name == NO_PROJECT:
            raise MephistoDBException(
                f"A project cannot be called {project_name!r}.", "That stands for having no project."
            )
        new_id, now = self.store.ids.new(), self.store.now()
        if not self.store.write(lambda connection: tasks.add_project(connection, new_id, project_name, now)):
            raise EntryAlreadyExistsException(f"There is a project {project_name!r} already.")
        return str(new_id)

    def new_task(self, task_name: str, task_type: str, project_id: str | None = None) -> str:
        """Make a task before its first launch, in a project if one is given, and return its id; as `Task.new`."""
        project = None if project_id is None else Project(self, project_id)
        task = Task.new(self, task_name, task_type)
        if project is not None:
            task.set_project(project)
        return task.db_id

    def update_task(self, task_id: str, task_name: str | None = None, project_id: str | None = None) -> None:
        """Rename a task, or put it into a project, before its first run.

        Raises `MephistoError` once it has runs, and for a name that is taken, and for unknown ids.
        """
        task = Task(self, task_id)
        project = None if project_id is None else Project(self, project_id)
        if task_name is not None:
            check_name("task", task_name)

        def job(connection: Connection) -> None:
            if tasks.has_runs(connection, int(task.db_id)):
                raise MephistoDBException(
                    f"The task {task.task_name!r} cannot be changed.",
                    "It has runs, which are known by its name.",
                    "Give the next runs another task_name; task.set_project(...) works at any time.",
                )
            if task_name is not None and not tasks.rename(connection, int(task.db_id), task_name):
                raise EntryAlreadyExistsException(f"There is a task {task_name!r} already.")
            if project is not None:
                tasks.put_into(connection, int(task.db_id), int(project.db_id))

        self.store.write(job)

    def new_requester(self, requester_name: str, provider_type: str) -> str:
        """Register an account of which the provider asks for nothing but a name, and return its id.

        Raises `EntryAlreadyExistsException` if there is one, and `ChecksFailed` with what the provider says against
        it, or asks for; `mephisto register` takes that.
        """
        check_name("requester", requester_name)
        if self.find_requesters(requester_name, provider_type):
            raise EntryAlreadyExistsException(
                f"There is an account {requester_name!r} of {provider_type} already."
            )
        config = account_options(provider_type, {"name": requester_name})
        return register_account(self.store, provider_type, config)

    def new_worker(self, worker_name: str, provider_type: str) -> str:
        """Make a worker who has not come yet, and return the id; raise `EntryAlreadyExistsException` if there is one.

        Raises `PluginNotFound` for a provider that is not installed.
        """
        check_name("worker", worker_name)
        find("provider", provider_type)
        new_id, now = self.store.ids.new(), self.store.now()

        def job(connection: Connection) -> int:
            return people.worker_id(connection, new_id, provider_type, worker_name, now)

        if self.store.write(job) != new_id:
            raise EntryAlreadyExistsException(
                f"There is a worker {worker_name!r} of {provider_type} already."
            )
        return str(new_id)

    def make_qualification(self, qualification_name: str, description: str | None = None) -> str:
        """Make a qualification and return its id; raise `EntryAlreadyExistsException` if there is one of this name."""
        check_name("qualification", qualification_name)
        new_id, now = self.store.ids.new(), self.store.now()

        def job(connection: Connection) -> int:
            return qualifications.qualification_id(
                connection, new_id, qualification_name, description or "", now
            )

        if self.store.write(job) != new_id:
            raise EntryAlreadyExistsException(f"There is a qualification {qualification_name!r} already.")
        return str(new_id)

    def update_qualification(self, qualification_id: str, name: str, description: str | None = None) -> None:
        """Rename a qualification, and describe it anew if *description* is given.

        Raises `MephistoError` for an unknown id, and for a name that is taken.
        """
        qualification = Qualification(self, qualification_id)
        check_name("qualification", name)

        def job(connection: Connection) -> bool:
            return qualifications.rename(connection, int(qualification.db_id), name, description)

        if not self.store.write(job):
            raise EntryAlreadyExistsException(f"There is a qualification {name!r} already.")

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
        """Take a qualification from a worker; False if they did not hold it; raise `EntryDoesNotExistException`."""
        name = Qualification(self, qualification_id).qualification_name
        return Worker(self, worker_id).revoke_qualification(name)


def _folder(path: Path) -> Path:
    return path.parent if path.suffix == ".db" else path


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
