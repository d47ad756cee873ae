"""What scripts catch around waiting for workers: for an answer, or for what their pages send meanwhile.

An attempt that ended without an answer is no error to whoever waits for the answer: waiting says False then.
"""

from mephisto.errors import MephistoError


class AgentShutdownError(MephistoError):
    """Nobody waits through this object any longer."""


class AgentDisconnectedError(MephistoError):
    """Nothing more comes from this attempt: its worker has gone."""


class AgentReturnedError(MephistoError):
    """Nothing more comes from this attempt: its worker has given the unit back."""


class AgentTimeoutError(MephistoError):
    """Nothing more comes from this attempt: its page said nothing for too long, or its time has run out."""
