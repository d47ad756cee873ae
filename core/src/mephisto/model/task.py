"""A task, a name under which runs share limits and reviews; and its runs, one a launch."""

from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from mephisto.model.base import Model, id_field, instant, reference
from mephisto.status import RunStatus


class Task(Model, table=True):
    __tablename__ = "task"

    id: int = id_field()
    name: str = Field(unique=True)
    blueprint: str
    project_id: int | None = reference("project.id", default=None, index=True)
    created_at: int = instant()


class TaskRun(Model, table=True):
    """One launch; `sandbox` says that its work is a rehearsal, as the provider said then.

    `config` is the resolved configuration, `onboarding_data` what each onboarding is given, where there is one. `script`,
    `script_hash`, `arguments`, `working_directory` and `launch_number` say which call of which script this is.
    `source_position` rows of data have become assignments; `frontier` is the highest row that anybody has worked on, or
    that was taken back, as long as there may be more: `source_ended` says that there are none.
    """

    __tablename__ = "task_run"
    __table_args__ = (Index(None, "task_id", "created_at"),)

    id: int = id_field()
    task_id: int = reference("task.id")
    requester_id: int = reference("requester.id", index=True)
    process_id: int = reference("process.id", index=True)
    blueprint: str
    architect: str
    provider: str
    sandbox: bool = False
    config: dict[str, Any] = Field(sa_type=JSON)
    onboarding_data: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    status: str = RunStatus.LAUNCHING
    end_reason: str = ""
    url: str = ""
    deployed: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    script: str
    script_hash: str
    arguments: list[str] = Field(sa_type=JSON)
    working_directory: str
    launch_number: int
    source_position: int = 0
    frontier: int = -1
    source_ended: bool = False
    created_at: int = instant()
    alive_until: int = instant()
    ended_at: int | None = instant(default=None)


class Process(Model, table=True):
    """A process that works on runs; `heartbeat_at` tells that it is alive, `started_at` tells two of one number apart."""

    __tablename__ = "process"

    id: int = id_field()
    host: str
    number: int
    started_at: int = instant()
    heartbeat_at: int = instant()
