"""Workers, each as one row: their name, the qualifications they hold, and what is decided about them."""

import logging
import math

from sqlalchemy import Connection, select

from mephisto.data_model import texts
from mephisto.data_model.admitting import lets_in
from mephisto.data_model.base import LARGEST, StoredObject, is_storable
from mephisto.data_model.deciding import (
    Account,
    Act,
    Told,
    account_of_run,
    account_of_worker,
    perform,
    serves,
)
from mephisto.data_model.errors import EntryDoesNotExistException, MephistoDBException
from mephisto.data_model.person_record import PersonRecord, rows_of
from mephisto.data_model.qualification import GrantedQualification
from mephisto.model import agents, requesters, workers
from mephisto.store import blocks, decisions

logger = logging.getLogger(__name__)


class WorkerRecord(PersonRecord):
    """A person, under the name that a provider knows."""

    subject = "worker"
    rows = rows_of(workers, "worker_name")

    worker_name: str

    @staticmethod
    def register() -> None:
        """Leave everything as it is: a worker is registered as soon as their row is there."""

    def is_eligible(self, task_run: StoredObject) -> bool:
        """Say whether a run lets the worker in now: it goes on, and neither a block nor a limit keeps them out.

        The qualifications that only the run's script knows are not asked for; `worker_is_qualified` does that.
        """
        return lets_in(self.db, task_run.db_id, self.db_id, self.provider_type)

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

    def grant_qualification(self, qualification_name: str, value: int = 1, skip_crowd: bool = False) -> bool:
        """Let the worker hold a qualification with *value*; raise `EntryDoesNotExistException` if it was not made.

        The provider is told, where it keeps qualifications, unless *skip_crowd*; False if that failed.
        """
        return not self.grant(qualification_name, value, skip_crowd=skip_crowd).failure

    def revoke_qualification(self, qualification_name: str, skip_crowd: bool = False) -> bool:
        """Take a qualification from the worker; False if they did not hold it, or telling the provider failed."""
        told = self.revoke(qualification_name, skip_crowd=skip_crowd)
        return told.result and not told.failure

    def bonus_worker(
        self, amount: float | str, reason: str, unit: StoredObject | None = None
    ) -> tuple[bool, str]:
        """Pay *amount* dollars more, for *unit* if one is given; say whether that worked, and else why not.

        It is told with the worker's own newest attempt at the unit, whoever else did it since. Nothing is written
        where the provider pays no bonuses. Raises `MephistoError` if there is no such bonus, or no such attempt.
        """
        account, dollars = self._account(unit, None), dollars_of(amount)
        refusal = self.refused_bonus(account)
        if refusal:
            return False, refusal
        agent_id = None if unit is None else self._attempt_at(unit, "was not paid a bonus for")
        failure = self.pay(dollars, reason, account, agent_id).failure
        return not failure, failure

    def send_feedback_message(self, text: str, unit: StoredObject) -> bool:
        """Send the worker a message about *unit*, on which they worked; say whether the provider has taken it.

        False, which the log explains, where it carries no messages, and nothing is written; and where it failed.
        Called again, it is another message. Raises `MephistoError` if *text* is empty, or cannot be stored, and if they
        never worked on the unit.
        """
        why = texts.why_not(text) or ("" if text.strip() else "It is empty.")
        if why:
            raise MephistoDBException(
                f"Worker {self.worker_name} was not sent a message.", why, "Say something in plain text."
            )
        agent_id, account = self._attempt_at(unit, "was not sent a message about"), self._account(unit, None)
        if account is None or not serves(self.db, account, "message"):
            failure = f"The provider {self.provider_type!r} carries no messages."
        else:
            failure = self.send(text, account, agent_id).failure
        if failure:
            logger.warning("Worker %s has not got the message. %s", self.worker_name, failure)
        return not failure

    def block_worker(
        self, reason: str, unit: StoredObject | None = None, requester: StoredObject | None = None
    ) -> tuple[bool, str]:
        """Keep the worker from all tasks of an account: *requester*, that of *unit*, or else all of the provider.

        The provider is told, where it keeps blocks; says whether that worked, and else why not.
        """
        failures = [told.failure for told in self.block(reason, unit, requester)]
        failure = " ".join(failure for failure in failures if failure)
        return not failure, failure

    def unblock_worker(self, reason: str, requester: StoredObject | None = None) -> bool:
        """Take blocks back, that of *requester* or all; False if there are none, or telling the provider failed."""
        told = self.unblock(reason, requester)
        return bool(told) and not any(each.failure for each in told)

    def is_blocked(self, requester: StoredObject | None = None) -> bool:
        """Say whether the worker is blocked: by *requester*, or by anyone."""
        blocking = self.blocking()
        return bool(blocking) if requester is None else int(requester.db_id) in blocking

    def blocking(self) -> list[int]:
        """List the ids of the accounts that block the worker."""
        with self.db.store.read() as connection:
            return blocks.of_worker(connection, int(self.db_id))

    def grant(self, name: str, value: int = 1, reason: str = "", *, skip_crowd: bool = False) -> Told[bool]:
        """Do what `grant_qualification` does, and return the decision."""
        if not isinstance(value, int) or not is_storable(value):
            raise MephistoDBException(
                f"{name!r} cannot be granted with {value!r}.",
                "The value of a qualification is a whole number that the database can hold.",
            )
        worker_id, wanted = int(self.db_id), int(value)

        def change(connection: Connection, review: decisions.Review) -> tuple[bool, bool]:
            granted = decisions.grant(connection, worker_id, name, wanted, review)
            return granted, granted

        account = None if skip_crowd else self._account(None, None)
        said = {"qualification": name, "value": wanted}
        told = perform(self.db, Act("grant", worker_id, change, account, payload=said), reason)
        if not told.result:
            raise EntryDoesNotExistException(
                f"There is no qualification {name!r}.",
                "It is made before it is granted.",
                f"Call db.make_qualification({name!r}), or find_or_create_qualification.",
            )
        return told

    def revoke(self, name: str, reason: str = "", *, skip_crowd: bool = False) -> Told[bool]:
        """Do what `revoke_qualification` does, and return the decision."""
        worker_id = int(self.db_id)

        def change(connection: Connection, review: decisions.Review) -> tuple[bool, bool]:
            revoked = decisions.revoke(connection, worker_id, name, review)
            return revoked, revoked

        account = None if skip_crowd else self._account(None, None)
        said = {"qualification": name}
        return perform(self.db, Act("revoke", worker_id, change, account, payload=said), reason)

    def refused_bonus(self, account: Account | None) -> str:
        """Say why no bonus is paid at *account*, nothing if one is."""
        if account is None or not serves(self.db, account, "bonus"):
            return (
                f"Bonuses cannot be paid by the provider {self.provider_type!r}: "
                f"pay worker {self.worker_name} where they were recruited."
            )
        return ""

    def pay(self, amount: float, reason: str, account: Account | None, agent_id: int | None) -> Told[bool]:
        """Do what `bonus_worker` does, once it is checked, and return the decision."""
        worker_id, cents = int(self.db_id), round(amount * 100)

        def change(connection: Connection, review: decisions.Review) -> tuple[bool, bool]:
            decisions.pay_bonus(connection, worker_id, agent_id, cents, review)
            return True, True

        act = Act("bonus", worker_id, change, account, agent_id, {"amount": cents})
        return perform(self.db, act, reason)

    def send(self, text: str, account: Account, agent_id: int) -> Told[bool]:
        """Do what `send_feedback_message` does, once it is checked, and return the decision."""
        worker_id = int(self.db_id)

        def change(connection: Connection, review: decisions.Review) -> tuple[bool, bool]:
            decisions.send_message(connection, worker_id, agent_id, text, review)
            return True, True

        act = Act("message", worker_id, change, account, agent_id, {"text": text})
        return perform(self.db, act, None)

    def _attempt_at(self, unit: StoredObject, what: str) -> int:
        """Return the worker's newest attempt at a unit; raise `MephistoError` if they never worked on it."""
        mine = select(agents.c.id).where(
            agents.c.worker_id == int(self.db_id), agents.c.unit_id == int(unit.db_id)
        )
        with self.db.store.read() as connection:
            found = connection.execute(mine.order_by(agents.c.id.desc()).limit(1)).scalar_one_or_none()
        if found is None:
            raise MephistoDBException(
                f"Worker {self.worker_name} {what} unit {unit.db_id}.",
                "They never worked on it; nothing was written.",
                "Name a unit of theirs, or none: worker.get_agents() lists their attempts.",
            )
        return int(found)

    def block(
        self, reason: str, unit: StoredObject | None = None, requester: StoredObject | None = None
    ) -> list[Told[bool]]:
        """Do what `block_worker` does, and return the decisions, one for each account."""
        accounts = self._accounts(unit, requester)
        with self.db.outbox.together():
            return [self._change_block("block", account, reason) for account in accounts]

    def unblock(self, reason: str, requester: StoredObject | None = None) -> list[Told[bool]]:
        """Do what `unblock_worker` does, and return the decisions, one for each account."""
        wanted = self.blocking() if requester is None else [int(requester.db_id)]
        accounts = [Account(self.provider_type, requester_id) for requester_id in wanted]
        with self.db.outbox.together():
            told = [self._change_block("unblock", account, reason) for account in accounts]
        return [each for each in told if each.result]

    def _change_block(self, kind: str, account: Account, reason: str) -> Told[bool]:
        worker_id, write = int(self.db_id), decisions.block if kind == "block" else decisions.unblock

        def change(connection: Connection, review: decisions.Review) -> tuple[bool, bool]:
            changed = write(connection, worker_id, account.requester_id, review)
            return changed, changed

        return perform(self.db, Act(kind, worker_id, change, account), reason)

    def _accounts(self, unit: StoredObject | None, requester: StoredObject | None) -> list[Account]:
        if unit is not None or requester is not None:
            account = self._account(unit, requester)
            return [] if account is None else [account]
        query = select(requesters.c.id).where(requesters.c.provider == self.provider_type)
        with self.db.store.read() as connection:
            found = connection.execute(query.order_by(requesters.c.id)).scalars().all()
        return [Account(self.provider_type, requester_id) for requester_id in found]

    def _account(self, unit: StoredObject | None, requester: StoredObject | None) -> Account | None:
        if requester is not None:
            return Account(self.provider_type, int(requester.db_id))
        if unit is not None:
            return account_of_run(self.db, str(vars(unit)["task_run_id"]))
        return account_of_worker(self.db, int(self.db_id), self.provider_type)


def dollars_of(bonus: float | str) -> float:
    """Return a bonus as a number; raise `MephistoDBException` if there is no such bonus."""
    try:
        dollars = float(bonus)
    except (TypeError, ValueError):
        dollars = math.nan
    if not 0 < dollars < LARGEST / 100 or round(dollars * 100) < 1:
        raise MephistoDBException(
            f"A bonus of {bonus} dollars cannot be paid.",
            "It has to be a cent or more, and an amount that can be stored.",
        )
    return dollars
