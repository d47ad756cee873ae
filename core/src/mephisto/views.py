"""What plugins see of the rows: frozen copies, without a way back to the database."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RunView:
    """One launch of a task."""

    id: str
    task_name: str
    title: str


@dataclass(frozen=True)
class RequesterView:
    """The account in whose name something is done."""

    id: str
    name: str


@dataclass(frozen=True)
class WorkerView:
    """A person, under the name that the provider knows."""

    id: str
    name: str


@dataclass(frozen=True)
class AttemptView:
    """One worker's attempt at one unit; `registration` is the provider's own name for the place."""

    id: str
    registration: str
    run: RunView
