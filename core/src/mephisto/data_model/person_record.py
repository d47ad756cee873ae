"""Those whom a provider knows by a name: what accounts and workers share, and accounts by themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, select

from mephisto.data_model.base import StoredObject
from mephisto.data_model.spending import spent
from mephisto.model import requesters, task_runs


def rows_of(people: Table, name: str) -> Select[Any]:
    """Make the query for people whose name is the attribute *name*."""
    return select(
        people.c.id,
        people.c.name.label(name),
        people.c.provider.label("provider_type"),
        people.c.created_at.label("creation_date"),
    )


class PersonRecord(StoredObject):
    """What accounts and workers have in common."""

    provider_type: str
    creation_date: datetime


class RequesterRecord(PersonRecord):
    """An account that launches."""

    subject = "requester"
    rows = rows_of(requesters, "requester_name")

    requester_name: str

    @staticmethod
    def is_registered() -> bool:
        """Say that the provider has taken the account: it is kept only after that."""
        return True

    def get_total_spend(self) -> float:
        """Return what the work in this account's runs costs so far, in dollars and without fees."""
        return spent(self.db, task_runs.c.requester_id == int(self.db_id))

    def to_dict(self) -> dict[str, Any]:
        """Return the columns by name, and that the account is `registered`."""
        return {**super().to_dict(), "registered": self.is_registered()}
