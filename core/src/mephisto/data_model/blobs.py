"""Files of scripts' own below the data directory: text, and dicts as JSON."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from mephisto.data_model.errors import EntryDoesNotExistException, MephistoDBException
from mephisto.store import Store, json_text
from mephisto.store.file.recognition import FILE_NAME


class Blobs:
    """Paths are absolute, and below `db_root`; a file is written whole or not at all.

    Raises `MephistoError` for a path elsewhere, and for the database's own files.
    """

    store: Store

    @property
    def db_root(self) -> str:
        """The data directory."""
        return str(self.store.directory)

    def write_text(self, path: str | Path, data: str) -> None:
        """Write a text file, in place of one that is there; folders on the way are made."""
        file = self._below_root(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        # Made by open, and not by tempfile, it is for those to read for whom the database is.
        arriving = file.with_name(f".{secrets.token_hex(8)}")
        try:
            with arriving.open("x", encoding="utf-8", newline="") as whole:
                whole.write(data)
                whole.flush()
                os.fsync(whole.fileno())
            arriving.replace(file)
        except BaseException:
            with suppress(OSError):
                arriving.unlink()
            raise

    def read_text(self, path: str | Path) -> str:
        """Return what a text file holds; raise `EntryDoesNotExistException` if there is none."""
        file = self._below_root(path)
        if not file.is_file():
            raise EntryDoesNotExistException(f"There is no file {file}.")
        return file.read_bytes().decode("utf-8")

    def write_dict(self, path: str | Path, data: dict[str, Any]) -> None:
        """Write a dict as JSON; raises TypeError or ValueError for what JSON does not know."""
        self.write_text(path, json_text.encode(data))

    def read_dict(self, path: str | Path) -> dict[str, Any]:
        """Return what `write_dict` wrote; raise `EntryDoesNotExistException` if there is no file."""
        found: dict[str, Any] = json_text.decode(self.read_text(path))
        return found

    def key_exists(self, path: str | Path) -> bool:
        """Say whether there is a file."""
        return self._below_root(path).is_file()

    def _below_root(self, path: str | Path) -> Path:
        root, file = self.store.directory.resolve(), Path(path).resolve()
        if file == root or not file.is_relative_to(root):
            raise MephistoDBException(
                f"{path} is not below the data directory.",
                f"That is {self.db_root}.",
                "Begin the path with db.db_root.",
            )
        if file.parent == root and file.name.casefold().startswith(FILE_NAME):
            raise MephistoDBException(
                f"{path} belongs to the database.",
                "It is written by the database alone.",
                "Choose another name.",
            )
        return file
