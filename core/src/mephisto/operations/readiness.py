"""Whether data can be kept in a folder, asked without making it."""

import os
from pathlib import Path

from mephisto.errors import Problem
from mephisto.store.file.file_systems import network_file_system

_ELSEWHERE = "or choose another folder: MEPHISTO_DATA_DIR=PATH for now, core.main_data_directory in the settings for good."


def why_no_data(directory: Path) -> Problem | None:
    """Say why data cannot be kept in *directory*, which need not exist; None if it can be."""
    there = next(folder for folder in (directory, *directory.parents) if folder.exists())
    if not there.is_dir():
        return Problem(
            f"The data directory {directory} cannot be made.",
            f"{there} is a file, and not a folder.",
            f"Move it away, {_ELSEWHERE}",
        )
    if not os.access(there, os.W_OK | os.X_OK):
        return Problem(
            f"You may not write into {there}.",
            f"The data directory is {directory}.",
            f"Have its rights changed, {_ELSEWHERE}",
        )
    kind = network_file_system(there.resolve())
    if kind is not None:
        return Problem(
            f"{there} is on a network file system ({kind}).",
            "Locks are not kept there as a database needs them: answers could be lost.",
            f"Use a disk of this machine, {_ELSEWHERE}",
        )
    return None
