"""What a run script hands to a run besides its configuration: data and callables, which live only in its process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


def _always(*_: Any) -> bool:
    return True


def _nothing(*_: Any) -> None:
    return None


@dataclass
class SharedTaskState:
    """The part that every blueprint has. Scripts may set further attributes of their own on it."""

    task_config: dict[str, Any] = field(
        default_factory=dict, metadata={"help": "Values that the page receives as its task configuration."}
    )
    qualifications: list[dict[str, Any]] = field(
        default_factory=list,
        metadata={"help": "What workers must, or must not, have: a list of make_qualification_dict."},
    )
    worker_can_do_unit: Callable[[Any, Any], bool] = field(
        default=_always, metadata={"help": "Called with a worker and a unit; False keeps the two apart."}
    )
    on_unit_submitted: Callable[[Any], None] = field(
        default=_nothing, metadata={"help": "Called with each unit whose attempt has ended."}
    )


@dataclass
class OnboardingSharedState:
    """Mix it into the shared state of a blueprint whose `Config` has `OnboardingArgs`."""

    onboarding_data: dict[str, Any] = field(
        default_factory=dict, metadata={"help": "Data that the onboarding page receives."}
    )
    validate_onboarding: Callable[[Mapping[str, Any]], bool] = field(
        default=_always,
        metadata={"help": "Called with the onboarding's inputs and outputs; True lets the worker in."},
    )
