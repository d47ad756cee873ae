"""Who does what: the turns that processes take."""

from sqlalchemy import UniqueConstraint

from mephisto.model.base import Model, id_field, reference


class Role(Model, table=True):
    """One kind of work in a run, or for an account, and the process that does it; `fence` grows with each turn."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("task_run_id", "name"), UniqueConstraint("requester_id", "name"))

    id: int = id_field()
    name: str
    task_run_id: int | None = reference("task_run.id", default=None)
    requester_id: int | None = reference("requester.id", default=None)
    process_id: int | None = reference("process.id", default=None)
    fence: int = 0
