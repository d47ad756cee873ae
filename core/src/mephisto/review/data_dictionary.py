"""What the columns of an export mean, which types they hold, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Final

from mephisto.errors import ConfigError
from mephisto.review.flattening import type_name

#: What is known of each answer, in the order of the columns.
KNOWN: Final[Mapping[str, str]] = {
    "run_id": "The run in which it was collected.",
    "assignment_id": "The row of data that it is about; answers to the same row share it.",
    "unit_id": "The place on that row; there are several if several workers do the same row.",
    "unit_kind": "standard is a place on a row of the task's data; screening and gold are units beside it.",
    "agent_id": "The attempt: one worker, one unit.",
    "worker": "The worker's name at the provider, or a pseudonym: the same for the same worker, in all exports.",
    "status": "What the attempt became: completed is not reviewed; approved, rejected, soft_rejected are decisions; "
    "timeout and others ended without an answer that counts.",
    "submission": "answer counts; late came after its time, duplicate after another answer; partial is "
    "what stood in the page when the time ran out, and was never handed in.",
    "started_at": "When the worker got the unit (UTC).",
    "submitted_at": "When the answer came in (UTC); of what is partial, when the page told it last.",
    "seconds": "From the one to the other.",
    "pay": "What was promised for it, in US dollars.",
    "review_note": "The reason that the last decision about it gives.",
    "receipt_code": "The code that the worker was shown; left out where workers have pseudonyms.",
    "files": "Where the answer's files are, relative to this file with --files, else to the data directory.",
}
#: What there is besides where workers and scripts talked with each other.
TALKS: Final[Mapping[str, str]] = {
    "live_updates": "What the worker's page (from_worker) and the run's script said to each other meanwhile, in order.",
}
#: More columns than this are a sign that names hold data, and no table to work with.
MOST_COLUMNS: Final = 4_000


@dataclass
class Column:
    """What is seen of one column: how many values of which type, and the range of numbers."""

    types: dict[type, int] = field(default_factory=dict)
    least: float | None = None
    greatest: float | None = None

    def see(self, value: Any) -> None:
        kind = type(value)
        self.types[kind] = self.types.get(kind, 0) + 1
        if kind is int or kind is float:
            if self.least is None or value < self.least:
                self.least = value
            if self.greatest is None or value > self.greatest:
                self.greatest = value

    @property
    def is_text(self) -> bool:
        """Whether there is nothing but text, so that cells hold it as it is."""
        return self.types.keys() <= {str, NoneType}

    def described(self, rows: int) -> dict[str, Any]:
        seen = sum(self.types.values())
        types = {type_name(kind): count for kind, count in self.types.items()}
        found: dict[str, Any] = {"types": types, "missing": rows - seen}
        if self.least is not None:
            found |= {"least": self.least, "greatest": self.greatest}
        return found


@dataclass
class Dictionary:
    """All columns of an export, those of inputs and outputs in the order in which they were met."""

    columns: dict[str, Column] = field(default_factory=dict)
    rows: int = 0

    def see(self, column: str, value: Any) -> None:
        found = self.columns.get(column)
        if found is None:
            found = self.columns[column] = self._new()
        found.see(value)

    def _new(self) -> Column:
        if len(self.columns) >= MOST_COLUMNS:
            raise ConfigError(
                f"These answers have more than {MOST_COLUMNS} fields of different names.",
                "A table of so many columns is of no use; probably names of fields hold data.",
                "Export them as JSON Lines: --format jsonl --no-dictionary.",
            )
        return Column()

    def in_order(self) -> list[str]:
        """List the columns of inputs, then those of outputs."""
        return sorted(self.columns, key=lambda name: name.partition(".")[0])

    def described(self, known: Mapping[str, str]) -> list[dict[str, Any]]:
        """Describe all columns, the *known* ones first."""
        listed: list[dict[str, Any]] = [
            {"name": name, "meaning": meaning, "missing": 0} for name, meaning in known.items()
        ]
        for name in self.in_order():
            part, _, path = name.partition(".")
            meaning = f"{path!r} of the {'row of data' if part == 'inputs' else 'answer'}."
            listed.append({"name": name, "meaning": meaning, **self.columns[name].described(self.rows)})
        return listed
