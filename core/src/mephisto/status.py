"""States and legal transitions of runs, units, agents and actions. They stand here, and only here.

The values are those that existing scripts compare with. An update names the state it leads to, and `sources` says
from which states that is legal; the WHERE of the update holds it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar


class RunStatus(StrEnum):
    """A task run, from the row that announces it to its end."""

    LAUNCHING = "launching"
    LIVE = "live"
    CLOSING = "closing"
    ENDED = "ended"
    FAILED = "failed"
    DIED = "died"


class UnitStatus(StrEnum):
    """One place for one worker on an assignment."""

    CREATED = "created"
    LAUNCHED = "launched"
    ASSIGNED = "assigned"
    COMPLETED = "completed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SOFT_REJECTED = "soft_rejected"
    EXPIRED = "expired"


class UnitKind(StrEnum):
    """Only standard units, places on rows of data, count for completion and for the maximum of a worker."""

    STANDARD = "standard"
    SCREENING = "screening"
    GOLD = "gold"


class AgentStatus(StrEnum):
    """One worker's attempt at one unit."""

    ONBOARDING = "onboarding"
    WAITING = "waiting"
    IN_TASK = "in task"
    COMPLETED = "completed"
    DISCONNECT = "disconnect"
    TIMEOUT = "timeout"
    EXPIRED = "expired"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    SOFT_REJECTED = "soft_rejected"


class SubmissionKind(StrEnum):
    """What became of something that an agent handed in."""

    ANSWER = "answer"
    LATE = "late"
    DUPLICATE = "duplicate"


class DecisionKind(StrEnum):
    """What a reviewer decided about: an answer, or the worker."""

    WORK = "work"
    BONUS = "bonus"
    MESSAGE = "message"
    BLOCK = "block"
    UNBLOCK = "unblock"
    GRANT = "grant"
    REVOKE = "revoke"


class ActionState(StrEnum):
    """One thing to be done by a provider: held as long as it may be taken back, then ready, running, and settled."""

    HELD = "held"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


# Whatever became of a run, another process may go on with it: it is launching again then.
RUN: Final[Mapping[RunStatus, frozenset[RunStatus]]] = {
    RunStatus.LAUNCHING: frozenset({RunStatus.LAUNCHING, RunStatus.LIVE, RunStatus.FAILED, RunStatus.DIED}),
    RunStatus.LIVE: frozenset({RunStatus.LAUNCHING, RunStatus.CLOSING, RunStatus.FAILED, RunStatus.DIED}),
    RunStatus.CLOSING: frozenset({RunStatus.LAUNCHING, RunStatus.ENDED, RunStatus.FAILED, RunStatus.DIED}),
    RunStatus.ENDED: frozenset({RunStatus.LAUNCHING}),
    RunStatus.FAILED: frozenset({RunStatus.LAUNCHING}),
    RunStatus.DIED: frozenset({RunStatus.LAUNCHING}),
}

_UNIT_DECISIONS = frozenset({UnitStatus.ACCEPTED, UnitStatus.REJECTED, UnitStatus.SOFT_REJECTED})
UNIT: Final[Mapping[UnitStatus, frozenset[UnitStatus]]] = {
    UnitStatus.CREATED: frozenset({UnitStatus.LAUNCHED, UnitStatus.EXPIRED}),
    # It waits for its turn again if a script reserves it.
    UnitStatus.LAUNCHED: frozenset({UnitStatus.CREATED, UnitStatus.ASSIGNED, UnitStatus.EXPIRED}),
    UnitStatus.ASSIGNED: frozenset({UnitStatus.LAUNCHED, UnitStatus.COMPLETED, UnitStatus.EXPIRED}),
    UnitStatus.COMPLETED: _UNIT_DECISIONS,
    **{decision: _UNIT_DECISIONS | {UnitStatus.COMPLETED} for decision in _UNIT_DECISIONS},
    # Whoever goes on with a run offers what its end took back.
    UnitStatus.EXPIRED: frozenset({UnitStatus.CREATED}),
}

_AGENT_DECISIONS = frozenset({AgentStatus.APPROVED, AgentStatus.REJECTED, AgentStatus.SOFT_REJECTED})
#: An attempt that ended so may still bring its answer, if its unit is free.
WITHOUT_ANSWER: Final = frozenset(
    {AgentStatus.TIMEOUT, AgentStatus.DISCONNECT, AgentStatus.EXPIRED, AgentStatus.RETURNED}
)
AGENT: Final[Mapping[AgentStatus, frozenset[AgentStatus]]] = {
    AgentStatus.ONBOARDING: WITHOUT_ANSWER | {AgentStatus.WAITING},
    AgentStatus.WAITING: frozenset({AgentStatus.APPROVED, AgentStatus.REJECTED}),
    AgentStatus.IN_TASK: WITHOUT_ANSWER | {AgentStatus.COMPLETED},
    **{ended: frozenset({AgentStatus.COMPLETED, AgentStatus.WAITING}) for ended in WITHOUT_ANSWER},
    AgentStatus.COMPLETED: _AGENT_DECISIONS,
    **{decision: _AGENT_DECISIONS | {AgentStatus.COMPLETED} for decision in _AGENT_DECISIONS},
}

ACTION: Final[Mapping[ActionState, frozenset[ActionState]]] = {
    ActionState.HELD: frozenset({ActionState.READY, ActionState.DROPPED}),
    ActionState.READY: frozenset({ActionState.RUNNING, ActionState.DROPPED}),
    ActionState.RUNNING: frozenset({ActionState.DONE, ActionState.FAILED, ActionState.READY}),
    # Dropped is what was done by other means, or made needless by what was done later.
    ActionState.FAILED: frozenset({ActionState.READY, ActionState.DROPPED}),
    ActionState.DONE: frozenset(),
    ActionState.DROPPED: frozenset(),
}
#: What a provider has not done, and shall.
OPEN_ACTIONS: Final = frozenset({ActionState.HELD, ActionState.READY, ActionState.RUNNING})

OPEN_UNITS: Final = frozenset({UnitStatus.CREATED, UnitStatus.LAUNCHED, UnitStatus.ASSIGNED})
#: Kinds of units that are no places on rows of data.
EXTRA_UNITS: Final = frozenset({UnitKind.SCREENING, UnitKind.GOLD})
DONE_UNITS: Final = _UNIT_DECISIONS | {UnitStatus.COMPLETED}
#: An onboarding that is being done, or whose answer has not been judged.
ONBOARDING_AGENTS: Final = frozenset({AgentStatus.ONBOARDING, AgentStatus.WAITING})
#: An attempt with a deadline.
LIVE_AGENTS: Final = frozenset({AgentStatus.IN_TASK, AgentStatus.ONBOARDING})
ANSWERED_AGENTS: Final = _AGENT_DECISIONS | {AgentStatus.COMPLETED}
#: A run that makes units, and offers them.
OFFERING_RUNS: Final = frozenset({RunStatus.LAUNCHING, RunStatus.LIVE})
UNFINISHED_RUNS: Final = frozenset({RunStatus.LAUNCHING, RunStatus.LIVE, RunStatus.CLOSING})

Status = TypeVar("Status", bound=StrEnum)


def sources(transitions: Mapping[Status, frozenset[Status]], target: Status) -> list[Status]:
    """List the states from which *target* may be reached, in the order in which they are defined."""
    return [state for state in transitions if target in transitions[state]]
