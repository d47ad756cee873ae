"""`mephisto plugins`: what is installed."""

import sys
from contextlib import redirect_stdout
from typing import Any, Final

import click

from mephisto.cli.output import print_json
from mephisto.errors import PluginError
from mephisto.plugins.contract import implementations
from mephisto.plugins.discovery import Offer, all_installed
from mephisto.plugins.loading import load_offer

EXAMPLES: Final = """\b
Examples:
  mephisto plugins
  mephisto plugins --json
"""


@click.command(epilog=EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for another program.")
def plugins(*, as_json: bool) -> None:
    """List the installed plugins, and why one is broken.

    Each is imported and checked here. A broken one harms nothing but itself. To add one, install the
    distribution that brings it; nothing else is needed.
    """
    found = [_described(offer) for offer in all_installed()]
    if as_json:
        print_json(found)
    elif not found:
        click.echo("No plugins are installed.")
    else:
        from mephisto.cli.tables import print_table

        print_table("Plugins", [_row(plugin) for plugin in found], sentences="place")
        for plugin in found:
            if plugin["reason"]:
                click.echo(f"\nBroken: {plugin['reason']}")


def _described(offer: Offer) -> dict[str, Any]:
    hooks: list[str] = []
    reason = None
    try:
        with redirect_stdout(sys.stderr):  # what a module prints when it is imported is no part of a list
            hooks = sorted(implementations(load_offer(offer)))
    except PluginError as error:
        reason = str(error)
    return {
        "kind": offer.kind,
        "name": offer.name,
        "distribution": offer.distribution,
        "version": offer.version,
        "place": str(offer.place) if offer.place else None,
        "hooks": hooks,
        "reason": reason,
    }


def _row(plugin: dict[str, Any]) -> dict[str, str]:
    return {
        "kind": plugin["kind"],
        "name": plugin["name"],
        "distribution": plugin["distribution"],
        "version": plugin["version"],
        "hooks": "\n".join(plugin["hooks"]) or "broken: see below",
        "place": plugin["place"] or "-",
    }
