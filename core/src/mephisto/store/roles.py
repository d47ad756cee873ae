"""Turns: one process at a time does a kind of work in a run, or for an account.

A turn is taken by a conditional update and has a number, the fence. Whoever writes in it shows the number in the same
transaction, so that a process that was taken for dead, and was not, changes nothing once another has taken over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Final, cast

from sqlalchemy import ColumnElement, Connection, bindparam, exists, insert, select, update

from mephisto.errors import StoreError
from mephisto.model import processes, roles
from mephisto.store.ids import Ids
from mephisto.store.prepared import Prepared
from mephisto.store.rows import AnyRow
from mephisto.store.transactions import Job, Result


class RoleName(StrEnum):
    """The kinds of work: in a run giving units out, ending what is overdue, reading data, telling callbacks; for an account its outbox."""

    DESK = "desk"
    CLOCK = "clock"
    FEEDER = "feeder"
    CALLBACKS = "callbacks"
    OUTBOX = "outbox"


IN_RUNS: Final = (RoleName.DESK, RoleName.CLOCK, RoleName.FEEDER, RoleName.CALLBACKS)

_HELD: Final = Prepared(
    select(roles.c.id).where(
        roles.c.task_run_id == bindparam("run"),
        roles.c.name == bindparam("name"),
        roles.c.fence == bindparam("fence"),
    )
)


class RoleLost(StoreError):
    """What a process wanted to write is another's to write now."""


@dataclass(frozen=True)
class Place:
    """A kind of work, and where: in a run, or for an account."""

    name: RoleName
    task_run_id: int | None = None
    requester_id: int | None = None

    @property
    def is_it(self) -> ColumnElement[bool]:
        """The condition that a row of `roles` is this place's."""
        if self.task_run_id is not None:
            return (roles.c.task_run_id == self.task_run_id) & (roles.c.name == self.name)
        return (roles.c.requester_id == self.requester_id) & (roles.c.name == self.name)


@dataclass(frozen=True)
class Turn:
    """The roles that a process has taken in a run, each with its fence."""

    run_id: int
    fences: Mapping[RoleName, int]

    def is_held(self, connection: Connection, name: RoleName) -> bool:
        """Say whether the turn lasts in the role *name*."""
        asked = {"run": self.run_id, "name": name, "fence": self.fences.get(name)}
        return _HELD.first(connection, asked) is not None

    def check(self, connection: Connection, name: RoleName) -> None:
        """Raise `RoleLost` if another process has taken over the role *name*."""
        if not self.is_held(connection, name):
            raise RoleLost(
                f"Run {self.run_id} is not this process's any more.",
                f"Another process took over its {name}, or ended it, since this one seemed to be dead.",
                "Nothing was written. What the run is about now, 'mephisto run' tells.",
            )

    def guarded(self, name: RoleName, job: Job[Result]) -> Job[Result]:
        """Return a job that does what *job* does, if the turn lasts in the role *name*; else it raises `RoleLost`."""

        @wraps(job)
        def in_turn(connection: Connection) -> Result:
            self.check(connection, name)
            return job(connection)

        return in_turn


def begin(connection: Connection, ids: Ids, run_id: int, process_id: int, *, heard: bool) -> Turn:
    """Take all roles of a run on which nobody works, that of telling callbacks only if its script listens."""
    fences: dict[RoleName, int] = {}
    for name in IN_RUNS:
        if heard or name is not RoleName.CALLBACKS:
            place = Place(name, task_run_id=run_id)
            fence = take(connection, ids.new(), place, seen(connection, place), process_id)
            fences[name] = cast("int", fence)  # nobody is quicker within a transaction
    return Turn(run_id, fences)


def seen(connection: Connection, place: Place) -> AnyRow | None:
    """Return fence and process_id of a role, with its process; None if nobody has taken it ever."""
    query = (
        select(
            roles.c.fence,
            roles.c.process_id,
            processes.c.host,
            processes.c.number,
            processes.c.started_at,
            processes.c.heartbeat_at,
        )
        .join_from(roles, processes, roles.c.process_id == processes.c.id, isouter=True)
        .where(place.is_it)
    )
    return connection.execute(query).first()


def take(
    connection: Connection, new_id: int, place: Place, before: AnyRow | None, process_id: int
) -> int | None:
    """Take a role as it was *seen before*, free or left by a dead process; return the fence, None if another was quicker."""
    if before is None:
        if connection.execute(select(roles.c.id).where(place.is_it)).first() is not None:
            return None
        row = {
            "id": new_id,
            "name": place.name,
            "task_run_id": place.task_run_id,
            "requester_id": place.requester_id,
            "process_id": process_id,
            "fence": 1,
        }
        connection.execute(insert(roles).values(row))
        return 1
    taken = connection.execute(
        update(roles)
        .where(
            place.is_it,
            roles.c.fence == before.fence,
            roles.c.process_id.is_not_distinct_from(before.process_id),
        )
        .values(process_id=process_id, fence=before.fence + 1)
    )
    return int(before.fence) + 1 if taken.rowcount else None


def leave(connection: Connection, place: Place, fence: int) -> None:
    """Leave a role to others."""
    connection.execute(update(roles).where(place.is_it, roles.c.fence == fence).values(process_id=None))


def take_away(connection: Connection, run_id: int) -> None:
    """End all turns in a run whose process is dead, or is taken for dead: what it still writes is refused."""
    connection.execute(
        update(roles).where(roles.c.task_run_id == run_id).values(process_id=None, fence=roles.c.fence + 1)
    )


def lasts(place: Place, fence: int) -> ColumnElement[bool]:
    """Return the condition that the turn *fence* at *place* lasts."""
    return exists().where(place.is_it, roles.c.fence == fence)
