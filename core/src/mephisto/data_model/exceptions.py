"""What scripts catch around waiting for workers.

Waiting for an answer raises the first. An attempt that ended without one is no error: waiting says False then. The
others are raised by nothing that is built yet; they are names that existing scripts catch.
"""

from mephisto.errors import MephistoError


class AgentShutdownError(MephistoError):
    """Nobody waits for the answer through this object any longer."""


class AgentDisconnectedError(MephistoError):
    """A worker has gone in the middle of a task that talks with them."""


class AgentReturnedError(MephistoError):
    """A worker has given a task back that talks with them."""


class AgentTimeoutError(MephistoError):
    """A worker has said nothing for too long in a task that talks with them."""
