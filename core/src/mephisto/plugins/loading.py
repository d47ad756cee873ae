"""One name to one verified class. Only the chosen plugin's module is imported."""

from typing import Any

from mephisto.errors import PluginBroken, PluginMisuse, PluginNotFound
from mephisto.nearest import did_you_mean
from mephisto.plugins.contract import violations
from mephisto.plugins.discovery import Offer, installed


def find(kind: str, name: str) -> Offer:
    """Return what is installed under *name*; raise `PluginNotFound` with the nearest name and all others."""
    offers = installed(kind)
    if name in offers:
        return offers[name]
    raise PluginNotFound(
        f"There is no {kind} {name!r}.{did_you_mean(name, offers)}",
        f"Installed: {', '.join(offers) or 'none'}.",
        f"Choose one of these, or install the distribution that brings the {kind} {name!r}.",
    )


def load(kind: str, name: str) -> type[Any]:
    """Import the plugin class *name* and check it against the contract of *kind*.

    Raises `PluginNotFound`, `PluginBroken` if importing it fails, `PluginMisuse` if it breaks the contract.
    """
    return load_offer(find(kind, name))


def is_sandbox(provider: str) -> bool:
    """Say whether the work of a provider is a rehearsal, as its class says; raises what `load` raises."""
    return bool(getattr(load("provider", provider), "sandbox", False))


def load_offer(offer: Offer) -> type[Any]:
    """Import the class behind *offer* and check it, as `load` does."""
    try:
        plugin = offer.entry_point.load()
    except (Exception, SystemExit) as error:  # a module may end the process when it is imported
        raise PluginBroken(
            f"The {offer} cannot be imported.",
            f"{type(error).__name__}: {error}",
            f"Repair or uninstall {offer.distribution}; the other plugins are not affected.",
        ) from error
    if not isinstance(plugin, type):
        raise PluginBroken(
            f"The {offer} is not a class.",
            f"Its entry point leads to {plugin!r}.",
            "Let the entry point name the plugin's class.",
        )
    wrong = list(violations(offer.kind, plugin))
    if wrong:
        raise PluginMisuse(
            f"The {offer} breaks the contract of its kind.",
            "\n".join(wrong),
            "The contract is mephisto.hookspecs; mephisto.testing checks a plugin against it.",
        )
    return plugin
