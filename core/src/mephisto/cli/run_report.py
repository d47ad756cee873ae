"""How one run stands: looked up, and written for people and for programs."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from mephisto.cli.stored import ago_text, iso_text, status_of
from mephisto.counting import counted
from mephisto.errors import NotFound
from mephisto.instants import SECOND, span_text
from mephisto.operations.run_log import FILE_NAME as LOG_NAME
from mephisto.operations.stalls import cause
from mephisto.refusals import told
from mephisto.status import UNFINISHED_RUNS, RunStatus
from mephisto.store import drafts, overview, progress
from mephisto.store.file.recognition import FILE_NAME
from mephisto.store.rows import AnyRow

#: How much is read of the end of a log file, in bytes.
TAIL: Final = 1 << 16
LOG_LINES: Final = 10
MOST_NAMED: Final = 5

_LOG_LINE: Final = re.compile(r"\[\d+-\d+-\d+ (\d+:\d+:\d+),\d+\]\[[^\]]*\]\[(\w+)\] - (.*)")


@dataclass(frozen=True)
class Report:
    """One look at one run, at the instant `now`; `units` counts all that it has, or had when it ended.

    `partial` counts what is kept of those whose time ran out; it is part of no other number.
    """

    run: AnyRow
    status: str
    seen: progress.Progress
    units: int
    partial: int
    now: int
    directory: Path

    @property
    def has_ended(self) -> bool:
        return self.status not in UNFINISHED_RUNS

    @property
    def log(self) -> Path:
        return self.directory / "runs" / str(self.run.id) / LOG_NAME

    @property
    def files(self) -> Path:
        return self.directory / "files" / str(self.run.id)

    @property
    def stall(self) -> str:
        return cause(self.seen, None, self.now) if self.status == RunStatus.LIVE else ""

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield what is known, each with its name."""
        yield "Status", self._status()
        yield "Units", self._units()
        if self.seen.extra_done or self.seen.extra_at_work:
            at_work = f", {self.seen.extra_at_work} at work" if self.seen.extra_at_work else ""
            yield "Besides", f"{counted(self.seen.extra_done, 'screening or gold unit')} done{at_work}"
        if self.partial:
            answers = "1 partial answer" if self.partial == 1 else f"{self.partial} partial answers"
            yield "Partial", f"{answers} kept, from when the time ran out; none of it counts"
        yield "Workers", str(self.seen.workers)
        if not self.has_ended:
            yield "Rate", self._rate()
        for reason, workers in self.seen.refusals.items():
            yield "Refused", f"{counted(workers, 'worker')}: {told(reason)}"
        if self.stall:
            yield "Waiting", f"{self.stall[0].upper()}{self.stall[1:]}."
        if self.run.url and not self.has_ended:
            yield "Address", self.run.url
        yield "Answers", str(self.directory / FILE_NAME)
        if self.files.exists():
            yield "Files", str(self.files)
        if self.log.exists():
            yield "Log", str(self.log)

    def log_lines(self) -> list[str]:
        """Return the last lines of the run's log; none where there is no log."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
                text = file.read().decode("utf-8", errors="replace")
        except OSError:
            return []
        return text.splitlines()[-LOG_LINES:]

    def as_json(self) -> dict[str, Any]:
        """Return all that is known, for another program."""
        return {
            "id": str(self.run.id),
            "task": self.run.task,
            "status": self.status,
            "reason": self.run.end_reason,
            "requester": self.run.requester,
            "blueprint": self.run.blueprint,
            "architect": self.run.architect,
            "provider": self.run.provider,
            "url": self.run.url,
            "launched_at": iso_text(self.run.created_at),
            "ended_at": iso_text(self.run.ended_at),
            "units": self.units,
            "units_done": self.seen.done,
            "units_at_work": self.seen.at_work,
            "units_left": self.seen.left,
            "units_reserved": self.seen.reserved,
            "extra_units_done": self.seen.extra_done,
            "extra_units_at_work": self.seen.extra_at_work,
            "more_units_to_come": not self.seen.source_ended,
            "partial_answers": self.partial,
            "workers": self.seen.workers,
            "units_per_hour": self.seen.per_hour,
            "seconds_left": None if self.has_ended else self.seen.seconds_left,
            "refused_workers": dict(self.seen.refusals),
            "stall": self.stall,
            "database": str(self.directory / FILE_NAME),
            "log": str(self.log) if self.log.exists() else None,
            "log_lines": self.log_lines(),
        }

    def _status(self) -> str:
        status = f"{self.status}: {self.run.end_reason}" if self.run.end_reason else self.status
        if self.run.ended_at:
            return f"{status}; launched {ago_text(self.run.created_at, self.now)}, ended {ago_text(self.run.ended_at, self.now)}"
        if self.status == RunStatus.DIED:
            return (
                f"{status}; launched {ago_text(self.run.created_at, self.now)}. "
                f"Its process, {self.run.number} on {self.run.host}, is gone; the answers are kept."
            )
        return f"{status}; launched {ago_text(self.run.created_at, self.now)}"

    def _units(self) -> str:
        if self.has_ended:
            return f"{self.seen.done} of {self.units} done"
        more = "" if self.seen.source_ended else " and more to come"
        back = f", {self.seen.taken_back} taken back" if self.seen.taken_back else ""
        reserved = f" ({self.seen.reserved} reserved)" if self.seen.reserved else ""
        left = f"{self.seen.left} left{reserved}{more}"
        return f"{self.seen.done} done, {self.seen.at_work} at work, {left}{back}"

    def _rate(self) -> str:
        if self.now - self.run.created_at < progress.LEAST_SECONDS * SECOND:
            return "told from the second minute on"
        if not self.seen.per_hour:
            return "no unit of the data done in the last 5 minutes"
        rate = f"{self.seen.per_hour:.0f} units an hour, over the last 5 minutes"
        if self.seen.seconds_left is None or self.seen.total == self.seen.done:
            return rate
        return f"{rate}; about {span_text(round(self.seen.seconds_left * SECOND))} to go"


def short(log_line: str) -> str:
    """Leave of a line of a log what a person reads: the time, how serious it is if it is, and what it says."""
    match = _LOG_LINE.match(log_line)
    if match is None:
        return log_line
    return f"{match[1]}  {'' if match[2] == 'INFO' else f'{match[2]}: '}{match[3]}"


def find(connection: Connection, word: str) -> AnyRow:
    """Return the one run that *word* names; raise `NotFound` if there is none, or more than one."""
    found = overview.find_runs(connection, word)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(
            f"There is no run {word!r}.",
            'A run is named by its id, by the first digits of it, or as "latest".',
            "'mephisto runs' lists them.",
        )
    named = ", ".join(str(run.id) for run in found[:MOST_NAMED])
    raise NotFound(
        f"{len(found)} runs begin with {word}.",
        f"They are {named}{', …' if len(found) > MOST_NAMED else ''}.",
        "Write more digits.",
    )


def look(connection: Connection, run: AnyRow, directory: Path, now: int) -> Report:
    """Read how *run* stands."""
    return Report(
        run=run,
        status=status_of(run, now),
        seen=progress.look(connection, run.id, now),
        units=overview.unit_counts(connection, [run.id]).get(run.id, (0, 0))[1],
        partial=drafts.counts(connection, [run.id]).get(run.id, 0),
        now=now,
        directory=directory,
    )
