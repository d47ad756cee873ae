"""Qualifications: made, granted, revoked, and compared with what a task asks for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from mephisto.model import granted_qualifications, qualifications
from mephisto.qualification_rules import Requirement


def qualification_id(connection: Connection, new_id: int, name: str, description: str, now: int) -> int:
    """Return the id of the qualification *name*, making it under *new_id* if there is none."""
    found = find(connection, name)
    if found is not None:
        return found
    connection.execute(
        insert(qualifications).values(id=new_id, name=name, description=description, created_at=now)
    )
    return new_id


def rename(connection: Connection, qualification: int, name: str, description: str | None) -> bool:
    """Give a qualification another name, and a description if there is one; False if another one has the name."""
    if find(connection, name) not in {None, qualification}:
        return False
    described = {} if description is None else {"description": description}
    connection.execute(
        update(qualifications).where(qualifications.c.id == qualification).values(name=name, **described)
    )
    return True


def names(connection: Connection) -> list[str]:
    """List the names of all qualifications, in order."""
    return list(connection.execute(select(qualifications.c.name).order_by(qualifications.c.name)).scalars())


def find(connection: Connection, name: str) -> int | None:
    found: int | None = connection.execute(
        select(qualifications.c.id).where(qualifications.c.name == name)
    ).scalar()
    return found


def value(connection: Connection, worker_id: int, name: str) -> int | None:
    """Return with which value a worker holds the qualification *name*, None if they do not."""
    query = (
        select(granted_qualifications.c.value)
        .join_from(granted_qualifications, qualifications)
        .where(qualifications.c.name == name, granted_qualifications.c.worker_id == worker_id)
    )
    found: int | None = connection.execute(query).scalar()
    return found


def grant(
    connection: Connection, new_id: int, worker_id: int, qualification: int, value: int, now: int
) -> None:
    """Let a worker hold a qualification with *value*, whether or not they held it before."""
    changed = connection.execute(
        update(granted_qualifications)
        .where(
            granted_qualifications.c.worker_id == worker_id,
            granted_qualifications.c.qualification_id == qualification,
        )
        .values(value=value, updated_at=now)
    )
    if changed.rowcount == 0:
        connection.execute(
            insert(granted_qualifications).values(
                id=new_id,
                worker_id=worker_id,
                qualification_id=qualification,
                value=value,
                created_at=now,
                updated_at=now,
            )
        )


def revoke(connection: Connection, worker_id: int, qualification: int) -> bool:
    """Take a qualification from a worker; False if they did not hold it."""
    gone = connection.execute(
        delete(granted_qualifications).where(
            granted_qualifications.c.worker_id == worker_id,
            granted_qualifications.c.qualification_id == qualification,
        )
    )
    return gone.rowcount == 1


def unmet(connection: Connection, worker_id: int, requirements: Sequence[Requirement]) -> Requirement | None:
    """Return the first requirement that a worker does not meet, None if they meet all."""
    if not requirements:
        return None
    query = (
        select(qualifications.c.name, granted_qualifications.c.value)
        .join_from(granted_qualifications, qualifications)
        .where(granted_qualifications.c.worker_id == worker_id)
    )
    held: dict[str, Any] = dict(connection.execute(query).all())
    return next((asked for asked in requirements if not asked.is_met_by(held.get(asked.name))), None)
