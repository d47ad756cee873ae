"""Which plugins are installed, read from the entry points. Listing imports none of them."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from mephisto.hookspecs import KINDS, NAME


@dataclass(frozen=True)
class Offer:
    """One name that a distribution offers for a kind."""

    kind: str
    name: str
    entry_point: EntryPoint

    @property
    def distribution(self) -> str:
        """Name of the distribution, or the module where there is none."""
        return self.entry_point.dist.name if self.entry_point.dist else self.entry_point.module

    @property
    def version(self) -> str:
        return self.entry_point.dist.version if self.entry_point.dist else ""

    @property
    def place(self) -> Path | None:
        """Folder in which the distribution's metadata lies."""
        return Path(str(self.entry_point.dist.locate_file(""))) if self.entry_point.dist else None

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r} ({self.entry_point.value}, {self.distribution} {self.version})"


def installed(kind: str) -> dict[str, Offer]:
    """Map each name offered for *kind* to its offer, in alphabetical order.

    A class registered in this process comes before an installed one of the same name.
    """
    found: dict[str, Offer] = {}
    for entry_point in entry_points(group=f"{NAME}.{kind}"):
        found.setdefault(entry_point.name, Offer(kind, entry_point.name, entry_point))
    return dict(sorted(found.items()))


def all_installed() -> list[Offer]:
    """List the offers of every kind."""
    return [offer for kind in KINDS for offer in installed(kind).values()]
