"""Filling the folder that workers can read."""

import logging
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from mephisto import ConfigError, Pages, Problem
from mephisto_blueprint_static import StaticBlueprintArgs

logger = logging.getLogger(__name__)

PREVIEW: Final = "preview.html"
ONBOARDING: Final = "onboarding.html"


@dataclass
class Plan:
    """Which file comes from where, what is left out and why, and what cannot be read."""

    files: dict[str, Path] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    unreadable: list[Problem] = field(default_factory=list)


def build(config: StaticBlueprintArgs, public: Path) -> Pages:
    """Copy extra files and pages into *public*; raise `ConfigError` if two want the same name, or one cannot be read."""
    planned = plan(config)
    for problem in planned.unreadable:
        raise ConfigError(problem.what, problem.why, problem.remedy)
    for name, reason in planned.left_out.items():
        logger.warning("Left out of extra_source_dir, which everyone can read: %s (%s)", name, reason)
    for name, source in planned.files.items():
        target = public / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return Pages(
        task=config.task_source.name,
        preview=PREVIEW if config.preview_source else None,
        onboarding=ONBOARDING if config.onboarding_source else None,
    )


def plan(config: StaticBlueprintArgs) -> Plan:
    """Decide what would be copied, without copying; raise `ConfigError` if two files want the same name."""
    planned = Plan()
    if config.extra_source_dir is not None:
        root = config.extra_source_dir.resolve()
        _Walk(root, _task_data(config), planned).into(root, PurePosixPath())
    _place(planned, config.task_source.name, config.task_source, "task_source")
    if config.preview_source is not None:
        _place(planned, PREVIEW, config.preview_source, "preview_source")
    if config.onboarding_source is not None:
        _place(planned, ONBOARDING, config.onboarding_source, "onboarding_source")
    return planned


def _task_data(config: StaticBlueprintArgs) -> frozenset[Path]:
    options = (config.data_csv, config.data_json, config.data_jsonl)
    return frozenset(path.resolve() for path in options if path is not None)


def _place(planned: Plan, name: str, source: Path, option: str) -> None:
    # Names that differ only in case are one name on many machines.
    taken = {other.casefold(): other for other in planned.files}.get(name.casefold())
    if taken is not None and not planned.files[taken].samefile(source):
        raise ConfigError(
            f"Two files would be served as {name}.",
            f"One is mephisto.blueprint.{option}, {source}; the other is {planned.files[taken]}.",
            "Rename one of them.",
        )
    planned.files[name] = source


class _Walk:
    """The files below one folder that everyone may read."""

    def __init__(self, root: Path, task_data: frozenset[Path], planned: Plan) -> None:
        self.root = root
        self.task_data = task_data
        self.planned = planned

    def into(self, folder: Path, place: PurePosixPath, within: frozenset[Path] = frozenset()) -> None:
        """Plan the files of *folder* under the name *place*; *within* are the folders it lies in."""
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            self.note_unreadable(folder, error)
            return
        for entry in entries:
            try:
                self.take(entry, place / entry.name, within | {folder})
            except OSError as error:
                self.note_unreadable(entry, error)

    def take(self, entry: Path, name: PurePosixPath, within: frozenset[Path]) -> None:
        """Plan one file or folder; raise `OSError` if it cannot be read."""
        real = Path(os.path.realpath(entry))
        if reason := self.why_not(entry, real, within):
            self.planned.left_out[str(name)] = reason
        elif real.is_dir():
            self.into(real, name, within)
        else:
            with entry.open("rb"):
                self.planned.files[str(name)] = entry

    def note_unreadable(self, entry: Path, error: OSError) -> None:
        self.planned.unreadable.append(
            Problem(
                f"{entry} cannot be read.",
                f"{error.strerror}. It lies in mephisto.blueprint.extra_source_dir, whose files are copied for workers.",
                "Make it readable, or move it out of that folder.",
            )
        )

    def why_not(self, entry: Path, real: Path, within: frozenset[Path]) -> str | None:
        """Say why *entry*, which is really *real*, is not for everyone, or `None` if it is."""
        if not real.is_relative_to(self.root):
            return "a link that leads outside the folder"
        if any(name.startswith(".") for name in (entry.name, *real.relative_to(self.root).parts)):
            return "hidden"
        if real in self.task_data:
            return "data of the task"
        if real in within:
            return "a link to a folder around it"
        return None if real.is_dir() or real.is_file() else "not a file"
