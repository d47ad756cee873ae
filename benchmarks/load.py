"""Clients in processes of their own: closed loops as fast as they can, open loops at a rate."""

import itertools
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from statistics import median
from typing import Any, Final

from benchmarks.http_client import Connection

PROCESSES: Final = 2

#: What one client does with one item of work, on its own connection.
Step = Callable[[Connection, Any], Any]


def closed_loop(
    url: str, step: Step, items: Sequence[Any], clients: int
) -> tuple[float, list[float], list[Any]]:
    """Let *clients* work through *items*, each on one connection; return items per second, seconds each, results."""
    shares = [items[index::PROCESSES] for index in range(PROCESSES)]
    work = partial(_closed_share, url, step, clients // PROCESSES)
    done = _in_processes(work, shares)
    took = [seconds for share in done for seconds, _ in share.done]
    results = [result for share in done for _, result in share.done]
    return len(items) / max(share.span for share in done), took, results


def open_loop(url: str, step: Step, items: Sequence[Any], rate: float, clients: int = 32) -> list[float]:
    """Begin *rate* items a second, however long they take; return seconds each, from when it was due."""
    work = partial(_open_share, url, step, clients, rate)
    return [seconds for share in _in_processes(work, [items]) for seconds, _ in share.done]


def percentile(took: Sequence[float], share: float) -> float:
    """Return the value below which *share* of the values lie, in milliseconds."""
    return 1000 * sorted(took)[min(len(took) - 1, int(len(took) * share))]


def of_runs(values: Sequence[float], digits: int = 0) -> str:
    """Write the median of several runs, and the runs."""
    return f"{median(values):.{digits}f} ({', '.join(f'{value:.{digits}f}' for value in values)})"


def _in_processes(
    work: Callable[[Sequence[Any]], "_Share"], shares: Sequence[Sequence[Any]]
) -> "list[_Share]":
    with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
        list(pool.map(abs, range(len(shares))))  # processes take a while to start: not while the clock runs
        return list(pool.map(work, shares))


@dataclass
class _Share:
    """What one process did: seconds and result of each item, and how long all of it took."""

    done: list[tuple[float, Any]]
    span: float


def _closed_share(url: str, step: Step, clients: int, items: Sequence[Any]) -> _Share:
    def client(own: Sequence[Any]) -> list[tuple[float, Any]]:
        with Connection(url) as connection:
            return [_timed(step, connection, item) for item in own]

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        shares = pool.map(client, [items[index::clients] for index in range(clients)])
        done = list(itertools.chain.from_iterable(shares))
    return _Share(done, time.perf_counter() - started)


def _open_share(url: str, step: Step, clients: int, rate: float, items: Sequence[Any]) -> _Share:
    numbered, started = iter(enumerate(items)), time.perf_counter()

    def client(_: int) -> list[tuple[float, Any]]:
        done = []
        with Connection(url) as connection:
            for number, item in numbered:
                due = started + number / rate
                time.sleep(max(0.0, due - time.perf_counter()))
                result = step(connection, item)
                done.append((time.perf_counter() - due, result))
        return done

    with ThreadPoolExecutor(clients) as pool:
        done = list(itertools.chain.from_iterable(pool.map(client, range(clients))))
    return _Share(done, time.perf_counter() - started)


def _timed(step: Step, connection: Connection, item: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    result = step(connection, item)
    return time.perf_counter() - started, result
