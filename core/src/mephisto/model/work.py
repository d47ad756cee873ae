"""The work of a run: assignments, their units, and the agents that attempt them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from mephisto.model.base import Big, Model, id_field, instant, reference
from mephisto.status import EXTRA_UNITS, LIVE_AGENTS, WITHOUT_ANSWER, AgentStatus, UnitKind, UnitStatus


def _written(statuses: Iterable[str]) -> str:
    return ", ".join(f"'{status}'" for status in sorted(statuses))


_COUNTING_AGENT = text(f"unit_id IS NOT NULL AND status NOT IN ({_written(WITHOUT_ANSWER)})")


class Assignment(Model, table=True):
    """One row of data; `source_index` is its place in the source, `data_hash` the SHA-256 of the JSON that the source gave.

    Screening and gold units have one each that is in no source.
    """

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("task_run_id", "source_index"),)

    id: int = id_field()
    task_run_id: int = reference("task_run.id")
    source_index: int | None = None
    data: dict[str, Any] = Field(sa_type=JSON)
    data_hash: str


class Unit(Model, table=True):
    """One place for one worker on an assignment. `agent_id` and `worker_id` are those who hold or did it.

    `unit_index` counts the places; it is negative for other kinds than standard ones (`store.extras`). `reserved_at` is
    since when a script keeps a created one from everybody (`store.reserving`).
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("assignment_id", "unit_index"),
        Index(None, "task_run_id", "status", "kind"),
        Index("ix_unit_extra", "worker_id", sqlite_where=text(f"kind IN ({_written(EXTRA_UNITS)})")),
    )

    id: int = id_field()
    task_run_id: int = reference("task_run.id")
    assignment_id: int = reference("assignment.id")
    unit_index: int
    kind: str = UnitKind.STANDARD
    status: str = UnitStatus.CREATED
    pay_cents: int
    agent_id: int | None = Field(default=None, sa_type=Big)
    worker_id: int | None = reference("worker.id", default=None)
    reserved_at: int | None = instant(default=None)


class Agent(Model, table=True):
    """One worker's attempt at one unit.

    `token` is the capability on the wire and stays out of logs and exports; `ticket` names the agent's page.
    `registration` is the provider's own name for the place, `attempt` counts how often it was taken up. `notes` is what
    scripts have written about the answer.
    """

    __tablename__ = "agent"
    __table_args__ = (
        UniqueConstraint("task_run_id", "registration", "attempt"),
        Index(
            "ix_agent_once_per_assignment",
            "assignment_id",
            "worker_id",
            unique=True,
            sqlite_where=_COUNTING_AGENT,
        ),
        Index(None, "worker_id", "task_id", "status"),
        Index(
            "ix_agent_deadline",
            "task_run_id",
            "deadline",
            sqlite_where=text(f"status IN ({_written(LIVE_AGENTS)})"),
        ),
    )

    id: int = id_field()
    token: str = Field(unique=True)
    ticket: str = Field(unique=True)
    task_id: int = reference("task.id")
    task_run_id: int = reference("task_run.id")
    assignment_id: int | None = reference("assignment.id", default=None)
    unit_id: int | None = reference("unit.id", default=None, index=True)
    worker_id: int = reference("worker.id")
    status: str = AgentStatus.IN_TASK
    registration: str
    attempt: int
    browser_key: str = ""
    notes: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_at: int = instant()
    deadline: int = instant()
    ended_at: int | None = instant(default=None)
