"""What providers shall do, as people read it: what it is, how it stands, and which command does something about it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mephisto.counting import counted
from mephisto.status import ActionState
from mephisto.store.rows import AnyRow

#: What to do about what is not done.
HOW_ON: Final = "'mephisto outbox' lists it; 'mephisto outbox retry --all' asks the provider once more."

#: What is said where somebody does not wait for the provider any more.
INTERRUPTED: Final = "You did not wait for the provider. Decisions are saved; what is open goes on with the next review or run."


def in_words(action: AnyRow) -> str:
    """Name an action in a few words: what, about whom, and about which row of data."""
    row = "a unit beside the data" if action.source_index is None else f"row {action.source_index + 1}"
    about = "" if action.task is None else f", {row} of {action.task}"
    said: Mapping[str, Any] = action.payload
    if action.kind == "bonus":
        return f"Bonus of ${said['amount'] / 100:.2f} to worker {action.worker}{about}"
    if action.kind == "message":
        return f"Message to worker {action.worker}{about}"
    what = action.kind.replace("_", "-").capitalize()
    named = f" {said['qualification']!r}" if "qualification" in said else ""
    return f"{what}{named}, worker {action.worker}{about}"


def standing(action: AnyRow) -> str:
    """Say how an action that is not done stands."""
    tried = f"tried {counted(action.attempts, 'time')}, to be tried again" if action.attempts else "not begun"
    return {
        ActionState.HELD: "held until the next decision",
        ActionState.READY: tried,
        ActionState.RUNNING: "begun",
        ActionState.FAILED: "failed",
    }[ActionState(action.state)]


def sentences(actions: Iterable[AnyRow]) -> list[str]:
    """Say of each action that is not done what it is, how it stands, and why."""
    return [
        f"{in_words(action)}: {standing(action)}.{' ' if action.error else ''}{action.error}"
        for action in actions
    ]


def not_done(actions: Iterable[AnyRow]) -> list[str]:
    """Say what providers have not done, and how it goes on; nothing if there is nothing."""
    said = [f"The provider has not done this: {sentence}" for sentence in sentences(actions)]
    return [*said, HOW_ON] if said else []
