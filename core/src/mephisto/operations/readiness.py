"""Whether data can be kept in a folder: asked, and tried, without leaving anything behind."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from mephisto.errors import Problem, StoreError
from mephisto.store import Store
from mephisto.store.file.file_systems import network_file_system, real_path

#: How to choose another folder, where none was named on the way.
USUAL_WAYS: Final = "MEPHISTO_DATA_DIR=PATH for now, core.main_data_directory in the settings for good"
#: What a new database takes while it is made, and room for the first answers.
LEAST_ROOM: Final = 8 << 20


def why_no_store(store: Store, ways: str = USUAL_WAYS) -> Problem | None:
    """Say why *store* cannot keep data; None if it can. A database that is there is opened for it, none is made."""
    if problem := why_no_data(store.directory, ways):
        return problem
    try:
        if store.is_made:
            store.open()
    except StoreError as error:
        return error.problem
    return None


def why_no_data(directory: Path, ways: str = USUAL_WAYS) -> Problem | None:
    """Say why data cannot be kept in *directory*, which need not exist; None if it can be.

    *ways* says how to choose another.
    """
    elsewhere = f"choose another folder: {ways}."
    folders = (directory / "runs", directory, *directory.parents)
    there = next((folder for folder in folders if os.path.lexists(folder)), folders[-1])
    if not os.path.isdir(there):  # noqa: PTH112 - Path's own raises where it may not look
        return Problem(
            f"The folder of runs {there} cannot be made."
            if there == folders[0]
            else f"The data directory {directory} cannot be made.",
            _why_no_folder(there),
            f"Move it away, or {elsewhere}",
        )
    if not os.access(there, os.W_OK | os.X_OK):
        return Problem(
            f"You may not write into {there}.",
            f"The data directory is {directory}.",
            f"Have its rights changed, or {elsewhere}",
        )
    kind = network_file_system(real_path(there))
    if kind is not None:
        return Problem(
            f"{there} is on a network file system ({kind}).",
            "Locks are not kept there as a database needs them: answers could be lost.",
            f"Use a disk of this machine, or {elsewhere}",
        )
    if room := _too_little_room(there):
        return Problem(
            f"The disk of {there} is full.",
            f"{room}; {LEAST_ROOM >> 20} MiB are needed to begin with. The data directory is {directory}.",
            f"Make room on it, or {elsewhere}",
        )
    if refusal := _refusal_to_make(there):
        return Problem(
            f"Nothing can be made in {there}.",
            f"The system says: {refusal}. The data directory is {directory}.",
            f"It may be one of the system's own; {elsewhere}",
        )
    return None


def _why_no_folder(there: Path) -> str:
    if there.is_symlink():
        return f"{there} is a link to {there.readlink()}, where no folder can be found."
    if os.path.lexists(there):
        return f"{there} is a file, and not a folder."
    return f"There is no {there}."


def _too_little_room(folder: Path) -> str:
    room = shutil.disk_usage(folder)
    # Some file systems do not tell, and say 0 of 0.
    return "" if room.free >= LEAST_ROOM or not room.total else f"{room.free / (1 << 20):.1f} MiB are free"


def _refusal_to_make(folder: Path) -> str:
    """Make an empty folder and take it away again: some of the system's own folders take nothing from anybody."""
    try:
        Path(tempfile.mkdtemp(prefix=".mephisto-", dir=folder)).rmdir()
    except OSError as error:
        return error.strerror or str(error)
    return ""
