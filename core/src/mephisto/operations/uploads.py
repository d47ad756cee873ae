"""Files of workers: streamed into the data directory under names that we make, hashed on the way, whole or not at all."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class StoredFile:
    """A file in its place; `path` is relative to the data directory, with slashes."""

    path: str
    size: int
    sha256: str


class UploadFolder:
    """The folders `incoming/`, where files arrive, and `files/<run>/<agent>/`, where whole ones stay."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._incoming = directory / "incoming"

    def store(self, stream: BinaryIO, run_id: int, agent_id: int, upload_id: int) -> StoredFile:
        """Write *stream* to disk, and put it in its place once it is safe there; raises OSError."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        arriving = self._incoming / str(upload_id)
        try:
            size, sha256 = _write(stream, arriving)
            place = Path("files") / str(run_id) / str(agent_id) / str(upload_id)
            (self._directory / place).parent.mkdir(parents=True, exist_ok=True)
            arriving.replace(self._directory / place)
        except BaseException:
            arriving.unlink(missing_ok=True)
            raise
        return StoredFile(place.as_posix(), size, sha256)


def _write(stream: BinaryIO, path: Path) -> tuple[int, str]:
    size, sha256 = 0, hashlib.sha256()
    with path.open("xb") as file:
        while block := stream.read(BLOCK):
            file.write(block)
            sha256.update(block)
            size += len(block)
        file.flush()
        os.fsync(file.fileno())
    return size, sha256.hexdigest()
