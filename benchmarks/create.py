"""Making assignments and units of a run, through its feeder, and the memory that takes."""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.load import of_runs

RUNS: Final = 3
ROWS: Final = (10_000, 100_000)


def figures() -> Iterator[str]:
    yield "load: rows of two short fields, one unit each, all offered at once; one process"
    for rows in ROWS:
        measured = [_in_a_process(rows) for _ in range(RUNS)]
        seconds = [took for took, _ in measured]
        yield (
            f"{rows:>7} rows: {of_runs(seconds, 2)} s, {1e6 * median(seconds) / rows:.0f} us each, "
            f"{max(memory for _, memory in measured):.0f} MB at most; to reach for 100000: 10 s, 150 MB"
        )


def _in_a_process(rows: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.create", str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    took, memory = done.stdout.split()
    return float(took), float(memory)


def create(rows: int) -> None:
    """Launch a run of *rows* rows, wait until all are offered, and print the seconds and the memory in MB."""
    from benchmarks import served

    with tempfile.TemporaryDirectory(prefix="mephisto-bench-") as folder:
        started = time.perf_counter()
        operator, run = served.launch(rows, Path(folder))
        while run.counts().launched < rows:
            run.ended.wait(0.2)
        took = time.perf_counter() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        operator.shutdown()
        operator.db.shutdown()
    print(took, memory)


if __name__ == "__main__":
    create(int(sys.argv[1]))
