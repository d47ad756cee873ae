"""Names that scripts written for other versions look for, and that could only pretend here."""

from typing import NoReturn

from mephisto.data_model.errors import AbsentException


class Absent:
    """Stands where such a name would: there is no attribute, and asking for it tells why, and what there is instead."""

    def __init__(self, why: str, instead: str = "") -> None:
        self.why = why
        self.instead = instead
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> NoReturn:
        raise AbsentException(f"{owner.__name__} has no {self._name!r} here.", self.why, self.instead)
