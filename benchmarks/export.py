"""Taking out a million answers: rows a second, and the memory of the process that does it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.read_back import TASK, fill
from mephisto.store import Store

ANSWERS: Final = 1_000_000
FORMATS: Final = ("csv", "json", "jsonl")
# Measured inside the process: its greatest size, and the time without starting Python. The greatest size that
# getrusage tells may be that of the process that started it, which has filled the database.
MEASURED: Final = """
import sys, time
from mephisto.cli import cli
started = time.perf_counter()
try:
    cli(["export", *sys.argv[1:]], standalone_mode=False)
finally:
    seconds = time.perf_counter() - started
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
    print(seconds, time.process_time(), peak)
"""


def figures(answers: int = ANSWERS) -> Iterator[str]:
    """Yield a line for each format."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        fill(store, answers)
        store.close()
        for name in FORMATS:
            out = Path(folder, f"out.{name}")
            done = subprocess.run(
                [sys.executable, "-c", MEASURED, TASK, "--format", name, "--out", str(out)],
                env=os.environ | {"MEPHISTO_DATA_DIR": folder},
                check=True,
                capture_output=True,
                text=True,
            )
            seconds, cpu, peak = done.stdout.splitlines()[-1].split()
            yield (
                f"{name}: {answers / float(seconds):,.0f} rows/s, {answers:,} rows in {float(seconds):.1f} s "
                f"(at work for {float(cpu):.1f} s, with starting), "
                f"{out.stat().st_size / 2**20:,.0f} MiB, process at most {peak} MiB"
            )
            out.unlink()


if __name__ == "__main__":
    for line in figures(*map(int, sys.argv[1:])):
        print(line, flush=True)
