"""`mephisto register`: accounts in whose name tasks are launched."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import click

from mephisto.cli.options import about, options_of
from mephisto.cli.output import print_json, print_text
from mephisto.config import MISSING, default_of
from mephisto.errors import ChecksFailed, ConfigError, PluginError, Problem
from mephisto.nearest import did_you_mean
from mephisto.plugins.discovery import Offer, installed
from mephisto.plugins.loading import find, load_offer

EXAMPLES: Final = """\b
Examples:
  mephisto register                providers with accounts
  mephisto register mock           what one asks for
  mephisto register mock name=me   register an account
"""


@click.command(epilog=EXAMPLES)
@click.argument("words", nargs=-1, metavar="[TYPE [ARGUMENT=VALUE]...]")
@click.option("--json", "as_json", is_flag=True, help="Print tables as JSON, for another program.")
def register(words: tuple[str, ...], *, as_json: bool) -> None:
    """Register an account with a provider.

    TYPE is the provider's name; what it asks for is given as ARGUMENT=VALUE. Without arguments they are listed.
    Nothing is kept if registering fails.
    """
    if not words:
        _show_providers(as_json=as_json)
        return
    offer = find("provider", words[0])
    options = _accounts(offer)
    if options is None:
        raise ConfigError(
            f"The provider {words[0]!r} has no accounts.",
            f"Providers with accounts: {', '.join(_with_accounts()) or 'none'}.",
            "Nothing has to be registered for it.",
        )
    if not words[1:]:
        _show_arguments(options, offer, as_json=as_json)
        return
    name = _register(words[0], _given(words[0], options, words[1:]))
    click.echo(f'Registered requester "{name}" successfully.')


def _accounts(offer: Offer) -> type[Any] | None:
    found: type[Any] | None = getattr(load_offer(offer), "RequesterConfig", None)
    return found


def _with_accounts() -> list[str]:
    names = []
    for name, offer in installed("provider").items():
        try:
            if _accounts(offer):
                names.append(name)
        except PluginError:  # 'mephisto plugins' says what is wrong with it
            continue
    return names


def _show_providers(*, as_json: bool) -> None:
    names = _with_accounts()
    if as_json:
        print_json(names)
        return
    print_text("Usage: mephisto register TYPE [ARGUMENT=VALUE]...")
    click.echo("\nProviders with accounts:")
    for name in names:
        click.echo(f"  * {name}")
    if names:
        click.echo(f"\nWhat one of them asks for: mephisto register {names[0]}")
    else:
        click.echo("  none is installed")


def _show_arguments(config: type[Any], offer: Offer, *, as_json: bool) -> None:
    options = options_of(config, "requester", offer)
    if as_json:
        print_json([option.as_json() for option in options])
        return
    from mephisto.cli.tables import print_table

    if about(config):
        print_text(about(config))
    print_table("Arguments", [option.as_row() for option in options], sentences="help")
    given = " ".join(f"{option.dest}=..." for option in options if option.required or option.dest == "name")
    print_text(f"To register: mephisto register {offer.name} {given}")


def _given(provider: str, config: type[Any], words: Sequence[str]) -> dict[str, str]:
    """Read the words behind the provider's name; raise `ChecksFailed` with all that is wrong with them."""
    options = {option.name: option for option in fields(config) if not option.name.startswith("_")}
    given: dict[str, str] = {}
    problems = []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            problems.append(
                Problem(f"{word!r} gives no argument a value.", "", f"Write it as ARGUMENT=VALUE: {word}=...")
            )
        elif key not in options:
            problems.append(
                Problem(
                    f"Accounts of the provider {provider!r} have no argument {key!r}.{did_you_mean(key, options)}",
                    f"Arguments: {', '.join(options)}.",
                )
            )
        else:
            given[key] = value
    problems += [
        Problem(f"{name!r} is missing.", option.metadata.get("help", ""), f"Add {name}=...")
        for name, option in options.items()
        if option.metadata.get("required") and default_of(option) == MISSING and not given.get(name)
    ]
    if problems:
        raise ChecksFailed(problems)
    return given


def _register(provider: str, given: Mapping[str, str]) -> str:
    from mephisto.data_model.accounts import account_options
    from mephisto.operations.accounts import register_at
    from mephisto.settings import data_directory

    config = account_options(provider, given)
    register_at(data_directory(), provider, config)
    return config.name
