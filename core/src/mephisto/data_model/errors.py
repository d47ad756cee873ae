"""Errors of the database under the names that existing scripts catch."""

from mephisto.errors import MephistoError, NotFound


class MephistoDBException(MephistoError):
    """What was asked of the database cannot be done."""


class EntryDoesNotExistException(MephistoDBException, NotFound):
    """Nothing is stored under this id or name."""


class EntryAlreadyExistsException(MephistoDBException):
    """Something is stored under this name already."""


class AbsentException(MephistoDBException, AttributeError):
    """There is no such attribute here; why, and what there is instead."""
