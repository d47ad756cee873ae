"""How often a worker was refused by a run, and why."""

from sqlalchemy import UniqueConstraint

from mephisto.model.base import Model, id_field, instant, reference


class Refusal(Model, table=True):
    """All refusals of one worker by one run for one reason; `worker` is the provider's name for them."""

    __tablename__ = "refusal"
    __table_args__ = (UniqueConstraint("task_run_id", "reason", "worker"),)

    id: int = id_field()
    task_run_id: int = reference("task_run.id")
    reason: str
    worker: str
    times: int
    first_at: int = instant()
    last_at: int = instant()
