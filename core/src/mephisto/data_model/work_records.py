"""What is to be done in a run, each as one row: columns, and what can be told without other objects."""

from datetime import datetime

from sqlalchemy import Connection, select

from mephisto.data_model.admitting import terms_of_run
from mephisto.data_model.errors import MephistoDBException
from mephisto.data_model.run_part import COLUMNS, RunPart
from mephisto.model import assignments, task_runs, units
from mephisto.status import UnitStatus
from mephisto.store import offering
from mephisto.store.ids import made_at


class AssignmentRecord(RunPart):
    """One row of data."""

    subject = "assignment"
    rows = select(
        assignments.c.id,
        *COLUMNS,
        made_at(assignments.c.id).label("creation_date"),
    ).join_from(assignments, task_runs)

    creation_date: datetime


class UnitRecord(RunPart):
    """One place for one worker on an assignment."""

    subject = "unit"
    rows = select(
        units.c.id,
        units.c.assignment_id,
        *COLUMNS,
        units.c.agent_id,
        units.c.worker_id,
        units.c.unit_index,
        units.c.status.label("db_status"),
        units.c.pay_cents.label("pay_amount"),
        made_at(units.c.id).label("creation_date"),
    ).join_from(units, task_runs)

    assignment_id: str
    agent_id: str | None
    worker_id: str | None
    unit_index: int
    db_status: str
    pay_amount: float
    creation_date: datetime

    def get_status(self) -> str:
        """Return the status as it stands now."""
        return self.get_db_status()

    def get_db_status(self) -> str:
        """Return the status as it stands now."""
        query = select(units.c.status).where(units.c.id == int(self.db_id))
        with self.db.store.read() as connection:
            status: str = connection.execute(query).scalar_one()
        return status

    def sync_status(self) -> None:
        """Let `db_status` be the status as it stands now."""
        self.db_status = self.get_db_status()

    def get_pay_amount(self) -> float:
        """Return the pay in dollars."""
        return self.pay_amount

    def is_expired(self) -> bool:
        """Say whether the unit is taken back, as it stands now."""
        return self.get_db_status() == UnitStatus.EXPIRED

    def expire(self) -> float:
        """Take the unit back, so that nobody is given it any more; return after how many seconds that holds: 0.

        Raises `MephistoError` if somebody works on it, or has; nothing is written then.
        """
        unit_id, window = int(self.db_id), terms_of_run(self.db, self.task_run_id).window

        def job(connection: Connection) -> bool:
            return offering.take_back(connection, unit_id, window)

        is_taken = self.db.store.write(job)
        self.sync_status()
        if not is_taken and self.db_status != UnitStatus.EXPIRED:
            raise MephistoDBException(
                f"Unit {self.db_id} cannot be taken back.",
                f"It is {self.db_status}: somebody works on it, or has.",
            )
        return 0.0
