"""What reviewers decided about finished work."""

from mephisto.model.base import Model, id_field, instant, reference


class Decision(Model, table=True):
    """One step of a review, never changed: who, when, what, why, and what it was before.

    `status` is what the agent became, `before` what it was. Taking a decision back is a step of its own, which
    names the one that it `undoes`.
    """

    __tablename__ = "decision"

    id: int = id_field()
    agent_id: int = reference("agent.id", index=True)
    status: str
    before: str
    reviewer: str
    reason: str = ""
    undoes: int | None = reference("decision.id", default=None, index=True)
    created_at: int = instant()
