"""Reading the answers of units that were listed together: one query for many, once it shows that many are read."""

import time
from typing import Final

from mephisto.data_model.base import Database
from mephisto.data_model.handed_in import Attempt, attempts
from mephisto.data_model.objects import Unit

PAGE: Final = 500
#: What was read ahead is read anew when it is older, since others may decide meanwhile.
_FRESH_SECONDS: Final = 1.0
_ATTRIBUTE: Final = "_mephisto_listed_with"


class ReadAhead:
    """Holds one page of answers at a time.

    The first unit that is asked for is read alone, the second of the same page with its whole page. What is
    changed through the same database begins anew, so that nobody sees what it was before.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._page: list[int] = []
        self._read: dict[int, Attempt] = {}
        self._read_at = 0.0
        self._changes = 0

    @staticmethod
    def together(listed: list[Unit]) -> list[Unit]:
        """Note which units were listed together; return the same list."""
        for start in range(0, len(listed), PAGE):
            units = listed[start : start + PAGE]
            page = [int(unit.agent_id) for unit in units if unit.agent_id is not None]
            for unit in units:
                setattr(unit, _ATTRIBUTE, page)
        return listed

    def attempt(self, unit: Unit) -> Attempt | None:
        """Return what the unit's agent did, None if it has none."""
        if unit.agent_id is None:
            return None
        agent_id = int(unit.agent_id)
        page: list[int] = getattr(unit, _ATTRIBUTE, [agent_id])
        known = page is self._page and self._is_fresh()
        if not known or agent_id not in self._read:
            self._read_at, self._changes = time.monotonic(), self._db.changes
            self._read = attempts(self._db, page if known else [agent_id])
            self._page = page
        return self._read.get(agent_id)

    def _is_fresh(self) -> bool:
        return self._db.changes == self._changes and time.monotonic() - self._read_at < _FRESH_SECONDS
