"""How workers at work stand: how much time is left, whether the run closes, and what they have filled in so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mephisto.instants import SECOND
from mephisto.operations.desk.replies import error
from mephisto.status import LIVE_AGENTS
from mephisto.store import Store, drafts, json_text
from mephisto.web.line import Reply


@dataclass
class Closing:
    """Until when those at work may finish, on the steady clock; None while the run is open."""

    until: int | None = None

    def waits(self, steady: int) -> bool:
        """Say whether those at work may still finish."""
        return self.until is not None and steady < self.until


@dataclass(frozen=True)
class Standing:
    """The part of a run's desk that pages look at while their workers work."""

    store: Store
    run_id: int
    closing: Closing

    def look(self, token: str, data: Mapping[str, Any]) -> Reply:
        """Keep the draft that came along, if one did, and say how the worker stands."""
        draft = data.get("draft")
        if draft is not None:
            wrong = json_text.why_no_object(draft, "A draft")
            if wrong:
                return error(400, wrong)
            now = self.store.now()
            self.store.write(lambda connection: drafts.keep(connection, self.store.ids, token, draft, now))
        with self.store.read() as connection:
            agent = drafts.attempt(connection, token)
        if agent is None:
            return error(404, "Nobody here has this token.")
        return Reply(
            {
                "status": agent.status,
                "deadline": agent.deadline,
                "seconds_left": self.seconds_left(agent.deadline) if agent.status in LIVE_AGENTS else 0,
                "closing": self.closing.until is not None and agent.task_run_id == self.run_id,
            }
        )

    def seconds_left(self, deadline: int) -> float:
        """Return how long a worker still has until *deadline*, or until the run that closes does not wait any more."""
        left = deadline - self.store.now()
        if self.closing.until is not None:
            left = min(left, self.closing.until - self.store.time.steady())
        return max(0, left / SECOND)
