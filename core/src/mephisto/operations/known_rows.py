"""The rows of data that a run has already, when its source is read again from its start."""

import reprlib
from collections import deque
from typing import Final

from mephisto.errors import ConfigError
from mephisto.store import Store, json_text, resuming
from mephisto.store.offering import NewAssignment

#: So many hashes are read at once.
CHUNK: Final = 1_000
_REMEDY: Final = (
    "Give the rows that the run has as they were and in their order, with new ones after them; "
    "or launch anew, without going on with this run."
)


class KnownRows:
    """The first *count* rows of a run's source: compared one after the other with what the source gives now."""

    def __init__(self, store: Store, run_id: int, count: int = 0, frontier: int = -1) -> None:
        """*frontier* is the highest of them that anybody has worked on."""
        self.count: Final = count
        self.frontier: Final = frontier
        self._store = store
        self._run_id = run_id
        self._hashes: deque[str] = deque()

    def compare(self, index: int, row: NewAssignment) -> None:
        """Compare the next row; raise `ConfigError` if it differs."""
        if not self._hashes:
            with self._store.read() as connection:
                self._hashes.extend(resuming.hashes(connection, self._run_id, index, CHUNK))
        if self._hashes.popleft() != json_text.digest(row.data):
            raise ConfigError(
                f"Row {index + 1} of the task data is not what it was: {reprlib.repr(row.data)}.",
                f"Run {self._run_id} has {self.count} rows already, and goes on after them.",
                _REMEDY,
            )

    def end(self, rows: int) -> None:
        """Raise `ConfigError` if the source has ended after fewer *rows* than the run has."""
        if rows < self.count:
            raise ConfigError(
                f"The task data has {rows} rows.",
                f"Run {self._run_id} has {self.count} rows already, and goes on after them.",
                _REMEDY,
            )
