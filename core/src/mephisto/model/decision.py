"""What reviewers decided about finished work, and about those who did it."""

from mephisto.model.base import Model, id_field, instant, reference
from mephisto.status import DecisionKind


class Decision(Model, table=True):
    """One step of a review, never changed: who, when, what, why, and what it was before.

    About an answer, `status` is what the agent became, `before` what it was. About a worker they are the value of
    the `qualification`, "blocked" at the account `requester_id`, or nothing; a bonus has its amount in `cents`, a message its text as
    `reason`.
    Taking a decision back is a step of its own, which names the one that it `undoes`.
    """

    __tablename__ = "decision"

    id: int = id_field()
    kind: str = DecisionKind.WORK
    agent_id: int | None = reference("agent.id", default=None, index=True)
    worker_id: int = reference("worker.id", index=True)
    requester_id: int | None = reference("requester.id", default=None)
    qualification: str = ""
    cents: int | None = None
    status: str
    before: str
    reviewer: str
    reason: str = ""
    undoes: int | None = reference("decision.id", default=None, index=True)
    created_at: int = instant()
