"""The folder of an agent, in which the files of its answer lie under their own names."""

import logging
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from mephisto.data_model.handed_in import NamedFile

logger = logging.getLogger(__name__)


def fill(folder: Path, data_directory: Path, files: Iterable[NamedFile]) -> None:
    """Put the files into *folder*, as further names of what is stored, or as copies where links cannot be made."""
    folder.mkdir(parents=True, exist_ok=True)
    root = data_directory.resolve()
    for file in files:
        stored = (root / file.path).resolve()
        if not stored.is_relative_to(root) or not stored.is_file():
            logger.warning("The file %s, stored as %s, is missing.", file.name, file.path)
        elif not os.path.lexists(folder / file.name):
            _put(stored, folder / file.name)


def _put(stored: Path, place: Path) -> None:
    try:
        place.hardlink_to(stored)
    except FileExistsError:
        return  # another process was faster
    except OSError:
        arriving = place.with_name(f".{secrets.token_hex(8)}")
        shutil.copyfile(stored, arriving)
        arriving.replace(place)
