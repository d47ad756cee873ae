"""What a run script hands to a run besides its configuration: data and callables, which live only in its process."""

import dataclasses
import itertools
import math
import random
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mephisto.config import arg, default_of
from mephisto.errors import ConfigError


def get_gold_factory(gold_data: Iterable[dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """Return a `get_gold_for_worker` that draws from *gold_data* at random, for each worker all of it before any again.

    What was drawn is remembered as long as the function lives. Raises `ConfigError` if there is nothing.
    """
    golds, left, lock = list(gold_data), dict[str, list[dict[str, Any]]](), threading.Lock()
    if not golds:
        raise ConfigError(
            "get_gold_factory was given nothing to draw from.",
            "Each gold unit shows the data of one of its dicts.",
            "Give it a list of one dict at least.",
        )

    def drawn(worker: Any) -> dict[str, Any]:
        with lock:
            mine = left.get(worker.db_id) or random.sample(golds, len(golds))
            gold = mine.pop()
            left[worker.db_id] = mine
        return gold

    return drawn


def _needed(completed: int, correct: int, incorrect: int, min_golds: int) -> bool:
    """Ask for *min_golds* right ones first, and then for more of them, ever more seldom."""
    more = math.ceil(math.log10(completed + 1) ** 2.2) - 1
    return correct < min_golds or correct - min_golds - incorrect < more


def _allowed(completed: int, correct: int, incorrect: int, max_incorrect: int) -> bool:  # noqa: ARG001 - scripts bring functions of this shape
    return incorrect <= max_incorrect


def _always(*_: Any) -> bool:
    return True


def _nothing(*_: Any) -> None:
    return None


@dataclass
class SharedTaskState:
    """The part that every blueprint has. Scripts may set further attributes of their own on it."""

    task_config: dict[str, Any] = arg(
        "Values that the page receives as its task configuration.", default_factory=dict
    )
    qualifications: list[dict[str, Any]] = arg(
        "What workers must, or must not, have: a list of make_qualification_dict.",
        default_factory=list,
    )
    worker_can_do_unit: Callable[[Any, Any], bool] = arg(
        "Called with a worker and a unit; False keeps the two apart.",
        _always,
    )
    on_unit_submitted: Callable[[Any], None] = arg("Called with each unit whose attempt has ended.", _nothing)


def is_set(state: SharedTaskState, name: str) -> bool:
    """Say whether *state* has *name* off its default."""
    return any(
        option.name == name and getattr(state, name) != default_of(option)
        for option in dataclasses.fields(state)
    )


@dataclass
class OnboardingSharedState:
    """Mix it into the shared state of a blueprint whose `Config` has `OnboardingArgs`."""

    onboarding_data: dict[str, Any] = arg(
        "Data that the onboarding page receives.",
        default_factory=dict,
    )
    validate_onboarding: Callable[[Mapping[str, Any]], bool] = arg(
        "Called with the onboarding's inputs and outputs; True lets the worker in.",
        _always,
    )


@dataclass
class ScreeningSharedState:
    """Mix it into the shared state of a blueprint whose `Config` has `ScreeningArgs`."""

    screening_data_factory: Any = arg(
        "Generator of the data of screening units, one dict each; False screens with units of the data.",
        default_factory=lambda: itertools.repeat({}),
    )


@dataclass
class GoldSharedState:
    """Mix it into the shared state of a blueprint whose `Config` has `GoldArgs`."""

    get_gold_for_worker: Callable[[Any], dict[str, Any]] = arg(
        "Called with a worker; returns the data of the gold unit they get. get_gold_factory makes one of a list.",
        default_factory=lambda: get_gold_factory([{}]),
    )
    worker_needs_gold: Callable[[int, int, int, int], bool] = arg(
        "Called with how many units a worker completed, gold units they got right and wrong, and min_golds; True "
        "gives them a gold unit next.",
        _needed,
    )
    worker_qualifies: Callable[[int, int, int, int], bool] = arg(
        "Called with the same three numbers and max_incorrect_golds; False lets the worker do nothing further.",
        _allowed,
    )
