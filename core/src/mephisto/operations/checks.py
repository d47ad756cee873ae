"""What is wrong with a task and a shared state, before anything is created."""

import dataclasses
import math
import reprlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from mephisto.config import HIGHEST_REWARD, SERVER_TYPES, ArchitectArgs, TaskRunArgs, default_of
from mephisto.errors import Problem
from mephisto.qualification_rules import why_not
from mephisto.shared_state import SharedTaskState
from mephisto.store import json_text

#: Ten years in seconds: instants beyond would not fit into the database in the end.
LONGEST: Final = 315_360_000
LOWEST: Final = {
    "task_lifetime_in_seconds": (1, "A task is offered for at least a second."),
    "assignment_duration_in_seconds": (1, "Workers need at least a second."),
    "no_submission_patience": (1, "A run waits for at least a second."),
    "allowed_concurrent": (0, "0 sets no limit."),
    "maximum_units_per_worker": (0, "0 sets no limit."),
    "max_num_concurrent_units": (0, "0 offers all units."),
    "callback_patience_in_seconds": (1, "A function of yours needs a moment."),
    "grace_time_in_seconds": (0, "0 waits for nobody."),
    "largest_upload_in_megabytes": (1, "Smaller files could not be sent."),
    "largest_answer_in_megabytes": (1, "Smaller answers could not be sent."),
    "most_uploads": (0, "0 takes no files."),
}
_CALLED: Final = (
    "worker_can_do_unit",
    "on_unit_submitted",
    "validate_onboarding",
    "get_gold_for_worker",
    "worker_needs_gold",
    "worker_qualifies",
)
_STORED: Final = ("task_config", "onboarding_data")


def problems_of_task(task: TaskRunArgs) -> Iterator[Problem]:
    """Name the values of the task that cannot be meant; of what is missing, which is None, nothing is said."""
    if task.task_title is not None and not task.task_title.strip():
        yield Problem(
            "mephisto.task.task_title is empty.",
            "It is the first that workers read of the task.",
            "Give it a few words.",
        )
    if task.task_reward is not None:
        yield from _problems_of_reward(task.task_reward)
    for name, (least, why) in LOWEST.items():
        value = getattr(task, name)
        if value < least:
            yield Problem(f"mephisto.task.{name} is {value}.", why, f"Set it to {least} or more.")
        elif value > LONGEST:
            yield Problem(
                f"mephisto.task.{name} is {value}.",
                "That is more than can be meant.",
                f"Set it to {LONGEST} or less.",
            )


def problems_of_server(architect: ArchitectArgs) -> Iterator[Problem]:
    """Name a kind of server that there is not."""
    if architect.server_type not in SERVER_TYPES:
        yield Problem(
            f"mephisto.architect.server_type is {architect.server_type!r}.",
            f"There is one kind of server, {SERVER_TYPES[0]!r}.",
            "Leave this option out.",
        )


def problems_of_state(state: SharedTaskState, expected: type) -> list[Problem]:
    """Name what a run script hands over that no run could work with."""
    if not isinstance(state, expected):
        return [
            Problem(
                f"The shared state is of the class {type(state).__qualname__}.",
                f"This blueprint needs a {expected.__qualname__}.",
                f"Pass one: launch_task_run(cfg.mephisto, {expected.__qualname__}(...)).",
            )
        ]
    return [*_unbuilt(state), *_uncallable(state), *_unstorable(state), *_unmeetable(state.qualifications)]


def _problems_of_reward(reward: float) -> Iterator[Problem]:
    name = f"mephisto.task.task_reward is {reward:g}."
    if reward < 0:
        yield Problem(name, "A reward cannot be negative.", "Set it to 0 or more.")
    elif not math.isfinite(reward):
        yield Problem(name, "A reward is a number of dollars.", "Set it to 0 or more.")
    elif reward > HIGHEST_REWARD:
        yield Problem(
            name,
            "That is more than can be meant: one unit would pay so many dollars.",
            f"Set it to {HIGHEST_REWARD} or less.",
        )
    elif not math.isclose(reward * 100, round(reward * 100), abs_tol=1e-6):
        yield Problem(
            name, "Rewards are paid in whole cents.", f"Set it to {round(reward + 0.005, 2):.2f}, say."
        )


def _unbuilt(state: SharedTaskState) -> Iterator[Problem]:
    for option in dataclasses.fields(state):
        planned = option.metadata.get("planned")
        if planned and getattr(state, option.name) != default_of(option):
            yield Problem(f"The shared state sets {option.name!r}.", planned, f"Leave {option.name!r} out.")


def _uncallable(state: SharedTaskState) -> Iterator[Problem]:
    for name in _CALLED:
        if hasattr(state, name) and not callable(getattr(state, name)):
            yield Problem(
                f"{name} of the shared state is {getattr(state, name)!r}.",
                "It has to be a function.",
                "Give it a function, or leave it out.",
            )


def _unstorable(state: SharedTaskState) -> Iterator[Problem]:
    for name in _STORED:
        value = getattr(state, name, {})
        try:
            wrong = "" if isinstance(value, dict) else "It has to be a dict."
            json_text.encode(value)
        except (TypeError, ValueError) as error:
            wrong = str(error)
        if wrong:
            yield Problem(
                f"{name} of the shared state is {reprlib.repr(value)}.",
                wrong,
                "Give it values that JSON knows: text, numbers, True, False, None, lists and dicts.",
            )


def _unmeetable(qualifications: Any) -> Iterator[Problem]:
    if not isinstance(qualifications, Sequence):
        yield Problem(
            f"qualifications of the shared state is {qualifications!r}.",
            "It has to be a list.",
            "Give it a list of make_qualification_dict, or leave it out.",
        )
        return
    for described in qualifications:
        if reason := why_not(described):
            yield Problem(
                f"The shared state asks for {described!r}.",
                reason,
                "Make requirements with make_qualification_dict.",
            )
