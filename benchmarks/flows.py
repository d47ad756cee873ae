"""Whole flows: page, configuration, agent, page document, submission."""

from collections.abc import Iterator
from statistics import median
from typing import Final

from benchmarks.load import closed_loop, of_runs, percentile
from benchmarks.served import SETTINGS, served
from benchmarks.worker import flow

RUNS: Final = 3
FLOWS: Final = 1_000
CLIENTS: Final = 50
LEAST: Final = {1_000: 200, 10_000: 180}


def figures() -> Iterator[str]:
    yield f"load: {FLOWS} flows by {CLIENTS} keep-alive clients in 2 processes, closed loop; server: {SETTINGS}"
    for units, least in LEAST.items():
        ours, empty, slowest = [], [], []
        for _ in range(RUNS):
            with served("empty") as url:
                empty.append(closed_loop(url, flow, range(FLOWS), CLIENTS)[0])
            with served("run", units) as url:
                rate, took, _receipts = closed_loop(url, flow, range(FLOWS), CLIENTS)
                ours.append(rate)
                slowest.append(percentile(took, 0.99))
        share = median(own / other for own, other in zip(ours, empty, strict=True))
        yield f"{units:>6} units: {of_runs(ours)} flows/s, p99 {median(slowest):.0f} ms; to reach: {least}"
        yield f"              {share:.0%} of the empty app's {of_runs(empty)}; to reach: 60%"
