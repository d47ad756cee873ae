"""Whether template and data know of each other. What runs is never refused for it: a word in the log is enough."""

import json
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
    """Which names the rows had, which of them with double quotes in a value, and how many rows there were."""

    times: Counter[str] = field(default_factory=Counter)
    with_quotes: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        self.times.update(dict.fromkeys(row, 1))
        self.with_quotes.update(name for name, value in row.items() if '"' in _shown(value))
        self.rows += 1


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


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
    for name in sorted(template.quoted & columns.with_quotes.keys()):
        logger.warning(
            "%s: ${%s} stands in an attribute between double quotes, and in %d of %d rows its value has double quotes, "
            "which end the attribute there. Put the attribute between single quotes.",
            *(path, name, columns.with_quotes[name], columns.rows),
        )
    unused = list(filter(None, template.without_use(columns.times)))
    if unused:
        logger.info("%s does not use: %s.", path, ", ".join(unused))
