"""Judging onboardings: asking `validate_onboarding`, and writing what it said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from mephisto.data_model.agent_state import AgentState
from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.callbacks import CallbackPool, Seats
from mephisto.refusals import Reason
from mephisto.store import Lane, attempts, onboarding
from mephisto.store.admission import Terms


@dataclass(frozen=True)
class Onboarding:
    """The onboarding of one run."""

    db: LocalMephistoDB
    terms: Terms
    validator: Callable[[Mapping[str, Any]], bool]
    pool: CallbackPool
    _seats: Seats = field(default_factory=lambda: Seats("validate_onboarding"))

    def judged(self, token: str) -> attempts.Request | attempts.Refused | None:
        """Judge the onboarding that was handed in with *token*, and return what its worker may ask for now.

        A refusal if the validator raised or did not answer in time; None if this was no onboarding. Raises `TooManyWait`.
        """
        store = self.db.store
        with store.read() as connection:
            found = onboarding.handed_in(connection, token)
        if found is None:
            return None
        if found.is_judged:
            return found.request
        data = AgentState(self.db, str(found.agent_id)).get_data()
        # A function that returns nothing says no; None is what the pool says of one that failed.
        with self._seats:
            verdict = self.pool.ask("validate_onboarding", lambda: bool(self.validator(data)))
        if verdict is None:
            return attempts.Refused(Reason.ONBOARDING_UNJUDGED)

        def job(connection: Connection) -> None:
            onboarding.judge(connection, store.ids, self.terms, found.agent_id, store.now(), passed=verdict)

        store.write(job, Lane.CLAIM)
        return found.request
