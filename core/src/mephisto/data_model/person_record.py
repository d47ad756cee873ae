"""Those whom a provider knows by a name: what accounts and workers share, and accounts by themselves."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, select

from mephisto.data_model.accounts import account_options, register_account
from mephisto.data_model.base import StoredObject
from mephisto.data_model.errors import MephistoDBException
from mephisto.data_model.spending import spent
from mephisto.model import requesters, task_runs
from mephisto.plugins import is_sandbox


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

    def register(self, args: Mapping[str, Any] | None = None) -> None:
        """Register the account with its provider once more, with *args*, which `mephisto register` lists.

        Raises `ChecksFailed` with what is wrong with them, or what the provider says against it.
        """
        given = {"name": self.requester_name, **{str(name): value for name, value in (args or {}).items()}}
        if given["name"] != self.requester_name:
            raise MephistoDBException(
                f"The account {self.requester_name!r} cannot be registered as {given['name']!r}.",
                "That is another account.",
                "Leave the name out, or call db.new_requester(...).",
            )
        register_account(self.db.store, self.provider_type, account_options(self.provider_type, given))

    def is_sandbox(self) -> bool:
        """Say whether the provider's work is a rehearsal; raises what `mephisto.plugins.load` raises."""
        return is_sandbox(self.provider_type)

    @staticmethod
    def is_registered() -> bool:
        """Say that the provider has taken the account: it is kept only after that."""
        return True

    def get_available_budget(self) -> float:
        """Return what money there is for work, in dollars: infinity where it is a rehearsal, for which nobody is paid.

        Raises `MephistoDBException` for any other provider, and what `mephisto.plugins.load` raises.
        """
        if self.is_sandbox():
            return math.inf
        raise MephistoDBException(
            f"What money the account {self.requester_name!r} has left is not known.",
            f"The provider {self.provider_type!r} does not tell what it holds.",
            "Look where the account was made; get_total_spend() says what its work costs so far.",
        )

    def get_total_spend(self) -> float:
        """Return what the work in this account's runs costs so far, in dollars and without fees."""
        return spent(self.db, task_runs.c.requester_id == int(self.db_id))

    def to_dict(self) -> dict[str, Any]:
        """Return the columns by name, and that the account is `registered`."""
        return {**super().to_dict(), "registered": self.is_registered()}
