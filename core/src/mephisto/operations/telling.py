"""Telling how runs stand while one waits for them: live on a terminal, in plain lines elsewhere."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from mephisto.counting import counted
from mephisto.instants import SECOND, span_text
from mephisto.refusals import told
from mephisto.store.progress import Progress

logger = logging.getLogger(__name__)

#: How often plain lines look for a stall; looking counts all units of a run.
LOOK_SECONDS: Final = 5


class Told(Protocol):
    """A run, as far as telling about it needs one."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    def look(self) -> Progress: ...
    def stall(self, progress: Progress) -> str: ...


class PlainTelling:
    """One line a run every *rate* seconds; none if it is None. A stall is told once, until it changes."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._told_at = self._looked_at = time.monotonic()
        self._stalls: dict[str, str] = {}

    def update(self, runs: Iterable[Told]) -> None:
        now = time.monotonic()
        due = self._rate is not None and now - self._told_at >= self._rate
        if not due and now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        if due:
            self._told_at = now
        for run in runs:
            progress = run.look()
            if due:
                logger.info("Operator running task ID = %s: %s", run.id, line(progress))
            stall = run.stall(progress)
            if stall and self._stalls.get(run.id) != stall.split(";")[0]:
                logger.info("Run %s: %s.", run.id, stall)
            self._stalls[run.id] = stall.split(";")[0]


class LiveTelling:
    """A few lines at the foot of the terminal that are kept up to date."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def update(self, runs: Iterable[Told]) -> None:
        self._live.update(Group(*(_shown(run) for run in runs)), refresh=True)


@contextmanager
def telling(rate: float | None) -> Iterator[PlainTelling | LiveTelling]:
    """Give what tells about runs here: live if standard output is a terminal."""
    console = Console()
    if not console.is_terminal or console.is_dumb_terminal:
        yield PlainTelling(rate)
        return
    live = Live(console=console, auto_refresh=False, transient=True)
    live.start()
    try:
        with _logging_above(live):
            yield LiveTelling(live)
    finally:
        with suppress(OSError):  # the terminal has gone away: there is nothing to restore
            live.stop()


def shown(display: PlainTelling | LiveTelling, runs: Sequence[Told]) -> PlainTelling | LiveTelling:
    """Tell about *runs*, and return what to tell with from now on: telling never ends what it tells about."""
    try:
        display.update(runs)
    except Exception as error:  # noqa: BLE001 - a terminal that is gone, a read that failed: the runs go on
        logger.warning("How the runs stand is not shown any more: %s", error)
        return PlainTelling(None)
    return display


@contextmanager
def _logging_above(live: Live) -> Iterator[None]:  # noqa: ARG001 - it has put its own stream in the place of sys.stdout
    """Let log lines appear above the live lines instead of through them."""
    handlers = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler)
    ]
    before = [handler.setStream(sys.stdout) for handler in handlers]
    try:
        yield
    finally:
        for handler, stream in zip(handlers, before, strict=True):
            if stream is not None:
                handler.setStream(stream)


def line(progress: Progress) -> str:
    """Say in one line how a run stands."""
    reserved = f" ({progress.reserved} reserved)" if progress.reserved else ""
    more = "" if progress.source_ended else " and more to come"
    parts = [
        f"{progress.done} done",
        f"{progress.at_work} at work",
        f"{progress.left} left{reserved}{more}",
        counted(progress.workers, "worker"),
    ]
    if progress.taken_back:
        parts.append(f"{progress.taken_back} taken back")
    if progress.per_hour:
        parts.append(f"{progress.per_hour:.0f} units an hour")
    if progress.seconds_left is not None and progress.total > progress.done:
        parts.append(f"about {span_text(round(progress.seconds_left * SECOND))} to go")
    refused = [f"{workers} {told(reason)}" for reason, workers in progress.refusals.items()]
    if refused:
        parts.append("refused: " + ", ".join(refused))
    return ", ".join(parts)


def _shown(run: Told) -> RenderableType:
    progress = run.look()
    share = progress.done / progress.total if progress.total else 0
    width = 20
    filled = round(share * width)
    bar = Text("━" * filled, style="green") + Text("━" * (width - filled), style="bright_black")
    lines = [Text.assemble((run.name, "bold"), "  ", bar, "  ", line(progress)), Text(run.url, style="blue")]
    stall = run.stall(progress)
    if stall:
        lines.append(Text(stall[0].upper() + stall[1:] + ".", style="yellow"))
    return Group(*lines)
