"""Instants: UTC microseconds since 1970, as rows hold them."""

import time
from datetime import UTC, datetime
from typing import Final

SECOND: Final = 1_000_000


def utc_now() -> int:
    return time.time_ns() // 1_000


def local_text(instant: int) -> str:
    """Write *instant* for people: local time, to the second."""
    return datetime.fromtimestamp(instant / SECOND, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
