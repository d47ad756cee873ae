"""64 clients on few units: the test of the races, with many more accepts than the suite takes."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ACCEPTS: Final = 100_000
TEST: Final = Path(__file__).parent.parent / "core" / "tests" / "store" / "test_races.py"


def figures() -> Iterator[str]:
    yield f"load: {ACCEPTS} accepts by 64 threads as 90 workers, two runs, window 24; time-outs and late answers"
    started = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", str(TEST)]
    done = subprocess.run(
        command,
        env=os.environ | {"MEPHISTO_RACES": str(ACCEPTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - started
    found = "0" if done.returncode == 0 else f"some:\n{done.stdout}"
    yield f"over their number or over a limit: {found}; to reach: 0 ({took:.0f} s, {ACCEPTS / took:.0f} accepts/s)"
