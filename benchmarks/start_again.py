"""Starting again after a kill, with the same run: from the command to the first served request."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

from benchmarks.http_client import Connection
from benchmarks.load import of_runs

RUNS: Final = 5
UNITS: Final = ((10_000, 2.5), (100_000, 8))


def figures() -> Iterator[str]:
    yield "load: a run whose units are all on offer is killed (SIGKILL) and gone on with, again and again; its data has not changed"
    for units, most in UNITS:
        with tempfile.TemporaryDirectory(prefix="mephisto-bench-") as folder:
            _until_served(units, folder)
            took = [_until_served(units, folder) for _ in range(RUNS + 1)][1:]
        yield f"{units:>7} units: {of_runs(took, 2)} s to the first unit given out; to reach: {most} s"


def _until_served(units: int, folder: str) -> float:
    """Start a process that goes on with the run, or makes it; take one unit, and kill the process."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.start_again", str(units), folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        output = cast("IO[str]", process.stdout)
        with Connection(output.readline().strip()) as connection:
            who = {"worker_name": "x", "place": str(started)}
            given = connection.post("/request_agent", {"provider_data": who})
        took = time.perf_counter() - started
        output.readline()  # all units are there
        process.kill()
    if not given["data"]["agent_id"]:
        raise RuntimeError(f"No unit was given out: {given}")
    return took


def go_on(units: int, folder: Path) -> None:
    """Launch or go on with a run, print its address, and a line once all of its units are on offer; then wait."""
    from benchmarks import served

    _, run = served.launch(units, folder, resume_incomplete_run=True)
    print(run.url, flush=True)
    while run.counts().total < units:
        run.ended.wait(0.1)
    print("offered", flush=True)
    run.ended.wait()


if __name__ == "__main__":
    go_on(int(sys.argv[1]), Path(sys.argv[2]))
