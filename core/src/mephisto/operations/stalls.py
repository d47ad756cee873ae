"""Why nothing moves: a run that seems to stand still is explained by its rows."""

from typing import Final

from mephisto.counting import there_are
from mephisto.instants import SECOND, span_text
from mephisto.refusals import told
from mephisto.store.progress import Progress

#: Silence that is worth a word.
QUIET_SECONDS: Final = 1_800
REFUSAL_SECONDS: Final = 600


def cause(progress: Progress, last_request: int | None, now: int) -> str:
    """Say in one sentence why a run stands still; nothing if it moves, or has not been quiet for long.

    `last_request` is when a page last asked for work, in UTC microseconds.
    """
    newest = max(progress.created_at, progress.last_claim or 0, progress.last_answer or 0)
    ends = progress.next_deadline
    if ends is not None and progress.free == 0 and (progress.source_ended or progress.left):
        reserved = f" ({progress.reserved} reserved)" if progress.reserved else ""
        return f"{_all_open(progress.at_work)} held{reserved}; the next one ends in {span_text(ends - now)}"
    if progress.reserved and progress.reserved == progress.left and not progress.at_work:
        return (
            f"{_all_open(progress.reserved)} reserved by a script; task_run.clear_reservation gives one back"
        )
    if progress.recent_refusals and now - newest > REFUSAL_SECONDS * SECOND:
        reason, workers = max(progress.recent_refusals.items(), key=lambda item: item[1])
        people = there_are(workers, "worker", ("was", "were"))
        return f"{people} refused in the last {span_text(REFUSAL_SECONDS * SECOND)}: {told(reason)}"
    if now - max(newest, last_request or 0) > QUIET_SECONDS * SECOND:
        if last_request is None and progress.last_claim is None and not progress.refusals:
            return "the task is live, but nobody has come yet"
        return f"nobody has asked for work for {span_text(now - max(newest, last_request or 0))}"
    return ""


def _all_open(units: int) -> str:
    return "the only open unit is" if units == 1 else f"all {units} open units are"
