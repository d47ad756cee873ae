"""What workers' answers to gold units came to: qualifications whose names begin with one that the researcher chose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select, update

from mephisto.model import agents
from mephisto.qualification_rules import QUAL_NOT_EXIST, Requirement
from mephisto.store import qualifications
from mephisto.store.ids import Ids

# The event of an answer is told at least once, so that the answer itself notes as what it was counted.
_COUNTED: Final = "counted_as"


@dataclass(frozen=True)
class GoldNames:
    """The qualifications that begin with *base*."""

    base: str

    @property
    def completed(self) -> str:
        """How many units of the data a worker has done."""
        return f"{self.base}-completed-count"

    @property
    def correct(self) -> str:
        return f"{self.base}-correct-golds"

    @property
    def wrong(self) -> str:
        return f"{self.base}-wrong-golds"

    @property
    def disqualified(self) -> str:
        """Who has this gets nothing any more."""
        return f"{self.base}-disqualified"

    def all(self) -> list[str]:
        return [self.completed, self.correct, self.wrong, self.disqualified]


@dataclass(frozen=True)
class GoldCounts:
    """A worker's units of the data, and gold units by what their answers came to."""

    completed: int
    correct: int
    wrong: int


def names_of(options: Mapping[str, Any]) -> GoldNames | None:
    """Return the qualifications that a blueprint's *options* speak of, None if they ask for no gold units."""
    return GoldNames(options["gold_qualification_base"]) if options.get("use_golds") is True else None


def requirements(names: GoldNames | None) -> tuple[Requirement, ...]:
    """Return what a run with gold units asks for in any case."""
    return (Requirement(names.disqualified, QUAL_NOT_EXIST),) if names else ()


def counts(connection: Connection, names: GoldNames, worker_id: int) -> GoldCounts:
    found = (
        qualifications.value(connection, worker_id, name) or 0
        for name in (names.completed, names.correct, names.wrong)
    )
    return GoldCounts(*found)


def count(connection: Connection, ids: Ids, agent_id: int, name: str, now: int) -> None:
    """Add one, for an answer, to what its worker holds of the qualification *name*; each answer is counted once."""
    agent = connection.execute(
        select(agents.c.worker_id, agents.c.notes).where(agents.c.id == agent_id)
    ).one()
    notes = agent.notes or {}
    if _COUNTED in notes:
        return
    connection.execute(update(agents).where(agents.c.id == agent_id).values(notes={**notes, _COUNTED: name}))
    held = qualifications.value(connection, agent.worker_id, name) or 0
    _grant(connection, ids, agent.worker_id, name, held + 1, now)


def disqualify(connection: Connection, ids: Ids, names: GoldNames, worker_id: int, now: int) -> None:
    _grant(connection, ids, worker_id, names.disqualified, 1, now)


def _grant(connection: Connection, ids: Ids, worker_id: int, name: str, value: int, now: int) -> None:
    qualification = qualifications.qualification_id(connection, ids.new(), name, "", now)
    qualifications.grant(connection, ids.new(), worker_id, qualification, value, now)
