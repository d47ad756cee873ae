"""What is asked and answered when a worker wants a unit."""

from dataclasses import dataclass
from typing import Any

from mephisto.refusals import Reason


@dataclass(frozen=True)
class Request:
    """Who asks. `again`: an attempt that ended without an answer shall be followed by another."""

    worker_name: str
    registration: str
    trusted: bool = False
    browser_key: str = ""
    again: bool = False


@dataclass(frozen=True)
class Welcome:
    """A worker whom the rules let in, and which attempt of theirs it would be."""

    worker_id: int
    attempt: int


@dataclass(frozen=True)
class Held:
    """A unit, or an onboarding without data of its own, in an agent's hands; `fresh` if it was given just now.

    `is_handed_in`: an onboarding whose answer is here, and has not been judged.
    """

    agent_id: int
    worker_id: int
    token: str
    ticket: str
    data: dict[str, Any]
    deadline: int
    fresh: bool
    is_onboarding: bool = False
    is_handed_in: bool = False


@dataclass(frozen=True)
class Refused:
    """No unit, and why; with the receipt of what the agent handed in, where it did."""

    reason: Reason
    worker_id: int | None = None
    receipt: str | None = None
