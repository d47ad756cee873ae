"""Workers, each as one row: their name, and the qualifications they hold."""

from datetime import datetime

from sqlalchemy import Connection, select

from mephisto.data_model.base import StoredObject
from mephisto.data_model.errors import EntryDoesNotExistException, MephistoDBException
from mephisto.data_model.qualification import GrantedQualification
from mephisto.model import workers
from mephisto.store import qualifications


class WorkerRecord(StoredObject):
    """A person, under the name that a provider knows."""

    subject = "worker"
    rows = select(
        workers.c.id,
        workers.c.name.label("worker_name"),
        workers.c.provider.label("provider_type"),
        workers.c.created_at.label("creation_date"),
    )

    worker_name: str
    provider_type: str
    creation_date: datetime

    def get_granted_qualification(self, qualification_name: str) -> GrantedQualification | None:
        """Return what the worker holds of a qualification, None if nothing."""
        granted = GrantedQualification.find(
            self.db, worker_id=self.db_id, qualification_name=qualification_name
        )
        return granted[0] if granted else None

    def is_qualified(self, qualification_name: str) -> bool:
        """Say whether the worker holds a qualification with a value other than 0."""
        granted = self.get_granted_qualification(qualification_name)
        return granted is not None and bool(granted.value)

    def is_disqualified(self, qualification_name: str) -> bool:
        """Say whether the worker holds a qualification with the value 0."""
        granted = self.get_granted_qualification(qualification_name)
        return granted is not None and not granted.value

    def grant_qualification(
        self,
        qualification_name: str,
        value: int = 1,
        skip_crowd: bool = False,  # noqa: ARG002 - no provider keeps qualifications yet
    ) -> bool:
        """Let the worker hold a qualification with *value*; raise `EntryDoesNotExistException` if it was not made."""
        if not isinstance(value, int):
            raise MephistoDBException(
                f"{qualification_name!r} cannot be granted with {value!r}.",
                "The value of a qualification is a whole number.",
            )
        store, worker_id = self.db.store, int(self.db_id)
        new_id, now = store.ids.new(), store.now()

        def job(connection: Connection) -> bool:
            qualification = qualifications.find(connection, qualification_name)
            if qualification is not None:
                qualifications.grant(connection, new_id, worker_id, qualification, int(value), now)
            return qualification is not None

        if not store.write(job):
            raise EntryDoesNotExistException(
                f"There is no qualification {qualification_name!r}.",
                "It is made before it is granted.",
                f"Call db.make_qualification({qualification_name!r}), or find_or_create_qualification.",
            )
        return True

    def revoke_qualification(
        self,
        qualification_name: str,
        skip_crowd: bool = False,  # noqa: ARG002 - as in grant_qualification
    ) -> bool:
        """Take a qualification from the worker; False if they did not hold it."""
        worker_id = int(self.db_id)

        def job(connection: Connection) -> bool:
            qualification = qualifications.find(connection, qualification_name)
            return qualification is not None and qualifications.revoke(connection, worker_id, qualification)

        return self.db.store.write(job)

    def bonus_worker(self, amount: float, reason: str, unit: StoredObject | None = None) -> tuple[bool, str]:
        """Pay more than was promised. Raises `MephistoError`: bonuses cannot be paid yet."""
        about = "" if unit is None else f" for unit {unit.db_id}"
        raise MephistoDBException(
            f"Worker {self.worker_name} was not paid a bonus of {amount}{about} ({reason}).",
            "Bonuses cannot be paid yet; nothing was written.",
            "Pay it where the worker was recruited.",
        )

    def block_worker(
        self, reason: str, unit: StoredObject | None = None, requester: object = None
    ) -> tuple[bool, str]:
        """Let the worker do nothing more. Raises `MephistoError`: workers cannot be blocked yet."""
        del unit, requester
        raise MephistoDBException(
            f"Worker {self.worker_name} was not blocked ({reason}).",
            "Workers cannot be blocked yet; nothing was written.",
            "Grant a qualification that your task names as its block_qualification.",
        )

    def unblock_worker(self, reason: str, requester: object = None) -> bool:
        """Take a block back. Raises `MephistoError`: workers cannot be blocked yet."""
        del requester
        raise MephistoDBException(
            f"Worker {self.worker_name} was not unblocked ({reason}).", "Workers cannot be blocked yet."
        )

    def is_blocked(self, requester: object = None) -> bool:
        """Say whether the worker is blocked, which nobody can be yet."""
        del requester
        return False
