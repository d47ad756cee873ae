"""Whole flows: page, configuration, agent, page document, submission."""

from collections.abc import Iterator, Sequence
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
        ours, empty, slowest = [], {"empty": [], "on one core": []}, []
        for _ in range(RUNS):
            for app, rates in empty.items():
                with served(app) as url:
                    rates.append(closed_loop(url, flow, range(FLOWS), CLIENTS)[0])
            with served("run", units) as url:
                rate, took, _receipts = closed_loop(url, flow, range(FLOWS), CLIENTS)
                ours.append(rate)
                slowest.append(percentile(took, 0.99))
        yield f"{units:>6} units: {of_runs(ours)} flows/s, p99 {median(slowest):.0f} ms; to reach: {least}"
        yield f"              {_share(ours, empty['empty'])}; to reach: 60%"
        yield f"              {_share(ours, empty['on one core'])} where that keeps its threads on one core, too"


def _share(ours: Sequence[float], empty: Sequence[float]) -> str:
    share = median(own / other for own, other in zip(ours, empty, strict=True))
    return f"{share:.0%} of the empty app's {of_runs(empty)}"
