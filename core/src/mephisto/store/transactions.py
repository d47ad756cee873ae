"""The writer's transactions on SQLite: group commit, a savepoint for each job, and what happens when one fails."""

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from mephisto.errors import StoreError
from mephisto.store.file.failures import in_sentences, is_locked

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Job = Callable[[Connection], Result]


@dataclass(frozen=True)
class Outcome:
    """What became of a job: its result, committed, or its error; and how long it ran."""

    result: Any = None
    error: BaseException | None = None
    seconds: float = 0.0


class Transactions:
    """The one connection that writes; it is replaced when it breaks.

    A batch is one transaction with a savepoint for each job. A job that violates a constraint rolls back to its
    savepoint and fails alone. Any other failure rolls the batch back, and each of its jobs is run again alone.
    """

    def __init__(self, engine: Engine, *, give_up: Callable[[], bool]) -> None:
        """Write through *engine*; `give_up` is asked whenever others have held the file for long."""
        self._engine = engine
        self._path = Path(engine.url.database or "")
        self._give_up = give_up
        self._connection: Connection | None = None
        self._runs_a_job = False

    def run(self, jobs: Sequence[Job[Any]]) -> list[Outcome]:
        """Run *jobs* and return what became of each, once that is committed."""
        try:
            connection, driver = self._begin()
        except (sqlite3.Error, SQLAlchemyError) as error:
            if not is_locked(error):
                self.close()
            return [Outcome(error=in_sentences(error, self._path)) for _ in jobs]
        try:
            return self._transaction(connection, driver, jobs)
        except BaseException as error:  # noqa: BLE001 - an exit raised in a job, too, belongs to those who wait for it
            self._roll_back()
            if len(jobs) == 1:
                return [Outcome(error=in_sentences(error, self._path))]
        return [self.run([job])[0] for job in jobs]

    def close(self) -> None:
        """Close the connection; a transaction that is open is rolled back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error, SQLAlchemyError):
                connection.detach()  # it may write: the pool's connections may not
            with suppress(sqlite3.Error, SQLAlchemyError):
                connection.close()

    def _begin(self) -> tuple[Connection, sqlite3.Connection]:
        connection = self._connection or self._connect()
        # The driver's own connection: control statements need no translation.
        driver = cast("sqlite3.Connection", connection.connection.driver_connection)
        waited_since = time.monotonic()
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not is_locked(error) or self._give_up():
                    raise
            else:
                return connection, driver
            waited = time.monotonic() - waited_since
            logger.warning(
                "Another program has kept %s locked for %.0f s; writing waits.", self._path, waited
            )

    def _connect(self) -> Connection:
        connection = self._connection = self._engine.connect()
        connection.exec_driver_sql("PRAGMA query_only = OFF")
        event.listen(connection, "commit", self._keep_open)
        event.listen(connection, "rollback", self._keep_open)
        return connection

    def _keep_open(self, _: Connection) -> None:
        if self._runs_a_job:
            raise StoreError("A job may not commit or roll back: others share its transaction.")

    def _transaction(
        self, connection: Connection, driver: sqlite3.Connection, jobs: Sequence[Job[Any]]
    ) -> list[Outcome]:
        outcomes = []
        for job in jobs:
            started = time.monotonic()
            result, violation = None, None
            driver.execute("SAVEPOINT job")
            try:
                self._runs_a_job = True
                result = job(connection)
            except IntegrityError as error:
                driver.execute("ROLLBACK TO job")
                violation = error
            finally:
                self._runs_a_job = False
            driver.execute("RELEASE job")
            outcomes.append(Outcome(result, violation, time.monotonic() - started))
        driver.execute("COMMIT")
        return outcomes

    def _roll_back(self) -> None:
        if self._connection is None:
            return
        try:
            self._connection.rollback()  # what SQLAlchemy thinks is open
            driver = cast("sqlite3.Connection", self._connection.connection.driver_connection)
            if driver.in_transaction:
                driver.execute("ROLLBACK")
        except (sqlite3.Error, SQLAlchemyError) as error:
            logger.warning("The connection to %s broke and is made anew: %s", self._path, error)
            self.close()
