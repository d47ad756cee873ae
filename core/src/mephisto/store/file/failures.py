"""What the database file refuses, in sentences: a full disk, a broken one, a lock that others hold."""

import errno
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from mephisto.errors import StoreError


class StoreBusy(StoreError):
    """More jobs wait than the writer takes on, or others hold the file; try again a little later."""


_NO_RIGHTS: Final = "See that you may write to the file and to its folder."
_REMEDIES: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_IOERR: "See that its disk is whole and has room.",
    sqlite3.SQLITE_READONLY: _NO_RIGHTS,
    sqlite3.SQLITE_PERM: _NO_RIGHTS,
    sqlite3.SQLITE_CANTOPEN: "See that the file and its folder are still there.",
    sqlite3.SQLITE_CORRUPT: "The file is damaged. Stop what works on it, and go back to a backup.",
    sqlite3.SQLITE_NOTADB: "The file was overwritten. Stop what works on it, and go back to a backup.",
}
#: What SQLite says of files beside the database that did not fit, and of much else.
_PERHAPS_FULL: Final = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
#: Below so many bytes, what a disk did not take is laid to its being full.
_NEXT_TO_NOTHING: Final = 1 << 16


def is_locked(error: BaseException) -> bool:
    """Say whether an error is that others held the file for longer than was waited."""
    return primary_code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def in_sentences(error: BaseException, path: Path) -> BaseException:
    """Return the `StoreError` that tells what the file at *path* refused, or *error* itself if it is another's fault."""
    if is_locked(error):
        told: StoreError = StoreBusy(
            f"{path} is locked.", "Another program holds it for writing.", "End that program, or wait for it."
        )
    elif _is_for_want_of_room(error, path):
        told = StoreError(
            f"The disk of {path} is full.",
            str(_original(error)),
            "Make room on it. A run that lives goes on by itself then.",
        )
    elif (remedy := _REMEDIES.get(primary_code(error))) is not None:
        told = StoreError(f"{path} cannot be written or read.", str(_original(error)), remedy)
    else:
        return error
    told.__cause__ = error
    return told


def _is_for_want_of_room(error: BaseException, path: Path) -> bool:
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
    code = primary_code(error)
    return code == sqlite3.SQLITE_FULL or (code in _PERHAPS_FULL and _has_no_room(path.parent))


def _has_no_room(folder: Path) -> bool:
    try:
        room = shutil.disk_usage(folder)
    except OSError:  # then that is what is wrong
        return False
    return room.total > 0 and room.free < _NEXT_TO_NOTHING


def primary_code(error: BaseException) -> int:
    """Return the primary code with which SQLite failed, 0 where it was not SQLite."""
    code: int = getattr(_original(error), "sqlite_errorcode", None) or 0
    return code & 0xFF


def _original(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
