"""What a run script hands to a run besides its configuration: data and callables, which live only in its process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mephisto.config import arg


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
