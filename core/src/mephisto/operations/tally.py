"""What happens at a desk too often for a row or a line each: refusals, and errors in workers' pages."""

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any

from mephisto.refusals import Reason
from mephisto.store import Store, progress

logger = logging.getLogger(__name__)


class RefusalTally:
    """Counts refusals in memory; `flush` adds them to the rows."""

    def __init__(self, store: Store, run_id: int) -> None:
        self._store = store
        self._run_id = run_id
        self._lock = threading.Lock()
        self._times: Counter[tuple[str, str]] = Counter()

    def note(self, reason: Reason, worker: str) -> None:
        with self._lock:
            self._times[reason, worker] += 1

    def flush(self) -> None:
        """Write what was counted since the last time."""
        with self._lock:
            times, self._times = self._times, Counter()
        if times:
            run_id, now = self._run_id, self._store.now()
            self._store.write(
                lambda connection: progress.note_refusals(connection, self._store.ids, run_id, times, now)
            )


class PageErrors:
    """Shows each error of a run's pages once, with file and line, and then only how often it came back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: Counter[str] = Counter()

    def note(self, agent_id: int | None, data: Mapping[str, Any]) -> None:
        error = data.get("error_data", data)
        line = _described(error)
        with self._lock:
            self._times[line] += 1
            times = self._times[line]
        if times == 1:
            logger.warning("[FRONT_END_ERROR]: %s (first seen by agent %s)", line, agent_id or "unknown")
        elif times in {10, 100, 1_000, 10_000}:
            logger.warning("[FRONT_END_ERROR]: %s (%d times by now)", line, times)

    def told_at_end(self) -> None:
        """Say how often each error came that was seen more than once."""
        for line, times in self._times.items():
            if times > 1:
                logger.warning("[FRONT_END_ERROR]: %s (%d times in all)", line, times)


def _described(error: Any) -> str:
    if not isinstance(error, Mapping):
        return str(error)
    place = ":".join(str(error[key]) for key in ("file", "line") if error.get(key))
    message = error.get("message") or error.get("text") or dict(error)
    return f"{message} at {place}" if place else str(message)
