"""Why a worker gets no unit: a typed reason, and the sentence that the worker reads."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Each is one rule of admission, or one state of an attempt."""

    UNKNOWN_WORKER = "unknown worker"
    OPEN_ELSEWHERE = "open elsewhere"
    FINISHED = "finished"
    ATTEMPT_ENDED = "attempt ended"
    RUN_CLOSED = "run closed"
    BLOCKED = "blocked"
    NOT_QUALIFIED = "not qualified"
    ONBOARDING_FAILED = "onboarding failed"
    ONBOARDING_UNJUDGED = "onboarding not judged"
    TASK_MAXIMUM = "maximum for this task"
    CONCURRENT_MAXIMUM = "too many at once"
    NOT_CHOSEN = "predicate said no"
    NO_EXTRA_LEFT = "no screening or gold unit left"
    UNDECIDED = "screening or gold not decided"
    NOTHING_LEFT = "nothing left"
    TRY_AGAIN = "try again"


def told(reason: str) -> str:
    """Return a reason as a researcher reads it."""
    return "no unit was free" if reason == Reason.TRY_AGAIN else reason


SENTENCES: Final[Mapping[Reason, str]] = {
    Reason.UNKNOWN_WORKER: "This address does not say who you are. Please open the task from where you found it.",
    Reason.OPEN_ELSEWHERE: "This task is already open in another browser. Please go on there.",
    Reason.FINISHED: "You have already handed in this task. Your answer is saved; there is nothing more to do.",
    Reason.ATTEMPT_ENDED: "Your time for this task is over, and it was given back for someone else to do.",
    Reason.RUN_CLOSED: "This task is closed. Thank you for your interest.",
    Reason.BLOCKED: "You cannot work on this task.",
    Reason.NOT_QUALIFIED: "This task is for people with other qualifications than yours.",
    Reason.ONBOARDING_FAILED: "Thank you for trying. The first part showed that this task is not for you.",
    Reason.ONBOARDING_UNJUDGED: "Your answer is saved, but could not be looked at yet. Please try again in a moment.",
    Reason.TASK_MAXIMUM: "You have worked on the maximum number of tasks that one person can do here. Thank you!",
    Reason.CONCURRENT_MAXIMUM: "You have other tasks of this kind open. Please finish one of them first.",
    Reason.NOT_CHOSEN: "There is no task that fits you at the moment. Please try again later.",
    Reason.NO_EXTRA_LEFT: "No more people are let in at the moment. Please try again later.",
    Reason.UNDECIDED: "What you may do next is not decided yet. Please try again in a moment.",
    Reason.NOTHING_LEFT: "All the work has been done. Thank you for your interest.",
    Reason.TRY_AGAIN: "There is no task for you at the moment. Please try again in a few minutes.",
}
