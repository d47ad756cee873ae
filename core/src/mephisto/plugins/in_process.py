"""Classes that a run script, or a test, registers for its own process.

They are kept where Python keeps its own finders of distributions, `sys.meta_path`, as one more distribution: so
there is one way to discover plugins, and no registry of ours beside it.
"""

import sys
from collections.abc import Iterator
from email.message import Message
from importlib.metadata import Distribution, DistributionFinder, EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

from mephisto.hookspecs import NAME

DISTRIBUTION = "this-process"


class _ClassEntryPoint(EntryPoint):
    """An entry point whose class is at hand, wherever it was defined."""

    _class: type

    @classmethod
    def of(cls, kind: str, name: str, plugin: type) -> "_ClassEntryPoint":
        entry_point = cls(name, f"{plugin.__module__}:{plugin.__qualname__}", f"{NAME}.{kind}")
        vars(entry_point)["_class"] = plugin  # entry points refuse assignment
        return entry_point

    def load(self) -> Any:
        return self._class


class _InProcess(Distribution):
    def __init__(self) -> None:
        self.classes: dict[tuple[str, str], type] = {}

    def read_text(self, filename: str) -> str | None:
        return (
            f"Metadata-Version: 2.1\nName: {DISTRIBUTION}\nVersion: 0\n" if filename == "METADATA" else None
        )

    def locate_file(self, path: Any) -> Path:
        return Path.cwd() / str(path)

    @property
    def metadata(self) -> Any:
        headers = Message()
        headers["Name"], headers["Version"] = DISTRIBUTION, "0"
        return headers

    @property
    def entry_points(self) -> EntryPoints:
        points = [_ClassEntryPoint.of(kind, name, plugin) for (kind, name), plugin in self.classes.items()]
        for point in points:
            vars(point)["dist"] = self
        return EntryPoints(points)


class _Finder(DistributionFinder):
    def __init__(self) -> None:
        self.distribution = _InProcess()

    def find_spec(self, *_: Any, **__: Any) -> None:
        return None

    def find_distributions(
        self,
        context: DistributionFinder.Context = DistributionFinder.Context(),  # noqa: B008 - the base's own
    ) -> Iterator[Distribution]:
        if context.name in {None, DISTRIBUTION}:
            yield self.distribution


def _classes(*, create: bool) -> dict[tuple[str, str], type]:
    for finder in sys.meta_path:
        if isinstance(finder, _Finder):
            return finder.distribution.classes
    new = _Finder()
    if create:
        sys.meta_path.insert(0, new)
    return new.distribution.classes


def register(kind: str, name: str, plugin: type) -> None:
    """Offer *plugin* under *name* in this process, as if it were installed; it hides an installed one."""
    _classes(create=True)[kind, name] = plugin


def unregister(kind: str, name: str) -> None:
    """Take back what `register` offered; nothing happens if it offered nothing."""
    _classes(create=False).pop((kind, name), None)
