"""Instants: UTC microseconds since 1970, as rows hold them."""

import time
from datetime import UTC, datetime
from typing import Final

MILLISECOND: Final = 1_000
SECOND: Final = 1_000 * MILLISECOND
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE


class Time:
    """The two clocks of a process; tests bring one that they move."""

    def now(self) -> int:
        """Return UTC microseconds since 1970; people and networks may set this clock."""
        return time.time_ns() // 1_000

    def steady(self) -> int:
        """Return microseconds of a clock that only runs forward, and stands while the machine sleeps."""
        return time.monotonic_ns() // 1_000


def local_text(instant: int) -> str:
    """Write *instant* for people: local time, to the second."""
    return datetime.fromtimestamp(instant / SECOND, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def span_text(microseconds: int) -> str:
    """Write a span for people, in the largest unit of which there are at least two: 90 s, 5 min, 3 h."""
    span = max(0, microseconds)
    if span < 2 * MINUTE:
        return f"{span // SECOND} s"
    return f"{span // MINUTE} min" if span < 2 * HOUR else f"{span // HOUR} h"
