"""Noticing that people's clock was set forward, or that the machine slept."""

from dataclasses import dataclass
from typing import Final

from mephisto.instants import SECOND, Time

#: Smaller differences between people's clock and the steady one are usual adjustments.
JUMP_SECONDS: Final = 5


@dataclass
class ClockJumps:
    """Compares people's clock with the steady one, from its first look on."""

    time: Time
    _lead: int | None = None

    def gap(self, now: int) -> int:
        """Return by how many microseconds people's clock, which shows *now*, has gained since the last jump; 0 for none.

        A jump is told until it is `forgiven`. A clock that was set back is no jump.
        """
        lead = now - self.time.steady()
        gap = lead - (self._lead if self._lead is not None else lead)
        if gap > JUMP_SECONDS * SECOND:
            return gap
        self._lead = lead
        return 0

    def forgiven(self, gap: int) -> None:
        """Count time anew: what the jump cost was made up for."""
        self._lead = (self._lead or 0) + gap
