"""Print the figures that are named on the command line, or all."""

import importlib
import os
import platform
import sys
from typing import Final

NAMES: Final = (
    "starting",
    "start_again",
    "create",
    "request_agent",
    "submit",
    "flows",
    "races",
    "read_back",
    "export",
)


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.exit(f"There is no figure {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"
    )
    for name in names or NAMES:
        print(f"\n{name}", flush=True)
        for line in importlib.import_module(f"benchmarks.{name}").figures():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
