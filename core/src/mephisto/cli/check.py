"""`mephisto check`: whether everything here is set up as it should be."""

import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from typing import Final

import click

from mephisto import settings
from mephisto.cli.output import print_json, width
from mephisto.errors import MephistoError, PluginError, Problem
from mephisto.plugins.discovery import all_installed
from mephisto.plugins.loading import load_offer

EXAMPLES: Final = """\b
Examples:
  mephisto check
  mephisto check --json
"""

OLDEST_PYTHON: Final = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was found, and what to do where something is wrong."""

    what: str
    found: str
    remedy: str = ""
    is_wrong: bool = False


@click.command(epilog=EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for another program.")
def check(*, as_json: bool) -> None:
    """Check that everything here is set up as it should be.

    Looks at Python, the settings, the data directory, the database and the plugins; nothing is made or changed.
    The exit status is 1 if something is wrong.
    """
    findings = [finding for what, look in _LOOKS for finding in _found(what, look)]
    is_wrong = any(finding.is_wrong for finding in findings)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            _show(finding)
        click.echo("\nSomething went wrong." if is_wrong else "\nMephisto seems to be set up correctly.")
    if is_wrong:
        sys.exit(1)


def _show(finding: Finding) -> None:
    mark = "wrong" if finding.is_wrong else "ok"
    text = f"{finding.what}: {finding.found}"
    for paragraph in (text, finding.remedy):
        if paragraph:
            indent = f"{mark:6}" if paragraph is text else " " * 6
            click.echo(click.wrap_text(paragraph, width(), indent, " " * 6))


def _found(what: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """Let what a look raises be a finding, too."""
    found = []
    try:
        for finding in look():
            found.append(finding)  # noqa: PERF402 - what came before an error is kept
    except MephistoError as error:
        found.append(_wrong(what, error.problem))
    return found


def _wrong(what: str, problem: Problem) -> Finding:
    return Finding(what, f"{problem.what} {problem.why}".strip(), problem.remedy, is_wrong=True)


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    oldest = ".".join(map(str, OLDEST_PYTHON))
    if sys.version_info >= OLDEST_PYTHON:
        yield Finding("Python", f"{version} ({sys.executable})")
    else:
        yield Finding("Python", f"{version} is too old.", f"Install Python {oldest} or newer.", is_wrong=True)


def _settings() -> Iterator[Finding]:
    path = settings.settings_file()
    yield Finding("Settings", str(path) if settings.read() else f"none; they would stand in {path}")


def _data_directory() -> Iterator[Finding]:
    from mephisto.operations.readiness import why_no_data

    directory = settings.data_directory()
    problem = why_no_data(directory)
    new = "" if directory.exists() else "; the first launch makes it"
    yield _wrong("Data directory", problem) if problem else Finding("Data directory", f"{directory}{new}")


def _database() -> Iterator[Finding]:
    from mephisto.store.file.recognition import FILE_NAME
    from mephisto.store.reading import reading

    directory = settings.data_directory()
    with reading(directory) as connection:
        yield Finding(
            "Database",
            "none yet; the first launch makes it" if connection is None else str(directory / FILE_NAME),
        )


def _plugins() -> Iterator[Finding]:
    for offer in all_installed():
        what = f"The {offer.kind} {offer.name}"
        try:
            with redirect_stdout(sys.stderr):  # what a module prints when it is imported is no finding
                load_offer(offer)
        except PluginError as error:
            yield _wrong(what, error.problem)
        else:
            yield Finding(what, f"{offer.distribution} {offer.version}")


_LOOKS: Final = (
    ("Python", _python),
    ("Settings", _settings),
    ("Data directory", _data_directory),
    ("Database", _database),
    ("Plugins", _plugins),
)
