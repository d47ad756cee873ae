"""Submissions of 1 kB, acknowledged after their commit."""

from collections.abc import Iterator
from statistics import median
from typing import Final

from benchmarks.load import closed_loop, of_runs, open_loop, percentile
from benchmarks.served import SETTINGS, served
from benchmarks.worker import request_agent, submit

RUNS: Final = 3
SUBMISSIONS: Final = 1_600
CLIENTS: Final = 32
RATE: Final = 50
SECONDS: Final = 10


def figures() -> Iterator[str]:
    yield f"load: {SUBMISSIONS} of 1 kB by {CLIENTS} keep-alive clients in 2 processes; server: {SETTINGS}"
    rates, slowest, paced, empty = [], [], [], []
    for _ in range(RUNS):
        with served("empty") as url:
            empty.append(closed_loop(url, submit, ["0" * 32] * SUBMISSIONS, CLIENTS)[0])
        with served("run", 5_000) as url:
            tokens = closed_loop(url, request_agent, range(SUBMISSIONS + RATE * SECONDS), CLIENTS)[2]
            rate, took, receipts = closed_loop(url, submit, tokens[:SUBMISSIONS], CLIENTS)
            if len(set(receipts)) != SUBMISSIONS:
                raise RuntimeError("Not each answer had a receipt of its own.")
            rates.append(rate)
            slowest.append(percentile(took, 0.99))
            paced.append(percentile(open_loop(url, submit, tokens[SUBMISSIONS:], RATE), 0.99))
    share = median(own / other for own, other in zip(rates, empty, strict=True))
    yield f"closed loop: {of_runs(rates)}/s, p99 {of_runs(slowest)} ms; to reach: 800/s, 150 ms"
    yield f"             {share:.0%} of the empty app's {of_runs(empty)}/s"
    yield f"open loop, {RATE}/s: p99 {of_runs(paced, 1)} ms; to reach: 20 ms"
