"""`mephisto wut`: which options there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import click

from mephisto.cli.options import Option, about, options_of
from mephisto.cli.output import print_json, print_text
from mephisto.config import TaskRunArgs
from mephisto.errors import ConfigError, PluginError
from mephisto.nearest import did_you_mean
from mephisto.plugins.discovery import Offer, installed
from mephisto.plugins.loading import find, load_offer
from mephisto.shared_state import SharedTaskState

# What each kind is, and what it is called when there are several.
KINDS: Final = {
    "blueprint": "The blueprint determines the task content.",
    "architect": "The architect determines the server where a task is hosted.",
    "requester": "The requester is the account in whose name a provider launches a task.",
    "provider": "The crowd provider determines the source of the crowd workers.",
    "task": "The task is what workers read, what they earn, and the limits of a run.",
}

EXAMPLES: Final = """\b
Examples:
  mephisto wut                         what is installed
  mephisto wut architect               one kind's plugins
  mephisto wut architect=local         all options of one
  mephisto wut architect=local port    one of them
  mephisto wut task                    what every task has
  mephisto wut requester=mock          what accounts need
"""


@dataclass(frozen=True)
class Part:
    """Options that are set in one place, and what is said above them."""

    above: str
    title: str
    options: Sequence[Option]


@click.command(epilog=EXAMPLES)
@click.argument("words", nargs=-1, metavar="[KIND[=NAME] [OPTION]...]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for another program.")
def wut(words: tuple[str, ...], *, as_json: bool) -> None:
    """Show which options there are, and what each of them does.

    KIND is blueprint, architect, provider, requester or task. The port of the architect, for instance, is set
    as mephisto.architect.port, in the configuration of a run script or on its command line.
    """
    if not words:
        _show_kinds(as_json=as_json)
        return
    kind, named, name = words[0].partition("=")
    if kind not in KINDS:
        raise ConfigError(
            f"There is no kind {kind!r}.{did_you_mean(kind, KINDS)}",
            f"Kinds: {', '.join(KINDS)}.",
            "'mephisto wut' says what is installed of each.",
        )
    if kind == "task":
        _show_parts("task", _parts_of_task(), words[1:], as_json=as_json)
    elif name:
        _show_parts(f"{kind} {name!r}", _parts_of_plugin(kind, name), words[1:], as_json=as_json)
    elif named or words[1:]:
        raise ConfigError(
            f"Which {kind}?",
            f"Installed: {', '.join(_names(kind)) or 'none'}.",
            f"Name one of them: mephisto wut {' '.join([f'{kind}=NAME', *words[1:]])}",
        )
    else:
        _show_names(kind, as_json=as_json)


def _names(kind: str) -> dict[str, Offer]:
    """Map the names that may stand behind *kind*= to what offers them, without importing any."""
    if kind == "task":
        return {}
    return installed("provider" if kind == "requester" else kind)


def _show_kinds(*, as_json: bool) -> None:
    if as_json:
        print_json([{"kind": kind, "names": list(_names(kind))} for kind in KINDS])
        return
    from mephisto.cli.tables import print_table

    print_text("Usage: mephisto wut <abstraction>[=<type>] [...specific args to check]")
    rows = [
        {"abstraction": kind, "valid types": ", ".join(_names(kind)) or "-", "description": sentence}
        for kind, sentence in KINDS.items()
    ]
    print_table("Abstractions", rows, sentences="description")


def _show_names(kind: str, *, as_json: bool) -> None:
    offers = _names(kind)
    if kind == "requester":
        offers = {name: offer for name, offer in offers.items() if _has_accounts(offer)}
    if as_json:
        print_json(
            [
                {"kind": kind, "name": name, "distribution": offer.distribution, "version": offer.version}
                for name, offer in offers.items()
            ]
        )
        return
    print_text(KINDS[kind])
    click.echo(f"\nValid {kind}s are:")
    for name, offer in offers.items():
        click.echo(f"  * {name}  ({offer.distribution} {offer.version})")
    if offers:
        click.echo(f"\nThe options of one: mephisto wut {kind}={next(iter(offers))}")
    else:
        click.echo("  none is installed")


def _has_accounts(offer: Offer) -> bool:
    try:
        return hasattr(load_offer(offer), "RequesterConfig")
    except PluginError:  # 'mephisto plugins' says what is wrong with it
        return False


def _parts_of_task() -> Iterator[Part]:
    yield Part(about(TaskRunArgs), "Task Arguments", options_of(TaskRunArgs, "mephisto.task"))


def _parts_of_plugin(kind: str, name: str) -> Iterator[Part]:
    offer = find("provider" if kind == "requester" else kind, name)
    plugin = load_offer(offer)
    config: type[Any] | None = getattr(plugin, "RequesterConfig" if kind == "requester" else "Config", None)
    if config is None:
        raise ConfigError(f"The provider {name!r} has no accounts to register, and so no options for them.")
    section = kind if kind == "requester" else f"mephisto.{kind}"
    yield Part(about(config), f"{kind.capitalize()} Arguments", options_of(config, section, offer))
    if kind == "blueprint":
        state: type[Any] = getattr(plugin, "SharedState", SharedTaskState)
        yield Part(
            f"Additional SharedTaskState args from {state.__name__}, which may be configured in your run script",
            "Additional Shared TaskState args",
            options_of(state, "shared_state", offer),
        )


def _show_parts(what: str, found: Iterator[Part], only: Sequence[str], *, as_json: bool) -> None:
    parts = list(found)
    _refuse_unknown(what, [option.dest for part in parts for option in part.options], only)
    shown = [
        Part(part.above, part.title, [option for option in part.options if not only or option.dest in only])
        for part in parts
    ]
    if as_json:
        print_json([option.as_json() for part in shown for option in part.options])
        return
    from mephisto.cli.tables import print_table

    for number, part in enumerate(shown):
        if part.above and (part.options or number == 0):
            click.echo("\n" * bool(number), nl=False)
            print_text(part.above)
        if part.options:
            print_table(part.title, [option.as_row() for option in part.options], sentences="help")
            _show_origins(part.options)


def _refuse_unknown(what: str, known: Sequence[str], asked: Sequence[str]) -> None:
    for option in asked:
        if option not in known:
            raise ConfigError(
                f"The {what} has no option {option!r}.{did_you_mean(option, known)}",
                f"Options: {', '.join(known)}.",
                "Ask for one of these, or for none to see all.",
            )


def _show_origins(options: Sequence[Option]) -> None:
    by_origin: dict[str, list[str]] = {}
    for option in options:
        by_origin.setdefault(option.origin, []).append(option.dest)
    for origin, names in by_origin.items():
        print_text(f"From {origin}: {', '.join(names)}")
