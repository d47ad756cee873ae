"""In whose name a task is launched: accounts, registered or found."""

import dataclasses
from pathlib import Path

from mephisto.config import MISSING, RequesterArgs, default_of
from mephisto.errors import ChecksFailed, ConfigError
from mephisto.operations.plan import Plan
from mephisto.plugins import Use, load
from mephisto.store import Store, people


def requester_of(store: Store, plan: Plan) -> int:
    """Return the id of the account that launches: the named one, or the provider's newest.

    Where registering asks for nothing but a name, the account is made. Raises `ConfigError` if none is found.
    """
    provider, wanted = plan.names["provider"], plan.provider.requester_name
    with store.read() as connection:
        found = people.newest_requester(connection, provider, wanted)
    if found is not None:
        return found
    name = _name_of_free_account(provider, wanted)
    if name is None:
        raise ConfigError(
            f"No account {wanted!r} is registered with the provider {provider!r}."
            if wanted
            else f"No account is registered with the provider {provider!r}.",
            "A task is launched in the name of an account.",
            f"Register one: mephisto register {provider} name=... (without name=... it tells what that takes).",
        )
    new_id, now = store.ids.new(), store.now()
    return store.write(lambda connection: people.requester_id(connection, new_id, provider, name, now))


def register_account(directory: Path, provider: str, config: RequesterArgs) -> str:
    """Register an account with *provider*, keep it in the database of *directory*, and return its name.

    Raises `ChecksFailed` with what the provider says against it, and what a plugin raises; nothing is kept then.
    """
    use = Use({"provider": provider})
    problems = use.ask_all(use.hooks.provider_register, config=config)
    if problems:
        raise ChecksFailed(problems)
    store = Store(directory)
    try:
        new_id, now = store.ids.new(), store.now()
        store.write(lambda connection: people.requester_id(connection, new_id, provider, config.name, now))
    finally:
        store.close()
    return config.name


def _name_of_free_account(provider: str, wanted: str | None) -> str | None:
    """Return the name under which an account can be made without asking for anything; None if that cannot be."""
    options = getattr(load("provider", provider), "RequesterConfig", None)
    if options is None:
        return wanted or provider
    defaults = {option.name: default_of(option) for option in dataclasses.fields(options)}
    if any(default == MISSING for name, default in defaults.items() if name != "name"):
        return None
    return wanted or (None if defaults["name"] == MISSING else defaults["name"])
