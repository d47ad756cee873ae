"""`mephisto export`: answers as a file, for a spreadsheet or another program."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from mephisto.errors import ConfigError, NotFound

EXAMPLES: Final = """\b
Examples:
  mephisto export my-task --out answers.csv
  mephisto export my-task --run latest --out answers.jsonl
  mephisto export my-task --pseudonyms --files --out a.csv
  mephisto export my-task --status late --out -
"""

FORMATS: Final = ("csv", "json", "jsonl")
#: What --status takes; `accepted` is how units call it, `all` is everything.
STATUSES: Final = (
    *("completed", "approved", "accepted", "rejected", "soft_rejected"),
    *("late", "duplicate", "partial", "all"),
)


@click.command(epilog=EXAMPLES)
@click.argument("task")
@click.option("--run", "words", multiple=True, metavar="RUN", help="Only this run; may be repeated.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice(STATUSES),
    metavar="STATUS",
    help=f"Only what is {', '.join(STATUSES[:-1])}; may be repeated. Without it: all answers that count; "
    "all: whatever came in.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    help="CSV, one JSON array, or JSON Lines. Without it: as FILE's name ends.",
)
@click.option(
    "--excel", is_flag=True, help="CSV that begins with a byte order mark, by which Excel knows UTF-8."
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help='Where to; "-" prints it.'
)
@click.option("--files", is_flag=True, help="Copy the answers' files beside it, into FILE.files.")
@click.option("--pseudonyms", is_flag=True, help="Give workers names that tell nobody who they are.")
@click.option("--no-dictionary", is_flag=True, help="Write no FILE.dictionary.json.")
def export(  # noqa: PLR0913 - one for each option
    task: str,
    words: tuple[str, ...],
    statuses: tuple[str, ...],
    kind: str | None,
    out: Path,
    *,
    excel: bool,
    files: bool,
    pseudonyms: bool,
    no_dictionary: bool,
) -> None:
    """Write the answers of a task into a file.

    There is a row for each answer, with what was asked.

    In CSV, each field of an object is a column named by its path: outputs.address.city; a dot or backslash inside a
    name is written with a backslash before it. A list is one cell. A column in which there is nothing but text holds
    the text as it is; any other holds JSON. An empty cell is nothing, null, or empty text. A text that begins
    with = + - @, a tab, a line break or an apostrophe gets an apostrophe before it, so that no spreadsheet takes it
    for a formula. In JSON, everything is as it came in.

    Beside FILE, FILE.dictionary.json says what each column means, and what it holds. The key of pseudonyms stays in
    the data directory: the same worker has the same one in each export.
    """
    kind = kind or _named_format(out)
    if excel and kind != "csv":
        raise ConfigError(
            f"--excel is for CSV, and this is {kind}.", "", "Leave it out, or add --format csv."
        )
    is_printed = str(out) == "-"
    if is_printed and files:
        raise ConfigError(
            "Files cannot be printed.", "--files copies them beside FILE.", "Name one: --out answers.csv"
        )
    if not is_printed and not out.absolute().parent.is_dir():
        raise ConfigError(f"There is no folder {out.absolute().parent}.", "", "Make it, or write elsewhere.")
    from mephisto.cli.run_report import find
    from mephisto.cli.stored import looking, refuse_unknown_task
    from mephisto.review.export import Export, write
    from mephisto.store import exporting

    with looking() as (directory, opened):
        connection = refuse_unknown_task(task, opened)
        runs = exporting.run_ids(connection, task)
        if words:
            runs = [_of_task(find(connection, word), task) for word in words]
        wanted = Export(
            task=task,
            runs=runs,
            format=kind,
            out=out if is_printed else out.absolute(),
            statuses=_selected(statuses),
            copies_files=files,
            is_pseudonymous=pseudonyms,
            has_mark=excel,
            has_dictionary=not no_dictionary and not is_printed,
        )
        written = write(wanted, connection, directory)
    if is_printed:
        return
    for sentence in _told(written, out):
        click.echo(sentence)
    if wanted.has_dictionary:
        click.echo(f"What the columns mean: {wanted.dictionary_path.name}")


def _told(written: Any, out: Path) -> Iterator[str]:
    answers = written.rows - written.partial
    if answers or not written.partial:
        yield f"{_counted(answers, 'answer')} in {out}."
    if written.partial:
        yield f"{_counted(written.partial, 'partial answer')} in {out}."
    if written.left_out:
        yield f"{_counted(written.left_out, 'partial answer')} left out: --status partial selects what is partial."


def _counted(number: int, what: str) -> str:
    return f"1 {what} is" if number == 1 else f"{number:,} {what}s are"


def _named_format(out: Path) -> str:
    """Return the format that a name ends in; one without an ending is CSV."""
    suffix = out.suffix.lower().removeprefix(".")
    if suffix and suffix not in FORMATS:
        raise ConfigError(
            f"There is no format {suffix!r}.",
            f"Formats: {', '.join(FORMATS)}.",
            f"Name a file that ends so, such as --out {out.with_suffix('.csv')}, or say --format.",
        )
    return suffix or "csv"


def _selected(statuses: tuple[str, ...]) -> tuple[str, ...]:
    from mephisto.store.exporting import ANSWERS, OTHERS

    if "all" in statuses:
        return (*ANSWERS, *OTHERS)
    wanted = {"approved" if status == "accepted" else status for status in statuses}
    return tuple(status for status in (*ANSWERS, *OTHERS) if status in wanted) or ANSWERS


def _of_task(run: object, task: str) -> int:
    found, run_id = str(getattr(run, "task", "")), int(getattr(run, "id", 0))
    if found != task:
        raise NotFound(f"Run {run_id} is not one of {task!r}.", f"It is a run of {found!r}.")
    return run_id
