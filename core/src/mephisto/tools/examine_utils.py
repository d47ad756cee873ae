"""Looking at finished work in the terminal: printing it, and reviewing it worker by worker."""

import logging
import shlex
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, Final

from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.objects import Unit
from mephisto.data_model.qualifying import find_or_create_qualification
from mephisto.tools.data_browser import DataBrowser
from mephisto.tools.review_session import ReviewSession
from mephisto.tools.terminal import ask, say, stop_writing

logger = logging.getLogger(__name__)

#: Makes text of what `DataBrowser.get_data_from_unit` returns, or something that `str` makes text of; None is nothing.
FormatFunction = Callable[[dict[str, Any]], Any]

_SHOWN: Final = 15
_REVIEWED: Final = (AssignmentState.ACCEPTED, AssignmentState.REJECTED, AssignmentState.SOFT_REJECTED)


def run_examine_or_review(db: LocalMephistoDB, format_data_for_printing: FormatFunction) -> None:
    """Ask whether to print finished work or to review it, and of which task, and do so."""
    try:
        wanted = ask(
            "Do you want to (r)eview, or (e)xamine data? Default examine. "
            "Can put e <end> or e <start> <end> to choose how many to view\n>> "
        )
        if wanted.lower().startswith("r"):
            run_examine_by_worker(db, format_data_for_printing, _ask_task_name(db))
        else:
            start, end = _range(wanted)
            task_name = _ask_task_name(db)
            print_results(db, task_name, format_data_for_printing, start=start, end=end)
            _say_what_is_partial(db, task_name)
    except (EOFError, KeyboardInterrupt):
        say()
    except BrokenPipeError:
        stop_writing()


def print_results(
    db: LocalMephistoDB,
    task_name: str,
    format_data_for_printing: FormatFunction,
    start: int | None = None,
    end: int | None = None,
) -> None:
    """Print the finished units of a task, the newest first, from number *start* up to *end*, as those of a slice.

    A unit that the function fails to format is logged and left out. Raises `NotFound` for an unknown task.
    """
    results = DataBrowser(db).iterate_data_for_task_name(task_name, newest_first=True)
    from_the_end = min(start or 0, end or 0) < 0
    for data in list(results)[start:end] if from_the_end else islice(results, start, end):
        text = _formatted(format_data_for_printing, data)
        if text is not None:
            say(text)


def run_examine_by_worker(
    db: LocalMephistoDB,
    format_data_for_printing: FormatFunction,
    task_name: str | None = None,
    block_qualification: str | None = None,
    approve_qualification: str | None = None,
) -> None:
    """Review the completed units of a task, worker by worker, asking for what is not given.

    Each decision is written at once, so that leaving at any moment (`q`, Ctrl-C, Ctrl-D) keeps what was decided.
    Raises `NotFound` for an unknown task.
    """
    try:
        task, block, approve = prompt_for_options(task_name, block_qualification, approve_qualification)
    except (EOFError, KeyboardInterrupt):
        say()
        return
    for qualification in (block, approve):
        if qualification:
            find_or_create_qualification(db, qualification)
    browser = DataBrowser(db)
    units = browser.get_units_for_task_name(task)
    stats = get_worker_stats(units)
    ReviewSession(
        browser,
        [unit for unit in units if unit.db_status == AssignmentState.COMPLETED],
        lambda data: _formatted(format_data_for_printing, data) or "",
        lambda worker_id: format_worker_stats(worker_id, stats),
        block,
        approve,
    ).run()
    _say_what_is_partial(db, task)


def prompt_for_options(
    task_name: str | None = None,
    block_qualification: str | None = None,
    approve_qualification: str | None = None,
) -> tuple[str, str | None, str | None]:
    """Ask for what is None, show what was chosen, and return it; a name left blank is None.

    Raises EOFError or KeyboardInterrupt if the answers end.
    """
    if task_name is None:
        task_name = ask("Input task name: ")
    if block_qualification is None:
        say("If you'd like to soft-block workers, you'll need a block qualification. Leave blank otherwise.")
        block_qualification = ask("Enter block qualification: ")
    if approve_qualification is None:
        say(
            "If you'd like to qualify high-quality workers, you'll need an approve qualification. "
            "Leave blank otherwise."
        )
        approve_qualification = ask("Enter approve qualification: ")
    block, approve = block_qualification or None, approve_qualification or None
    say("Starting review with following params:")
    say(f"Task name: {task_name}")
    say(f"Blocking qualification: {block}")
    say(f"Approve qualification: {approve}")
    ask("Press enter to continue... ")
    return task_name, block, approve


def get_worker_stats(units: Iterable[Unit]) -> dict[str, dict[str, int]]:
    """Count, for each worker whose work was decided about, the accepted, rejected and soft_rejected units."""
    stats: dict[str, dict[str, int]] = {}
    for unit in units:
        if unit.worker_id is not None and unit.db_status in _REVIEWED:
            counts = stats.setdefault(unit.worker_id, dict.fromkeys(_REVIEWED, 0))
            counts[unit.db_status] += 1
    return stats


def format_worker_stats(worker_id: str, worker_stats: Mapping[str, Mapping[str, int]]) -> str:
    """Write in short how a worker's earlier work was decided: (accepted | all rejected(of these softly) / all)."""
    counts = worker_stats.get(worker_id)
    if counts is None:
        return "(First time worker!)"
    accepted, rejected, soft = (counts[status] for status in _REVIEWED)
    return f"({accepted} | {rejected + soft}({soft}) / {accepted + rejected + soft})"


def _say_what_is_partial(db: LocalMephistoDB, task_name: str) -> None:
    number = sum(1 for _ in DataBrowser(db).iterate_partial_data_for_task_name(task_name))
    if number:
        kept = "1 partial answer is" if number == 1 else f"{number} partial answers are"
        command = f"mephisto export {shlex.quote(task_name)} --status partial --out -"
        say(f"{kept} kept, from when the time ran out: {command}")


def _ask_task_name(db: LocalMephistoDB) -> str:
    while True:
        task_name = ask("Input task name: ")
        if db.find_tasks(task_name=task_name):
            return task_name
        known = [task.task_name for task in db.find_tasks()]
        say(f"No task found under name {task_name}. Known are: {', '.join(known) or 'none'}.")


def _range(wanted: str) -> tuple[int, int]:
    numbers = [int(word) for word in wanted.split()[1:] if word.isdecimal()]
    if not numbers:
        return 0, _SHOWN
    return (0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])


def _formatted(format_data_for_printing: FormatFunction, data: dict[str, Any]) -> str | None:
    try:
        formatted = format_data_for_printing(data)
        return None if formatted is None else str(formatted)
    except Exception:
        # The researcher's function must not keep them from the other units.
        logger.exception("Unit %s could not be formatted.", data["unit_id"])
        return None
