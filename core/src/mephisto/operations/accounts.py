"""In whose name a task is launched: accounts, registered or found."""

import dataclasses
from pathlib import Path

from mephisto.config import MISSING, RequesterArgs, default_of
from mephisto.data_model.accounts import register_account
from mephisto.errors import Problem, StoreError
from mephisto.operations.readiness import why_no_data
from mephisto.plugins import load
from mephisto.store import Store, people


def account_name(store: Store, provider: str, wanted: str | None) -> str | None:
    """Return the name of the account that launches: the one that is *wanted*, or else the provider's default, or its newest.

    Where registering asks for nothing but a name, it need not exist. None if no account will do.
    """
    options = getattr(load("provider", provider), "RequesterConfig", None)
    defaults = (
        {} if options is None else {each.name: default_of(each) for each in dataclasses.fields(options)}
    )
    default = defaults.pop("name", MISSING)
    name = wanted or (None if default == MISSING else default)
    if name and MISSING not in defaults.values():
        return name
    return _registered(store, provider, wanted) or (provider if options is None else None)


def no_account(provider: str, wanted: str | None) -> Problem:
    """Return what is said where no account will do."""
    return Problem(
        f"No account {wanted!r} is registered with the provider {provider!r}."
        if wanted
        else f"No account is registered with the provider {provider!r}.",
        "A task is launched in the name of an account, and the data directory keeps it.",
        f"Register one: mephisto register {provider} name=... (without name=... it tells what that takes).",
    )


def register_at(directory: Path, provider: str, config: RequesterArgs) -> None:
    """Do what `register_account` does, in the database of *directory*; raises `StoreError` if nothing can be kept there."""
    if problem := why_no_data(directory):
        raise StoreError(problem.what, problem.why, problem.remedy)
    store = Store(directory)
    try:
        register_account(store, provider, config)
    finally:
        store.close()


def _registered(store: Store, provider: str, wanted: str | None) -> str | None:
    if not store.is_made:
        return None
    with store.read() as connection:
        found = people.newest_requester(connection, provider, wanted)
    return None if found is None else str(found.name)
