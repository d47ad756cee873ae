"""What happens at a desk too often for a row or a line each: refusals, and errors in workers' pages."""

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from mephisto.printable import printable
from mephisto.refusals import Reason
from mephisto.store import Store, progress

logger = logging.getLogger(__name__)

#: Whoever knows the address can report errors; more kinds of them, and longer ones, are not kept.
MOST_ERRORS: Final = 1_000
LONGEST_ERROR: Final = 2_000


class Tally:
    """Counts in memory; `flush` adds what belongs there to the rows. `asked_at` is when a page last asked for work."""

    def __init__(self, store: Store, run_id: int) -> None:
        self.asked_at: int | None = None
        self._store = store
        self._run_id = run_id
        self._lock = threading.Lock()
        self._times: Counter[tuple[str, str]] = Counter()
        self._errors: Counter[str] = Counter()

    def note_request(self) -> None:
        self.asked_at = self._store.now()

    def note_refusal(self, reason: Reason, worker: str) -> None:
        with self._lock:
            self._times[reason, worker] += 1

    def note_error(self, agent_id: int | None, data: Mapping[str, Any]) -> None:
        """Show an error of a page the first time, with file and line, and then only how often it came back."""
        line = printable(_described(data.get("error_data", data))[:LONGEST_ERROR])
        with self._lock:
            if line not in self._errors and len(self._errors) >= MOST_ERRORS:
                return
            self._errors[line] += 1
            times = self._errors[line]
        if times == 1:
            logger.warning("[FRONT_END_ERROR]: %s (first seen by agent %s)", line, agent_id or "unknown")
        elif times in {10, 100, 1_000, 10_000}:
            logger.warning("[FRONT_END_ERROR]: %s (%d times by now)", line, times)

    def tell_errors(self) -> None:
        """Say how often each error of a page came that was seen more than once."""
        for line, times in self._errors.items():
            if times > 1:
                logger.warning("[FRONT_END_ERROR]: %s (%d times in all)", line, times)

    def flush(self) -> None:
        """Write what was counted since the last time."""
        with self._lock:
            times, self._times = self._times, Counter()
        if times:
            run_id, now = self._run_id, self._store.now()
            self._store.write(
                lambda connection: progress.note_refusals(connection, self._store.ids, run_id, times, now)
            )


def _described(error: Any) -> str:
    if not isinstance(error, Mapping):
        return str(error)
    place = ":".join(str(error[key]) for key in ("file", "line") if error.get(key))
    message = error.get("message") or error.get("text") or dict(error)
    return f"{message} at {place}" if place else str(message)
