"""What an assignment starts with."""

import json
from dataclasses import asdict, dataclass, field
from typing import IO, Any, Self


@dataclass
class InitializationData:
    """Values for all units of an assignment, and for each of them."""

    shared: dict[str, Any]
    unit_data: list[dict[str, Any]] = field(default_factory=list)

    def dumpJSON(self, fp: IO[str]) -> None:  # noqa: N802 - the name that scripts call
        """Write it to a text file."""
        json.dump(asdict(self), fp)

    @classmethod
    def loadFromJSON(cls, fp: IO[str]) -> Self:  # noqa: N802 - as dumpJSON
        """Read it from a text file."""
        return cls(**json.load(fp))
