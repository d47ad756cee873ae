"""Asking for a unit while many are open."""

from collections.abc import Iterator
from typing import Final

from benchmarks.load import of_runs, open_loop, percentile
from benchmarks.served import SETTINGS, served
from benchmarks.worker import request_agent

RUNS: Final = 3
RATE: Final = 50
SECONDS: Final = 10
MOST_MILLISECONDS: Final = {10_000: 25, 100_000: 50}


def figures() -> Iterator[str]:
    yield f"load: {RATE}/s for {SECONDS} s, open loop, 32 keep-alive clients in 1 process; server: {SETTINGS}"
    with served("empty") as url:
        empty = percentile(open_loop(url, request_agent, range(RATE * SECONDS), RATE), 0.99)
    for units, most in MOST_MILLISECONDS.items():
        slowest, usual = [], []
        with served("run", units) as url:
            for number in range(RUNS):
                workers = range(number * 10_000, number * 10_000 + RATE * SECONDS)
                took = open_loop(url, request_agent, workers, RATE)
                slowest.append(percentile(took, 0.99))
                usual.append(percentile(took, 0.5))
        yield (
            f"{units:>7} open units: p99 {of_runs(slowest, 1)} ms, median {of_runs(usual, 1)} ms; to reach: "
            f"p99 {most} ms (the empty app's {empty:.1f} ms)"
        )
