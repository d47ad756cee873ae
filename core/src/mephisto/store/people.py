"""Requesters and workers: found by provider and name, or made."""

from typing import Final

from sqlalchemy import Connection, Table, bindparam, insert, select

from mephisto.model import requesters, workers
from mephisto.store.prepared import Prepared
from mephisto.store.rows import AnyRow

_KNOWN: Final = {
    people: Prepared(
        select(people.c.id).where(
            people.c.provider == bindparam("provider"), people.c.name == bindparam("name")
        )
    )
    for people in (requesters, workers)
}
_ADD: Final = {people: Prepared(insert(people)) for people in (requesters, workers)}


def requester_id(connection: Connection, new_id: int, provider: str, name: str, now: int) -> int:
    """Return the id of the account *name*, making it under *new_id* if there is none."""
    return _find_or_make(connection, requesters, new_id, provider, name, now)


def worker_id(connection: Connection, new_id: int, provider: str, name: str, now: int) -> int:
    """Return the id of the worker *name*, making one under *new_id* if there is none."""
    return _find_or_make(connection, workers, new_id, provider, name, now)


def newest_requester(connection: Connection, provider: str, name: str | None = None) -> AnyRow | None:
    """Return id and name of the newest account with *provider*, of the one called *name* if that is given."""
    query = select(requesters.c.id, requesters.c.name).where(requesters.c.provider == provider)
    if name is not None:
        query = query.where(requesters.c.name == name)
    return connection.execute(query.order_by(requesters.c.id.desc()).limit(1)).first()


def _find_or_make(
    connection: Connection, people: Table, new_id: int, provider: str, name: str, now: int
) -> int:
    found: int | None = _KNOWN[people].scalar(connection, {"provider": provider, "name": name})
    if found is not None:
        return found
    row = {"id": new_id, "provider": provider, "name": name, "created_at": now}
    _ADD[people].change(connection, row)
    return new_id
