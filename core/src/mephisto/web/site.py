"""A site: the folder that an architect serves.

site.json               what stands in `Site`
wrap_crowd_source.js    the provider's adapter
public/                 the researcher's files, served by name at the root
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

SITE_FILE: Final = "site.json"
ADAPTER_FILE: Final = "wrap_crowd_source.js"
PUBLIC_FOLDER: Final = "public"

_MIB: Final = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How large an answer may be. `answer` is its JSON text, `upload` one file, `total` all of it together."""

    answer: int = 16 * _MIB
    upload: int = 100 * _MIB
    uploads: int = 100
    total: int = 1024 * _MIB


@dataclass(frozen=True)
class Site:
    """All that a server has to know about a task. Pages are names of templates inside `public/`.

    `self_service`: workers may begin, and begin again, by themselves. `language` is the one of the sentences around
    the task; None leaves it to each browser.
    """

    title: str
    description: str
    task_page: str
    preview_page: str | None = None
    onboarding_page: str | None = None
    task_config: Mapping[str, Any] = field(default_factory=dict)
    frame_ancestors: tuple[str, ...] = ("'self'",)
    limits: Limits = Limits()
    self_service: bool = False
    language: str | None = None

    def __post_init__(self) -> None:
        for source in self.frame_ancestors:
            # One that held a separator could write a policy, or a header, of its own.
            if not source or any(character.isspace() or character in ";," for character in source):
                raise ValueError(f"{source!r} cannot be a source that may frame the page.")

    def write(self, folder: Path) -> None:
        """Write `site.json` into *folder*, which is made, with an empty `public/`, if it is not there."""
        (folder / PUBLIC_FOLDER).mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False)
        (folder / SITE_FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read what `write` wrote."""
        stored = json.loads((folder / SITE_FILE).read_text(encoding="utf-8"))
        stored["frame_ancestors"] = tuple(stored["frame_ancestors"])
        stored["limits"] = Limits(**stored["limits"])
        return cls(**stored)
