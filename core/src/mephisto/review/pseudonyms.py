"""Names for workers that tell nobody who they are: a keyed hash, whose key never leaves the data directory."""

import hashlib
import hmac
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from mephisto.errors import StoreError

FILE_NAME: Final = "pseudonyms.key"


class Pseudonyms:
    """Gives the same worker the same pseudonym, as long as the key in the data directory is kept."""

    def __init__(self, directory: Path) -> None:
        """Read the key, making one if there is none; raises `StoreError` if it can be neither read nor made."""
        path = directory / FILE_NAME
        try:
            if not path.exists():
                _make(path)
            self._key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except OSError as error:
            raise StoreError(
                f"The key of the pseudonyms, {path}, can be neither read nor made.",
                f"The system says: {error.strerror}.",
                "Have whoever launches here export with --pseudonyms; the key is for nobody else.",
            ) from error

    def of(self, provider: str, name: str) -> str:
        """Return the pseudonym of a worker: `w` and 16 hexadecimal digits."""
        said = f"{provider}\0{name}".encode("utf-8", "surrogatepass")
        return f"w{hmac.new(self._key, said, hashlib.sha256).hexdigest()[:16]}"


def _make(path: Path) -> None:
    """Write a new key, readable for its owner alone, unless another process was quicker."""
    handle, arriving = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="ascii") as new:  # noqa: PTH123 - it is open already
            new.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            path.hardlink_to(arriving)
    finally:
        Path(arriving).unlink()
