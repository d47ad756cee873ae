"""Welcoming workers: who asks, what they get, and the page they see."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from mephisto.config import ProviderArgs
from mephisto.effects import Pages, Refuse
from mephisto.operations.choosing import Choosing
from mephisto.operations.desk.extras import Extras
from mephisto.operations.desk.onboarding import Onboarding
from mephisto.operations.desk.replies import PATIENCE_SECONDS, details, plain, refusal
from mephisto.operations.desk.standing import Standing
from mephisto.operations.desk.worker_pages import WorkerPages
from mephisto.operations.listening import Listening
from mephisto.operations.tally import Tally
from mephisto.plugins import Use
from mephisto.printable import printable
from mephisto.refusals import Reason
from mephisto.store import Lane, Store, attempts, claims
from mephisto.store.admission import Terms
from mephisto.web.line import Reply

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Welcoming:
    """The half of a run's desk to which workers come. `changed` is called after whatever the clock should look at."""

    store: Store
    use: Use
    provider: ProviderArgs
    terms: Terms
    pages: Pages
    worker_pages: WorkerPages
    self_service: bool
    tally: Tally
    standing: Standing
    changed: Callable[[], None]
    choosing: Choosing | None
    listening: Listening | None
    onboarding: Onboarding | None
    extras: Extras | None

    def register(self, request_id: str, data: Mapping[str, Any]) -> Reply:
        """Answer who asks for work with an agent, or with the reason why there is none."""
        identity = self.use.ask(
            self.use.hooks.provider_identify, config=self.provider, data=data.get("provider_data") or {}
        )
        if isinstance(identity, Refuse):
            return Reply(details(request_id, failure_reason=identity.reason))
        self.tally.note_request()
        request = attempts.Request(
            identity.worker_name,
            identity.registration,
            identity.trusted,
            browser_key=plain(data.get("browser_key") or ""),
            again=self.self_service and data.get("again") is True,
        )
        return self.answer(request_id, request)

    def answer(self, request_id: str, asked: attempts.Request | attempts.Refused) -> Reply:
        """Give what is asked for, or say why not."""
        outcome = asked if isinstance(asked, attempts.Refused) else self._claimed(asked)
        if isinstance(outcome, attempts.Held) and outcome.is_handed_in and self.onboarding:
            # Nobody is asked anew for what is saved: it is judged again.
            judged = self.onboarding.judged(outcome.token)
            outcome = self._claimed(judged) if isinstance(judged, attempts.Request) else judged or outcome
        if isinstance(outcome, attempts.Refused):
            return Reply(refusal(request_id, outcome, may_go_on=self._may_go_on(outcome)))
        if outcome.fresh:
            self.changed()
        page, data = self.pages.task, outcome.data
        if outcome.is_onboarding:
            page, data = self.pages.onboarding or self.pages.task, dict(self.worker_pages.onboarding_data)
        return Reply(
            details(
                request_id,
                worker_id=str(outcome.worker_id),
                agent_id=outcome.token,
                init_task_data={**data, "html": page},
                page=f"/page-{outcome.ticket}.html",
                deadline=outcome.deadline,
                seconds_left=self.standing.seconds_left(outcome.deadline),
            )
        )

    def _may_go_on(self, refused: attempts.Refused) -> bool:
        if refused.reason is not Reason.FINISHED or refused.worker_id is None or not self.self_service:
            return False
        with self.store.read() as connection:
            return claims.may_go_on(connection, self.terms, refused.worker_id)

    def _claimed(self, request: attempts.Request) -> attempts.Held | attempts.Refused:
        if self.listening:
            self.listening.wait_for(request.worker_name)
        outcome = self.extras.claim(request) if self.extras else None
        if outcome is None:
            outcome = self.choosing.claim(request) if self.choosing else self._claim(request)
        if isinstance(outcome, attempts.Refused):
            self.tally.note_refusal(outcome.reason, request.worker_name)
            logger.info("No unit for worker %s: %s.", printable(request.worker_name), outcome.reason)
        elif outcome.fresh and not outcome.is_onboarding:
            self.worker_pages.expect(outcome, request.worker_name)
        return outcome

    def _claim(self, request: attempts.Request) -> attempts.Held | attempts.Refused:
        def job(connection: Connection) -> attempts.Held | attempts.Refused:
            return claims.claim(connection, self.store.ids, self.terms, request, self.store.now())

        return self.store.write(job, Lane.CLAIM, PATIENCE_SECONDS)
