"""What plugins see of the rows: frozen copies, without a way back to the database."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RunView:
    """One launch of a task."""

    id: str
    task_name: str
    title: str
