"""Accounts: registered with their provider, and kept under their names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from mephisto.composing.options import settle
from mephisto.config import RequesterArgs
from mephisto.errors import ChecksFailed, ConfigError
from mephisto.plugins import Use, load
from mephisto.store import Store, people


def account_options(provider: str, given: Mapping[str, Any]) -> RequesterArgs:
    """Settle what a provider asks for, `name` among it; raises `ChecksFailed` with all that is wrong with *given*."""
    options: type[RequesterArgs] = getattr(load("provider", provider), "RequesterConfig", RequesterArgs)
    return settle(options, given, "requester", Path.cwd())


def register_account(store: Store, provider: str, config: RequesterArgs) -> str:
    """Register an account with *provider*, keep it, and return its id; one that is kept already stays the same.

    Raises `ChecksFailed` with what the provider says against it, and what a plugin raises; nothing is kept then.
    """
    if not config.name.strip():
        raise ConfigError(
            "The name of the account is empty.", "It is known here by its name.", "Add one: name=me, say."
        )
    use = Use({"provider": provider})
    problems = use.ask_all(use.hooks.provider_register, config=config)
    if problems:
        raise ChecksFailed(problems)
    new_id, now = store.ids.new(), store.now()

    def job(connection: Connection) -> int:
        return people.requester_id(connection, new_id, provider, config.name, now)

    return str(store.write(job))
