"""Showing one run: once, or again and again until it ends."""

import json
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Connection

from mephisto.cli.output import print_json, width
from mephisto.cli.run_report import Report, find, look, short
from mephisto.cli.stored import looking, say_nothing_is_stored
from mephisto.counting import counted
from mephisto.errors import NotFound
from mephisto.instants import Time

LOOK_SECONDS: Final = 1.0
INDENT: Final = 11


def show(word: str, *, as_json: bool) -> None:
    """Print how the run that *word* names stands."""
    report = _first(word, as_json=as_json)
    if report is None:
        return
    if as_json:
        print_json(report.as_json())
        return
    for line in _lines(report):
        click.echo(line)
    if log := report.log_lines():
        click.echo("\n" + "\n".join(map(short, log)))


def watch(word: str, *, as_json: bool) -> None:
    """Show how a run stands until it has ended, or Ctrl-C: redrawn on a terminal, in a line a change elsewhere."""
    report = _first(word, as_json=as_json)
    if report is None:
        return
    try:
        if sys.stdout.isatty() and not as_json:
            _watch_on_a_terminal(report)
        else:
            _watch_in_lines(report, as_json=as_json)
    except KeyboardInterrupt:
        click.echo("The run goes on.", err=True)


def _first(word: str, *, as_json: bool) -> Report | None:
    with looking() as (directory, connection):
        if connection is not None:
            return _report(connection, word, directory)
    if as_json:
        print_json(None)
    else:
        say_nothing_is_stored(directory, "runs")
    return None


def _report(connection: Connection, word: str, directory: Path) -> Report:
    return look(connection, find(connection, word), directory, Time().now())


def _again(report: Report) -> Report:
    with looking() as (directory, connection):
        if connection is None:
            raise NotFound(f"The database of run {report.run.id} is gone.", str(directory))
        return _report(connection, str(report.run.id), directory)


def _lines(report: Report) -> Iterator[str]:
    yield f'Run {report.run.id} of "{report.run.task}"'
    yield ""
    for name, text in report.lines():
        # Paths and addresses stay whole, so that they can be copied.
        yield textwrap.fill(
            text,
            width(),
            initial_indent=f"{name:{INDENT}}",
            subsequent_indent=" " * INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _watch_on_a_terminal(report: Report) -> None:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    with Live(console=console, auto_refresh=False, vertical_overflow="crop") as live:
        while True:
            about = list(_lines(report))
            # The picture keeps its height: of the log there are so many lines as have room, cut where they end.
            room = max(1, console.height - len(about) - 2)
            log = [short(line)[: width()] for line in report.log_lines()[-room:]]
            live.update(Text("\n".join([*about, "", *log])), refresh=True)
            if report.has_ended:
                return
            time.sleep(LOOK_SECONDS)
            report = _again(report)


def _watch_in_lines(report: Report, *, as_json: bool) -> None:
    told = ""
    while True:
        fields = report.as_json()
        if as_json:
            changing = json.dumps(fields, default=str)
        else:
            changing = (
                f"{report.status}: {dict(report.lines())['Units']}, {counted(report.seen.workers, 'worker')}"
            )
        if changing != told:
            told = changing
            click.echo(told)
            sys.stdout.flush()
        if report.has_ended:
            return
        time.sleep(LOOK_SECONDS)
        report = _again(report)
