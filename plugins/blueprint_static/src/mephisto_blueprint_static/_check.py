"""What is wrong with the options of a static task, all at once."""

import logging
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from mephisto import AssignmentData, MephistoError, Problem
from mephisto_blueprint_static import SharedStaticTaskState, StaticBlueprintArgs, _build, _data, _template

logger = logging.getLogger(__name__)

#: A file, or a folder, with more mistakes than this has one cause.
MOST_NAMED: Final = 10
#: What other programs put between columns.
SEPARATORS: Final = {";": "semicolons", "\t": "tabs"}


def problems(config: StaticBlueprintArgs, shared_state: SharedStaticTaskState) -> Iterator[Problem]:
    """Yield all that is wrong; data files are read once, a generator of the run script is left alone."""
    units, most = config.units_per_assignment, AssignmentData.MOST_UNITS
    if not 1 <= units <= most:
        yield Problem(
            f"mephisto.blueprint.units_per_assignment is {units}.",
            "It says how many workers do each assignment.",
            "Set it to 1 or more." if units < 1 else f"Set it to {most} or less.",
        )
    columns = _template.Columns()
    files = _data.sources(config)
    if files:
        _tell_unread(files, shared_state.static_task_data)
        yield from _problems_of_data_file(files[0], columns)
    else:
        yield from _problems_of_script_data(shared_state.static_task_data, columns)
    wrong = list(_problems_of_pages(config))
    yield from wrong
    if not wrong:
        _template.tell(config.task_source, columns)


def _problems_of_data_file(file: _data.Source, columns: _template.Columns) -> Iterator[Problem]:
    unreadable = _why_no_file(file.option, file.path)
    if unreadable:
        yield unreadable
        return
    wrong = 0
    rows = 0
    for row in file.read(file.path):
        rows += 1
        if isinstance(row, Problem):
            wrong += 1
            if wrong <= MOST_NAMED:
                yield row
        else:
            columns.add(row)
    if wrong > MOST_NAMED:
        yield Problem(f"{file.path}: {wrong - MOST_NAMED} more of its rows are wrong.")
    if rows == 0:
        yield _no_rows(file)
    elif file.option == "data_csv":
        _tell_of_header(file.path)


def _tell_unread(files: Sequence[_data.Source], script_data: Any) -> None:
    """Log which source of data is read, where there are several."""
    read, *unread = files
    others = [file.option for file in unread]
    if not (isinstance(script_data, Sequence) and not script_data):
        others.append("static_task_data of the run script")
    if others:
        logger.warning(
            "The task data is read from mephisto.blueprint.%s, %s. Given as well, and not read: %s.",
            *(read.option, read.path, ", ".join(others)),
        )


def _tell_of_header(path: Path) -> None:
    """Log what is odd, and may still be meant, about the first line of a CSV file."""
    header = _data.csv_header(path)
    for separator, spoken in SEPARATORS.items():
        if len(header) == 1 and separator in header[0]:
            logger.warning(
                "%s has one column, %r: is it separated by %s? Commas separate the columns of task data.",
                *(path, header[0], spoken),
            )
            return
    if header.count("") == 1:
        logger.info("%s: column %d has no name, and is not used.", path, header.index("") + 1)


def _no_rows(file: _data.Source) -> Problem:
    wanted = {
        "data_csv": "A CSV file has a header in its first line, then one row for each assignment.",
        "data_json": "It is an empty list; each object in it would be one assignment.",
        "data_jsonl": "Each of its lines would be the object of one assignment.",
    }
    return Problem(f"{file.path} has no rows.", wanted[file.option], "Add at least one.")


def _problems_of_script_data(data: Any, columns: _template.Columns) -> Iterator[Problem]:
    if isinstance(data, Mapping | str | bytes) or not isinstance(data, Iterable):
        yield Problem(
            f"static_task_data is {type(data).__name__}.",
            "It has to be a list of dicts, or a generator of them.",
            "Put a single dict into a list; call a generator function.",
        )
    elif isinstance(data, Sequence):
        if not data:
            yield Problem(
                "There is no task data.",
                "None of the data options is set, and the run script hands over no static_task_data.",
                "Set mephisto.blueprint.data_csv, data_json or data_jsonl, or give "
                "SharedStaticTaskState(static_task_data=[...]) some rows.",
            )
        wrong = []
        for row in _data.script_rows(data):
            if isinstance(row, Problem):
                wrong.append(row)
            else:
                columns.add(row)
        yield from wrong[:MOST_NAMED]


def _problems_of_pages(config: StaticBlueprintArgs) -> Iterator[Problem]:
    found = []
    pages = {
        "task_source": config.task_source,
        "preview_source": config.preview_source,
        "onboarding_source": config.onboarding_source,
    }
    for option, path in pages.items():
        if path is not None and (unreadable := _why_no_file(option, path)):
            found.append(unreadable)
    if config.onboarding_qualification and not config.onboarding_source:
        found.append(
            Problem(
                "mephisto.blueprint.onboarding_source is missing.",
                "onboarding_qualification is set, so that workers see an onboarding first.",
                "Name its HTML file, or leave onboarding_qualification out.",
            )
        )
    if config.extra_source_dir is not None and (unreadable := _why_no_folder(config.extra_source_dir)):
        found.append(unreadable)
    if not found:
        try:
            found += _only_some(_build.plan(config).unreadable)
        except MephistoError as error:
            found.append(error.problem)
    yield from found


def _only_some(problems: Sequence[Problem]) -> Iterator[Problem]:
    yield from problems[:MOST_NAMED]
    if len(problems) > MOST_NAMED:
        yield Problem(
            f"{len(problems) - MOST_NAMED} more files in mephisto.blueprint.extra_source_dir cannot be read."
        )


def _why_no_file(option: str, path: Path) -> Problem | None:
    name = f"mephisto.blueprint.{option}"
    try:
        if path.is_dir():
            return Problem(f"{name} is a folder, and not a file.", _where(path), "Name a file in it.")
        with path.open("rb"):
            return None
    except (FileNotFoundError, NotADirectoryError):
        return Problem(f"{name} does not exist.", _where(path), "Correct the path, or make the file.")
    except OSError as error:
        return _unreadable(name, path, error)


def _why_no_folder(path: Path) -> Problem | None:
    name, remedy = "mephisto.blueprint.extra_source_dir", "Name the folder that holds the files."
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            return None
    except (FileNotFoundError, NotADirectoryError):
        return Problem(f"{name} does not exist.", _where(path), remedy)
    except OSError as error:
        return _unreadable(name, path, error)
    return Problem(f"{name} is a file, and not a folder.", _where(path), remedy)


def _unreadable(name: str, path: Path, error: OSError) -> Problem:
    return Problem(f"{name} cannot be read.", f"{_where(path)} {error.strerror}.", "Make it readable.")


def _where(path: Path) -> str:
    return f"It is {path}; the working directory is {Path.cwd()}."
