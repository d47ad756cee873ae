"""The database as run scripts know it."""

from pathlib import Path

from mephisto.settings import data_directory
from mephisto.store import Store


class LocalMephistoDB:
    """The database below a data directory: the one given, or where this person's data is kept."""

    def __init__(self, database_path: str | Path | None = None) -> None:
        """Open `mephisto.db` in the folder of *database_path*, a folder or a file in it; raises `StoreError`."""
        directory = data_directory() if database_path is None else _folder(Path(database_path))
        self.store = Store(directory.absolute())

    def shutdown(self) -> None:
        """Finish what is being written and close the file."""
        self.store.close()


def _folder(path: Path) -> Path:
    return path.parent if path.suffix == ".db" else path
