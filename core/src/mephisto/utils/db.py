"""An import path of existing run scripts; the errors live in `mephisto.data_model.errors`."""

from mephisto.data_model.errors import (
    EntryAlreadyExistsException,
    EntryDoesNotExistException,
    MephistoDBException,
)

__all__ = ["EntryAlreadyExistsException", "EntryDoesNotExistException", "MephistoDBException"]
