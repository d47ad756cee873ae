"""What is to be done in a run, each as one row: columns, and what can be told without other objects."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self

from sqlalchemy import Connection, select

from mephisto.config import HIGHEST_REWARD
from mephisto.data_model.admitting import terms_of_run
from mephisto.data_model.base import Database, StoredObject
from mephisto.data_model.errors import EntryAlreadyExistsException, MephistoDBException
from mephisto.data_model.initialization_data import InitializationData
from mephisto.data_model.run_part import COLUMNS, RunPart
from mephisto.effects import AssignmentData
from mephisto.model import assignments, task_runs, units
from mephisto.status import DONE_UNITS, OFFERING_RUNS, UnitStatus
from mephisto.store import amending, json_text, offering, reserving
from mephisto.store.ids import made_at
from mephisto.store.rows import AnyRow

#: How long a run is waited for that shall free a unit, and how often it is looked at meanwhile.
_PATIENCE_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.02


class AssignmentRecord(RunPart):
    """One row of data."""

    subject = "assignment"
    rows = select(
        assignments.c.id,
        *COLUMNS,
        made_at(assignments.c.id).label("creation_date"),
    ).join_from(assignments, task_runs)

    creation_date: datetime

    def get_data_dir(self) -> str:
        """Return a folder for files of the assignment's own, below that of its run; it is made if there is none."""
        runs = self.db.store.directory / "runs"
        folder = runs / self.task_run_id / "assignments" / self.db_id
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder)

    def write_assignment_data(self, assignment_data: InitializationData) -> None:
        """Put another row of data, in `shared`, in place of the assignment's, as long as nobody was given that.

        Raises `MephistoError` if somebody was, and for what JSON does not know; nothing is written then.
        """
        if any(assignment_data.unit_data):
            raise MephistoDBException(
                f"The data of assignment {self.db_id} is not changed.",
                "All units of an assignment are given the same row, and unit_data has values for single ones.",
                "Put the values into shared.",
            )
        assignment_id, data = int(self.db_id), self._storable(assignment_data.shared)
        if not self.db.store.write(lambda connection: amending.change_data(connection, assignment_id, data)):
            raise MephistoDBException(
                f"The data of assignment {self.db_id} is not changed.",
                "A worker was given it already, and their answer is about that.",
                "Launch a run with the new row.",
            )

    def _storable(self, shared: Mapping[str, Any]) -> dict[str, Any]:
        try:
            data: dict[str, Any] = json_text.decode(json_text.encode(dict(shared)))
        except (TypeError, ValueError) as error:
            raise MephistoDBException(
                f"The data of assignment {self.db_id} is not changed.",
                str(error),
                "Give it values that JSON knows: text, numbers, True, False, None, lists and dicts.",
            ) from error
        return data


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

    @classmethod
    def new(cls, db: Database, assignment: StoredObject, index: int, pay_amount: float) -> Self:
        """Make one more unit of an assignment, with the number *index* and a pay in dollars, for one more worker.

        Raises `EntryAlreadyExistsException` if there is one of this number, and `MephistoError` if the run offers
        nothing more, the assignment is that of a screening or gold unit, or there is no such pay or number.
        """
        run_id, assignment_id = str(vars(assignment)["task_run_id"]), int(assignment.db_id)
        is_number = index in range(AssignmentData.MOST_UNITS)
        if not (is_number and 0 <= pay_amount <= HIGHEST_REWARD):
            raise MephistoDBException(
                f"There is no unit {index} for {pay_amount} dollars.",
                f"Numbers go from 0 to {AssignmentData.MOST_UNITS - 1}, and pay to {HIGHEST_REWARD} dollars.",
            )
        new_id, cents, window = db.store.ids.new(), round(pay_amount * 100), terms_of_run(db, run_id).window

        def job(connection: Connection) -> bool:
            if not amending.is_row(connection, assignment_id):
                raise MephistoDBException(
                    f"Assignment {assignment_id} gets no more units.",
                    "It is no row of the task's data, but that of a screening or gold unit.",
                    "Choose one whose unit has an unit_index from 0.",
                )
            if amending.has_unit(connection, assignment_id, index):
                raise EntryAlreadyExistsException(f"Assignment {assignment_id} has a unit {index} already.")
            return amending.add_unit(connection, new_id, assignment_id, index, cents, window)

        if not db.store.write(job):
            raise MephistoDBException(
                f"Assignment {assignment_id} gets no more units.",
                f"Its run {run_id} offers nothing more.",
                "Launch another run.",
            )
        return cls(db, new_id)

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

    def launch(self, task_url: str | None = None) -> None:
        """Put the unit on offer now, ahead of the window of its run; nothing happens if it is on offer already.

        *task_url* need not be given: the address is that of the run. Raises `MephistoError` if the unit is reserved,
        somebody works on it, or has, it is taken back, or its run offers nothing more; nothing is written then.
        """
        del task_url
        unit_id = int(self.db_id)

        def job(connection: Connection) -> AnyRow:
            reserving.offer_now(connection, unit_id)
            return reserving.standing(connection, unit_id)

        seen = self.db.store.write(job)
        self.db_status = seen.status
        if reason := self._why_not_offered(seen):
            raise MephistoDBException(f"Unit {self.db_id} is not put on offer.", *reason)

    def _why_not_offered(self, seen: AnyRow) -> tuple[str, str] | None:
        if seen.run_status not in OFFERING_RUNS:
            return f"Its run {self.task_run_id} offers nothing more.", "Launch another run."
        if seen.reserved_at is not None:
            return "A script has reserved it.", "task_run.clear_reservation(unit) gives it back."
        if seen.status == UnitStatus.ASSIGNED:
            return "Somebody works on it.", "unit.clear_assigned_agent() takes it from them."
        if seen.status != UnitStatus.LAUNCHED:
            return f"It is {seen.status}.", "Unit.new(...) lets one more worker do its row."
        return None

    def clear_assigned_agent(self) -> None:
        """Take the unit from who works on it, so that others can be given it; nothing happens if nobody does.

        Their time ends now: the run frees the unit at its next look, which is waited for. As with any answer that comes
        after its time, theirs counts if it comes while the unit is free. Raises `MephistoError` if the unit has an
        answer, and if its run does not free it within some seconds.
        """
        unit_id, store = int(self.db_id), self.db.store
        store.write(lambda connection: amending.end_time(connection, unit_id, store.now()))
        until = time.monotonic() + _PATIENCE_SECONDS
        while (status := self.get_db_status()) == UnitStatus.ASSIGNED and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
        self.db_status = status
        if status == UnitStatus.ASSIGNED:
            raise MephistoDBException(
                f"Unit {self.db_id} is not free yet.",
                f"The time of its worker is over, but no process looks after run {self.task_run_id}.",
                f"If the run has died, 'mephisto clean {self.task_run_id}' ends what is open of it.",
            )
        if status in DONE_UNITS:
            raise MephistoDBException(
                f"Unit {self.db_id} cannot be taken from its worker.",
                f"It is {status}: their answer is kept.",
                "Decide about the answer; Unit.new(...) lets one more worker do it.",
            )
        self.agent_id = self.worker_id = None
