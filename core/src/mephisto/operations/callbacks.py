"""Calling researchers' functions: never on the writer's thread, never in a transaction, and never for ever.

A call that raises is shown with file and line, and stops nothing else.
"""

import inspect
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from typing import Any, Final, TypeVar

from mephisto.errors import MephistoError
from mephisto.operations.one_core import use_all_cores
from mephisto.store import Store, StoreBusy
from mephisto.store.current import current_store

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

POOL_THREADS: Final = 8
#: How many requests may wait for one function at the same time. Four can be waited for in one run, since it screens or
#: has gold units, and at most half of the server's 64 threads may wait for anything.
WAITERS: Final = 8
_OURS: Final = str(Path(__file__).parents[1])


class TooManyWait(StoreBusy):
    """As many requests as may do so wait for a function of the run script; try again a little later."""


class UnusableAnswer(MephistoError):
    """A function of the run script returned what nobody can use; it is told as it is, and not as an exception of ours."""


class Seats:
    """Places for requests that wait; who finds none is sent away at once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._free = threading.BoundedSemaphore(WAITERS)

    def __enter__(self) -> None:
        if not self._free.acquire(blocking=False):
            raise TooManyWait(f"{WAITERS} requests wait for {self._name}.", "", "Try again in a moment.")

    def __exit__(self, *_: object) -> None:
        self._free.release()


class CallbackPool:
    """Calls functions on a few threads of its own while their askers wait, but not longer than *patience* seconds.

    A call that overruns keeps its thread until it returns; it is named, and its late answer is dropped.
    """

    def __init__(self, store: Store, patience: float) -> None:
        self._store = store
        self.patience = patience
        self._free = threading.BoundedSemaphore(POOL_THREADS)

    def ask(self, name: str, function: Callable[..., Answer], *args: Any) -> Answer | None:
        """Return what *function* answers; None, with a line in the log, if it raises or overruns."""
        deadline = time.monotonic() + self.patience
        if not self._free.acquire(timeout=self.patience):
            logger.error("%s was not asked: all %d earlier calls still run.", name, POOL_THREADS)
            return None
        outcome: Future[Answer] = Future()

        def call() -> None:
            use_all_cores()  # who asks may share one with others: a researcher's model must not
            current_store.set(self._store)
            try:
                outcome.set_result(function(*args))
            except BaseException as error:  # noqa: BLE001 - a researcher's function may raise anything; it is shown below
                outcome.set_exception(error)
            finally:
                self._free.release()

        thread = threading.Thread(target=call, name=f"mephisto-{name}", daemon=True)
        thread.start()
        try:
            return outcome.result(max(0.0, deadline - time.monotonic()))
        except FutureTimeoutError:
            if outcome.done():
                show(name, outcome.exception())
            else:
                logger.error(
                    "%s has not answered for %.0f s%s; it is not waited for.",
                    *(name, self.patience, _place_of(thread)),
                )
        except BaseException as error:  # noqa: BLE001 - as above
            show(name, error)
        return None


def _place_of(thread: threading.Thread) -> str:
    """Say at which line the researcher's function is that runs on *thread*; nothing if it has just returned."""
    frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001 - it is documented
    files = [(found.filename, found.lineno) for found in traceback.extract_stack(frame)] if frame else []
    began = next((index for index, (file, _) in enumerate(files) if file.startswith(_OURS)), len(files))
    theirs = next((place for place in files[began:] if not place[0].startswith(_OURS)), None)
    return f" at {theirs[0]}:{theirs[1]}" if theirs else ""


def written_at(function: Any) -> str:
    """Say where a researcher's function is written, or which line of their generator ran last; nothing if nobody knows."""
    if inspect.isgenerator(function):
        return f" at {function.gi_code.co_filename}:{function.gi_frame.f_lineno}" if function.gi_frame else ""
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    if code is None or code.co_filename.startswith(_OURS):
        return ""
    return f" at {code.co_filename}:{code.co_firstlineno}"


def show(name: str, error: BaseException | None) -> None:
    """Tell the researcher that their function *name* raised, and where; or what it returned that is of no use."""
    if isinstance(error, UnusableAnswer):
        logger.error("%s", error)
        return
    frames = traceback.extract_tb(error.__traceback__) if error else []
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    logger.error("%s raised %s%s: %s", name, type(error).__name__, place, error)
    logger.debug("Where it happened:", exc_info=error)
