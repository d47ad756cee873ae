"""What happens at a desk too often for a row or a line each: refusals, and errors in workers' pages."""

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from mephisto.printable import printable
from mephisto.refusals import Reason
from mephisto.store import Store, progress

logger = logging.getLogger(__name__)

#: Whoever knows the address can report errors; more kinds of them, and longer ones, are not kept.
MOST_ERRORS: Final = 1_000
LONGEST_ERROR: Final = 2_000
#: How often an error came is worth another line at these numbers.
MILESTONES: Final = (10, 100, 1_000, 10_000)
MOST_TIMES: Final = 10_000


class Tally:
    """Counts in memory; `flush` adds what belongs there to the rows. `asked_at` is when a page last asked for work.

    *pages* is the folder of the templates, in which the line of what did not load is looked up.
    """

    def __init__(self, store: Store, run_id: int, pages: Path) -> None:
        self.asked_at: int | None = None
        self._store = store
        self._run_id = run_id
        self._pages = pages
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
        error = data.get("error_data", data)
        line = printable(self._described(error)[:LONGEST_ERROR])
        with self._lock:
            if line not in self._errors and len(self._errors) >= MOST_ERRORS:
                return
            before = self._errors[line]
            times = self._errors[line] = before + _times(error)
        if before == 0:
            logger.warning("[FRONT_END_ERROR]: %s (first seen by agent %s)", line, agent_id or "unknown")
        elif any(before < milestone <= times for milestone in MILESTONES):
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

    def _described(self, error: Any) -> str:
        if not isinstance(error, Mapping):
            return str(error)
        file, source = error.get("file"), error.get("source")
        line = error.get("line") or (self._line_of(file, source) if file and source else None)
        place = ":".join(str(part) for part in (file, line) if part)
        message = error.get("message") or error.get("text") or dict(error)
        return f"{message} at {place}" if place else str(message)

    def _line_of(self, file: Any, source: Any) -> int | None:
        """Return the first line of a template that names *source*, None if that is not to be found."""
        name = str(file)
        template = self._pages / name
        if Path(name).name != name or not template.is_file():
            return None
        lines = template.read_text(encoding="utf-8", errors="replace").splitlines()
        return next((number for number, text in enumerate(lines, 1) if str(source) in text), None)


def _times(error: Any) -> int:
    """Return how often an error came, as a page says that counts what comes in quick succession."""
    times = error.get("times") if isinstance(error, Mapping) else None
    return min(times, MOST_TIMES) if isinstance(times, int) and times > 0 else 1
