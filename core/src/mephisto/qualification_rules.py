"""What a task asks of its workers: requirements on qualifications, and how they are compared.

The comparators and the shape of the dict are those that existing scripts use.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mephisto.errors import ConfigError

QUAL_GREATER: Final = "GreaterThan"
QUAL_GREATER_EQUAL: Final = "GreaterThanOrEqualTo"
QUAL_LESS: Final = "LessThan"
QUAL_LESS_EQUAL: Final = "LessThanOrEqualTo"
QUAL_EQUAL: Final = "EqualTo"
QUAL_NOT_EQUAL: Final = "NotEqualTo"
QUAL_EXISTS: Final = "Exists"
QUAL_NOT_EXIST: Final = "DoesNotExist"
QUAL_IN_LIST: Final = "In"
QUAL_NOT_IN_LIST: Final = "NotIn"

_ORDER: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    QUAL_GREATER: operator.gt,
    QUAL_GREATER_EQUAL: operator.ge,
    QUAL_LESS: operator.lt,
    QUAL_LESS_EQUAL: operator.le,
}
_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    **_ORDER,
    QUAL_EQUAL: operator.eq,
    QUAL_NOT_EQUAL: operator.ne,
    QUAL_IN_LIST: lambda value, wanted: value in wanted,
    QUAL_NOT_IN_LIST: lambda value, wanted: value not in wanted,
}
_LISTS: Final = frozenset({QUAL_IN_LIST, QUAL_NOT_IN_LIST})
_PRESENCE: Final = frozenset({QUAL_EXISTS, QUAL_NOT_EXIST})
COMPARATORS: Final = frozenset(_COMPARISONS) | _PRESENCE


class ImpossibleRequirement(ConfigError, AssertionError):
    """It cannot be compared; existing scripts catch it as an AssertionError."""


@dataclass(frozen=True)
class Requirement:
    """One qualification, a comparator and a value."""

    name: str
    comparator: str
    value: Any = None

    def is_met_by(self, held: int | None) -> bool:
        """Say whether a worker meets it who holds the qualification with the value *held*, None for not at all.

        Who does not hold it meets only `DoesNotExist`.
        """
        if self.comparator == QUAL_NOT_EXIST:
            return held is None
        if held is None:
            return False
        return self.comparator == QUAL_EXISTS or _COMPARISONS[self.comparator](held, self.value)


def make_qualification_dict(
    qualification_name: str, comparator: str, value: Any, applicable_providers: Sequence[str] | None = None
) -> dict[str, Any]:
    """Describe a requirement for the `qualifications` of a shared state.

    `applicable_providers` limits it to runs with these providers. Raises `ImpossibleRequirement`, a `ConfigError`, for
    what cannot be compared.
    """
    described = {
        "qualification_name": qualification_name,
        "comparator": comparator,
        "value": value,
        "applicable_providers": applicable_providers,
    }
    wrong = why_not(described)
    if wrong:
        raise ImpossibleRequirement(
            f"{qualification_name!r} cannot be required with {comparator!r} and {value!r}.",
            wrong,
            f"Comparators are: {', '.join(sorted(COMPARATORS))}.",
        )
    return described


def why_not(described: Any) -> str:
    """Say what is wrong with a dict of `make_qualification_dict`, nothing if it is right."""
    if not isinstance(described, Mapping):
        return "A requirement is a dict; make it with make_qualification_dict."
    name, comparator, value = (described.get(key) for key in ("qualification_name", "comparator", "value"))
    providers = described.get("applicable_providers")
    if not isinstance(comparator, str):
        return f"A comparator is a text, and not {comparator!r}."
    faults = {
        "A qualification has a name.": not (isinstance(name, str) and name),
        f"There is no comparator {comparator!r}.": comparator not in COMPARATORS,
        f"{comparator} compares with a whole number.": comparator in _ORDER and type(value) is not int,
        f"{comparator} takes no value: it must be None.": comparator in _PRESENCE and value is not None,
        f"{comparator} compares with a list.": comparator in _LISTS and not isinstance(value, list),
        "applicable_providers is a list of names, or None.": not _are_names(providers),
    }
    return next((sentence for sentence, is_wrong in faults.items() if is_wrong), "")


def _are_names(providers: Any) -> bool:
    return providers is None or (
        isinstance(providers, list | tuple) and all(isinstance(each, str) for each in providers)
    )


def requirements_of(described: Sequence[Mapping[str, Any]], provider: str) -> tuple[Requirement, ...]:
    """Return the requirements that hold in a run with *provider*."""
    return tuple(
        Requirement(asked["qualification_name"], asked["comparator"], asked["value"])
        for asked in described
        if not asked.get("applicable_providers") or provider in asked["applicable_providers"]
    )
