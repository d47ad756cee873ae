"""Being asked to stop: Ctrl-C, SIGTERM, and on Windows the closing of the console."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

from mephisto.operations.console_closing import heed_console_closing

#: SIGHUP is a terminal that goes away; SIGBREAK is Ctrl-Break on Windows.
NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Interruptions:
    """Counts how often this process was asked to stop."""

    def __init__(self) -> None:
        self.count = 0

    def _note(self, _: int, __: FrameType | None) -> None:
        self.count += 1


@contextmanager
def counted_interruptions() -> Iterator[Interruptions]:
    """Count requests to stop instead of dying of them, as long as the context lasts."""
    interruptions = Interruptions()
    with _handling(interruptions._note):  # noqa: SLF001 - the counter's own half of this module
        yield interruptions


@contextmanager
def raised_interruptions() -> Iterator[None]:
    """Let every request to stop raise KeyboardInterrupt, so that what was begun is undone."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handling(interrupt):
        yield


def ignore_interruptions() -> None:
    """Take no more requests to stop: the process has done all of what it was asked, and ends at once."""
    if threading.current_thread() is threading.main_thread():
        for name in NAMES:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)


@contextmanager
def _handling(handler: Any) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told of signals
        return
    known = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    # What whoever started this process wants ignored (nohup, a shell's background jobs) stays ignored.
    before = {
        number: signal.signal(number, handler)
        for number in known
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    heed_console_closing()
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
