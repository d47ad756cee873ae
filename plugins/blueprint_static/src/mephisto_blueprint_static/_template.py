"""Whether template and data know of each other. What runs is never refused for it: a word in the log is enough."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mephisto.web import Template

logger = logging.getLogger(__name__)


@dataclass
class Columns:
    """Which names the rows had, and how many rows there were."""

    times: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        self.times.update(dict.fromkeys(row, 1))
        self.rows += 1


def tell(path: Path, columns: Columns) -> None:
    """Log what of the template at *path* stays unfilled, what of the data stays unused, and what cannot be shown."""
    template = Template.read(path)
    for name in template.unsupported:
        logger.warning(
            "%s uses <%s>, which is not supported: workers are told that it is missing.", path, name
        )
    if columns.rows == 0:
        return  # a generator is read later
    for name in sorted(template.needed):
        lacking = columns.rows - columns.times[name]
        if lacking == columns.rows:
            logger.warning("%s: the data has nothing for ${%s}, which stays as it is.", path, name)
        elif lacking:
            logger.warning(
                "%s: %d of %d rows have nothing for ${%s}, which stays as it is there.",
                *(path, lacking, columns.rows, name),
            )
    unused = list(filter(None, template.without_use(columns.times)))
    if unused:
        logger.info("%s does not use: %s.", path, ", ".join(unused))
