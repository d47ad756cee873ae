"""What tools of a provider keep beside the database: files in a folder of theirs, and an object that they find again."""

from pathlib import Path
from typing import Any

from mephisto.data_model.errors import EntryDoesNotExistException
from mephisto.plugins.loading import find
from mephisto.store import Store


class Datastores:
    """The core itself reads nothing of it: all that a run needs is rows. Objects last as long as this database object."""

    store: Store
    _datastores: dict[str, Any]

    def get_db_path_for_provider(self, provider_type: str) -> str:
        """Return the folder of a provider's own files, below the data directory; it is made if it is not there.

        Raises `PluginNotFound` for a provider that is not installed.
        """
        folder = Path(self.store.directory, "providers", find("provider", provider_type).name)
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder)

    def set_datastore_for_provider(self, provider_type: str, datastore: Any) -> None:
        """Keep *datastore* for who asks this object for that of the provider, in place of one that was kept before."""
        self._datastores[provider_type] = datastore

    def has_datastore_for_provider(self, provider_type: str) -> bool:
        """Say whether one was kept here."""
        return provider_type in self._datastores

    def get_datastore_for_provider(self, provider_type: str) -> Any:
        """Return what was kept; raise `EntryDoesNotExistException` if nothing was."""
        if not self.has_datastore_for_provider(provider_type):
            raise EntryDoesNotExistException(
                f"There is no datastore for the provider {provider_type!r}.",
                "None was put at this database object; another one has its own.",
                f"Call db.set_datastore_for_provider({provider_type!r}, ...) before.",
            )
        return self._datastores[provider_type]
