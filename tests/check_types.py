"""Types hold on every platform and version that is supported: mypy, once for each, in separate processes."""

import itertools
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

PLATFORMS = ("linux", "darwin", "win32")
VERSIONS = ("3.11", "3.14")


def check(platform: str, version: str, sources: list[str]) -> tuple[str, int, str]:
    """Run mypy and return what was checked, the exit status, and what was printed."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        f"--platform={platform}",
        f"--python-version={version}",
        f"--cache-dir=.mypy_cache/{platform}-{version}",
        *sources,
    ]
    # Each folder of sources is a root of imports: a file must not be found under two names.
    environment = {**os.environ, "MYPYPATH": os.pathsep.join(sources)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return f"mypy on {platform}, Python {version}", done.returncode, done.stdout + done.stderr


def main(sources: list[str]) -> int:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        checks = [
            pool.submit(check, platform, version, sources)
            for platform, version in itertools.product(PLATFORMS, VERSIONS)
        ]
        results = [done.result() for done in checks]
    for name, status, printed in results:
        sys.stdout.write(f"{name}: {'ok' if status == 0 else printed}\n")
    return max(status for _, status, _ in results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
