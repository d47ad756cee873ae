"""Ids: 63 bits, made here and not by the database, growing with time."""

import random
import threading
import time

from sqlalchemy import ColumnElement

from mephisto.instants import MILLISECOND

# 42 bits of milliseconds since 2024-01-01 last until 2163; 21 random bits tell apart what one millisecond makes.
_EPOCH_MILLISECONDS = 1_704_067_200_000
_RANDOM_BITS = 21


class Ids:
    """Makes ids that are unique in this process and, with great probability, beside others; each is larger than the last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        # Seeded by the system once: ids are public, and asking it each time lets all other threads in between.
        self._chance = random.Random()  # noqa: S311 - likewise

    def new(self) -> int:
        return self.block(1).start

    def block(self, count: int) -> range:
        """Return *count* ids in a row."""
        milliseconds = time.time_ns() // 1_000_000 - _EPOCH_MILLISECONDS
        wanted = (milliseconds << _RANDOM_BITS) | self._chance.getrandbits(_RANDOM_BITS)
        with self._lock:
            start = max(wanted, self._last + 1)
            self._last = start + count - 1
        return range(start, start + count)


def made_at(column: ColumnElement[int]) -> ColumnElement[int]:
    """Return the instant at which the ids of a column were made, to the millisecond."""
    return (column.bitwise_rshift(_RANDOM_BITS) + _EPOCH_MILLISECONDS) * MILLISECOND
