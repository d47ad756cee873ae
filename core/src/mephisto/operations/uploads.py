"""Files of workers: streamed into the data directory under names that we make, hashed on the way, whole or not at all."""

import errno
import hashlib
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from mephisto.errors import StoreError
from mephisto.store import Store, runs, submissions
from mephisto.store.processes import is_alive

logger = logging.getLogger(__name__)

BLOCK: Final = 1 << 20


class NotSaved(StoreError):
    """The disk did not take a file."""


@dataclass(frozen=True)
class StoredFile:
    """A file in its place; `path` is relative to the data directory, with slashes."""

    path: str
    size: int
    sha256: str


class UploadFolder:
    """The folders `incoming/`, where files arrive, and `files/<run>/<agent>/`, where whole ones stay."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._directory = store.directory
        self._incoming = store.directory / "incoming"

    def store(self, stream: BinaryIO, run_id: int, agent_id: int, upload_id: int) -> StoredFile:
        """Write *stream* to disk, and put it in its place once it is safe there.

        Raises `NotSaved`, or what reading the stream raises, and leaves nothing behind then.
        """
        # The run in its name tells a sweep whether whoever writes it may still be alive.
        arriving = self._incoming / f"{run_id}-{upload_id}"
        place = Path("files") / str(run_id) / str(agent_id) / str(upload_id)
        try:
            size, sha256 = _receive(stream, arriving)
            try:
                _settle(arriving, self._directory / place)
            except OSError as error:
                raise _not_saved(error) from error
        except BaseException:
            arriving.unlink(missing_ok=True)
            raise
        return StoredFile(place.as_posix(), size, sha256)

    def remove(self, paths: Iterable[str]) -> None:
        """Delete stored files of which no row tells any more."""
        for path in paths:
            (self._directory / path).unlink(missing_ok=True)

    def drop_unused(self, run_id: int) -> None:
        """Delete the files of a run that no answer came for, once nobody can send one."""
        self.remove(self._store.write(lambda connection: submissions.drop_unused(connection, run_id)))

    def sweep(self) -> None:
        """Delete what processes that died left half done; what a living one is writing stays."""
        now = self._store.now()
        with self._store.read() as connection:
            unfinished = runs.unfinished(connection)
        dead = [run.id for run in unfinished if not is_alive(run, now)]
        alive = {str(run.id) for run in unfinished} - set(map(str, dead))
        leftovers = [path for path in _files(self._incoming) if path.name.split("-")[0] not in alive]
        for path in leftovers:
            path.unlink(missing_ok=True)
        for run_id in dead:
            self.drop_unused(run_id)
            leftovers += self._drop_unknown(run_id)
        if leftovers:
            logger.info("Deleted %d files that had not arrived whole when a run died.", len(leftovers))

    def _drop_unknown(self, run_id: int) -> list[Path]:
        """Delete files that were put in their place, but whose row was not committed any more."""
        with self._store.read() as connection:
            known = submissions.paths(connection, run_id)
        places = (self._directory / "files" / str(run_id)).glob("*/*")
        unknown = [path for path in places if path.relative_to(self._directory).as_posix() not in known]
        for path in unknown:
            path.unlink(missing_ok=True)
        return unknown


def _receive(stream: BinaryIO, path: Path) -> tuple[int, str]:
    size, sha256 = 0, hashlib.sha256()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("xb", buffering=0)
    except OSError as error:
        raise _not_saved(error) from error
    with file:
        while block := stream.read(BLOCK):
            _write_all(file, block)
            sha256.update(block)
            size += len(block)
        try:
            os.fsync(file.fileno())
        except OSError as error:
            raise _not_saved(error) from error
    return size, sha256.hexdigest()


def _write_all(file: BinaryIO, block: bytes) -> None:
    rest = memoryview(block)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise _not_saved(error) from error


def _settle(arriving: Path, place: Path) -> None:
    """Give a whole file its name; a power cut after this does not take it away again."""
    place.parent.mkdir(parents=True, exist_ok=True)
    arriving.replace(place)
    if os.name == "posix":
        for folder in (place.parent, place.parent.parent, place.parent.parent.parent):
            _keep(folder)


def _keep(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def _not_saved(error: OSError) -> NotSaved:
    remedy = "Make room on the disk." if error.errno in {errno.ENOSPC, errno.EDQUOT} else ""
    return NotSaved("A file that a worker sent could not be saved.", str(error), remedy)
