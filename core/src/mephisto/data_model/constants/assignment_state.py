"""The statuses of units and assignments, under the names that scripts compare with."""

from typing import Final

from mephisto.status import UnitStatus


class AssignmentState:
    """Statuses as attributes, and sets of them as lists. `MIXED` is one of assignments only."""

    CREATED: Final = "created"
    LAUNCHED: Final = "launched"
    ASSIGNED: Final = "assigned"
    COMPLETED: Final = "completed"
    ACCEPTED: Final = "accepted"
    MIXED: Final = "mixed"
    REJECTED: Final = "rejected"
    SOFT_REJECTED: Final = "soft_rejected"
    EXPIRED: Final = "expired"

    @staticmethod
    def valid() -> list[str]:
        """List all statuses of assignments."""
        return [*AssignmentState.valid_unit(), AssignmentState.MIXED]

    @staticmethod
    def valid_unit() -> list[str]:
        """List all statuses of units."""
        return [str(status) for status in UnitStatus]

    @staticmethod
    def incomplete() -> list[str]:
        """List the statuses before an answer."""
        return [AssignmentState.CREATED, AssignmentState.LAUNCHED, AssignmentState.ASSIGNED]

    @staticmethod
    def payable() -> list[str]:
        """List the statuses in which a unit costs, or may cost, money."""
        return [
            AssignmentState.LAUNCHED,
            AssignmentState.ASSIGNED,
            AssignmentState.COMPLETED,
            AssignmentState.ACCEPTED,
            AssignmentState.SOFT_REJECTED,
        ]

    @staticmethod
    def completed() -> list[str]:
        """List the statuses of a unit that has its answer."""
        return [
            AssignmentState.COMPLETED,
            AssignmentState.ACCEPTED,
            AssignmentState.REJECTED,
            AssignmentState.SOFT_REJECTED,
        ]

    @staticmethod
    def reviewed() -> list[str]:
        """List the statuses of a unit whose answer was decided about."""
        return [AssignmentState.ACCEPTED, AssignmentState.REJECTED, AssignmentState.SOFT_REJECTED]

    @staticmethod
    def final_unit() -> list[str]:
        """List the statuses that existing scripts take for the last of a unit."""
        return [AssignmentState.ACCEPTED, AssignmentState.EXPIRED, AssignmentState.SOFT_REJECTED]

    @staticmethod
    def final_agent() -> list[str]:
        """List the statuses of a unit on which nobody will work any more."""
        return [*AssignmentState.completed(), AssignmentState.EXPIRED]
