"""Units beside those of the data: to screen a worker, or with an answer that is known (gold).

Each has an assignment of its own. They are paid, reviewed and exported as all others are; neither the end of a run nor
the maximum of a worker counts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select

from mephisto.model import assignments, units
from mephisto.status import DONE_UNITS, UnitKind, UnitStatus
from mephisto.store import json_text
from mephisto.store.admission import ExtraTerms, Terms
from mephisto.store.ids import Ids
from mephisto.store.prepared import Prepared
from mephisto.store.statements import one_of

#: What scripts know the kinds by; places on rows of data count from 0.
UNIT_INDEX: Final[Mapping[UnitKind, int]] = {UnitKind.SCREENING: -1, UnitKind.GOLD: -2}

_TAKEN: Final = Prepared(
    select(func.count())
    .select_from(units)
    .where(
        units.c.task_run_id == bindparam("run"),
        one_of(units.c.status, DONE_UNITS | {UnitStatus.ASSIGNED}),
        units.c.kind == bindparam("kind"),
    )
)
_GIVEN_BACK: Final = Prepared(
    select(units.c.id, units.c.assignment_id, assignments.c.data)
    .join_from(units, assignments)
    .where(
        units.c.task_run_id == bindparam("run"),
        one_of(units.c.status, [UnitStatus.LAUNCHED]),
        units.c.kind == bindparam("kind"),
    )
    .order_by(units.c.id)
    .limit(1)
)


@dataclass(frozen=True)
class NewExtra:
    """What a new unit shows and pays; without data, only one that was given back can be had."""

    data: dict[str, Any] | None
    pay_cents: int


@dataclass(frozen=True)
class Extra:
    """A unit beside those of the data that nobody holds."""

    id: int
    assignment_id: int
    data: dict[str, Any]


def has_room(connection: Connection, run_id: int, extra: ExtraTerms) -> bool:
    """Say whether fewer are held or done than a run gives: what was given back counts no more."""
    return int(_TAKEN.scalar(connection, {"run": run_id, "kind": extra.kind})) < extra.most


def may_count(connection: Connection, terms: Terms, unit_id: int) -> bool:
    """Say whether an answer that comes late may take its unit again, as far as their number goes."""
    if terms.extra is None:
        return True
    kind = connection.execute(select(units.c.kind).where(units.c.id == unit_id)).scalar_one()
    return kind == UnitKind.STANDARD or has_room(connection, terms.run_id, terms.extra)


def free(connection: Connection, ids: Ids, terms: Terms, new: NewExtra) -> Extra | None:
    """Find a unit, or make it; None if there is no room, or nothing to show.

    A screening unit that was given back goes to the next worker. Gold was chosen for one worker, and goes to no other.
    """
    extra = terms.extra
    if extra is None or not has_room(connection, terms.run_id, extra):
        return None
    if extra.kind is UnitKind.SCREENING:
        found = _GIVEN_BACK.first(connection, {"run": terms.run_id, "kind": extra.kind})
        if found is not None:
            return Extra(found.id, found.assignment_id, found.data)
    return None if new.data is None else _made(connection, ids, terms.run_id, extra.kind, new.data, new)


def _made(
    connection: Connection, ids: Ids, run_id: int, kind: UnitKind, data: dict[str, Any], new: NewExtra
) -> Extra:
    made = Extra(ids.new(), ids.new(), data)
    row = {"id": made.assignment_id, "task_run_id": run_id, "data": data}
    connection.execute(insert(assignments).values(**row, data_hash=json_text.digest(data)))
    connection.execute(
        insert(units).values(
            id=made.id,
            task_run_id=run_id,
            assignment_id=made.assignment_id,
            unit_index=UNIT_INDEX[kind],
            kind=kind,
            status=UnitStatus.LAUNCHED,
            pay_cents=new.pay_cents,
        )
    )
    return made
