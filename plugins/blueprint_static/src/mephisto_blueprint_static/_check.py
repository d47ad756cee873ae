"""What is wrong with the options of a static task, all at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from mephisto import MephistoError, Problem
from mephisto_blueprint_static import SharedStaticTaskState, StaticBlueprintArgs, _build, _data, _template

# A file with more mistakes than this has one cause.
MOST_ROWS_NAMED: Final = 10


def problems(config: StaticBlueprintArgs, shared_state: SharedStaticTaskState) -> Iterator[Problem]:
    """Yield all that is wrong; data files are read once, a generator of the run script is left alone."""
    if config.units_per_assignment < 1:
        yield Problem(
            f"mephisto.blueprint.units_per_assignment is {config.units_per_assignment}.",
            "It says how many workers do each assignment.",
            "Set it to 1 or more.",
        )
    columns = _template.Columns()
    file = _data.source(config)
    if file is None:
        yield from _problems_of_script_data(shared_state.static_task_data, columns)
    else:
        yield from _problems_of_data_file(file, columns)
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
            if wrong <= MOST_ROWS_NAMED:
                yield row
        else:
            columns.add(row)
    if wrong > MOST_ROWS_NAMED:
        yield Problem(f"{file.path}: {wrong - MOST_ROWS_NAMED} more of its rows are wrong.")
    if rows == 0:
        yield _no_rows(file)


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
        yield from wrong[:MOST_ROWS_NAMED]


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
    folder = config.extra_source_dir
    if folder is not None and not folder.is_dir():
        found.append(
            Problem(
                "mephisto.blueprint.extra_source_dir is a file, and not a folder."
                if folder.exists()
                else "mephisto.blueprint.extra_source_dir does not exist.",
                _where(folder),
                "Name the folder that holds the files.",
            )
        )
    if not found:
        try:
            _build.plan(config)
        except MephistoError as error:
            found.append(error.problem)
    yield from found


def _why_no_file(option: str, path: Path) -> Problem | None:
    name = f"mephisto.blueprint.{option}"
    if path.is_dir():
        return Problem(f"{name} is a folder, and not a file.", _where(path), "Name a file in it.")
    try:
        with path.open("rb"):
            return None
    except FileNotFoundError:
        return Problem(f"{name} does not exist.", _where(path), "Correct the path, or make the file.")
    except OSError as error:
        return Problem(f"{name} cannot be read.", f"{_where(path)} {error.strerror}.", "Make it readable.")


def _where(path: Path) -> str:
    return f"It is {path}; the working directory is {Path.cwd()}."
