"""Names of workers' files, made safe for every file system: a browser may send anything as a name."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

_LONGEST_BYTES: Final = 180
_LONGEST_SUFFIX: Final = 16
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
#: Devices on Windows, with any suffix.
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_NAMELESS: Final = "file"


def safe(name: str) -> str:
    """Return *name* without folders, and without what some file system takes for something else."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(
        character
        for character in unicodedata.normalize("NFC", last)
        if unicodedata.category(character)[0] != "C"
    )
    plain = _FORBIDDEN.sub("_", printable).strip(". ")
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    return _shortened(plain) or _NAMELESS


def distinct(names: Iterable[str]) -> list[str]:
    """Return the names, made safe, and numbered where two would be one file."""
    taken: set[str] = set()
    result = []
    for name in map(safe, names):
        stem, suffix = _split(name)
        number, candidate = 1, name
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{stem} ({number}){suffix}"
        taken.add(candidate.casefold())
        result.append(candidate)
    return result


def _split(name: str) -> tuple[str, str]:
    suffix = PurePosixPath(name).suffix
    if not suffix or len(suffix) > _LONGEST_SUFFIX:
        return name, ""
    return name.removesuffix(suffix), suffix


def _shortened(name: str) -> str:
    stem, suffix = _split(name)
    room = _LONGEST_BYTES - len(suffix.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + suffix
