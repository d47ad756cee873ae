"""Instants: UTC microseconds since 1970, as rows hold them."""

import time
from datetime import UTC, datetime
from typing import Final

SECOND: Final = 1_000_000


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
