"""From a command to a served page, from the last receipt to an ended process, and what a short command costs."""

import re
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.http_client import Connection
from benchmarks.load import of_runs

RUNS: Final = 5
EXAMPLE: Final = Path(__file__).parent.parent / "examples" / "simple_static_task"
COMMANDS: Final = (("--help", 150), ("wut architect", 150), ("wut architect=local", 250))
_LINK: Final = re.compile(r"Preview: (http://\S+)")


def figures() -> Iterator[str]:
    yield "load: the example's script with 1,000 rows of one unit; one worker over HTTP for the end; server: cheroot"
    with tempfile.TemporaryDirectory(prefix="mephisto-bench-") as folder:
        example = _example(Path(folder), rows=1_000)
        served = [_until_served(example, Path(folder) / str(run)) for run in range(RUNS + 1)][1:]
    yield f"process start to served page: {of_runs(served, 2)} s; to reach: 2 s, after a first start"
    launched = [_launched() for _ in range(RUNS)]
    yield f"launch_task_run to served page, 1,000 units: {of_runs(launched, 2)} s; to reach: 0.5 s"
    with tempfile.TemporaryDirectory(prefix="mephisto-bench-") as folder:
        example = _example(Path(folder), rows=1)
        ended = [_until_ended(example, Path(folder) / str(run)) for run in range(RUNS)]
    yield f"last receipt confirmed to process ended: {of_runs(ended, 2)} s; to reach: 2 s"
    for words, most in COMMANDS:
        yield f"mephisto {words}: {of_runs([_cpu(words) for _ in range(RUNS)])} ms CPU; to reach: {most} ms"


def _example(folder: Path, rows: int) -> Path:
    copy = folder / "example"
    shutil.copytree(EXAMPLE, copy)
    lines = [
        "character_name,character_description",
        *(f"Character {row},Nobody special" for row in range(rows)),
    ]
    (copy / "data.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return copy


def _launch(example: Path, data: Path) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "static_test_script.py", "mephisto.architect.port=0"]
    options = ["mephisto.blueprint.units_per_assignment=1", f"+mephisto.datapath={data}"]
    process = subprocess.Popen(
        [*command, *options], cwd=example, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    for line in process.stdout or ():
        if found := _LINK.search(line):
            return process, found[1]
    raise RuntimeError("The example was not launched.")


def _launched() -> float:
    command = [sys.executable, "-m", "benchmarks.starting"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def launch() -> None:
    """Launch 1,000 units in this process, ask for the page, and print the seconds that took."""
    from benchmarks import served

    with tempfile.TemporaryDirectory(prefix="mephisto-bench-") as folder:
        started = time.perf_counter()
        operator, run = served.launch(1_000, Path(folder))
        with Connection(run.url) as connection:
            connection.get("/")
        print(time.perf_counter() - started)
        operator.shutdown()
        operator.db.shutdown()


def _until_served(example: Path, data: Path) -> float:
    started = time.perf_counter()
    process, url = _launch(example, data)
    with Connection(url) as connection:
        connection.get("/")
    took = time.perf_counter() - started
    _stop(process)
    return took


def _until_ended(example: Path, data: Path) -> float:
    process, url = _launch(example, data)
    with Connection(url) as connection:
        registration = {"worker_name": "x", "agent_registration_id": "1-x", "assignment_id": "1"}
        agent = connection.post("/request_agent", {"provider_data": registration})["data"]["agent_id"]
        answer = {"USED_AGENT_ID": agent, "final_data": {"rating": "good"}, "submission_id": "s"}
        receipt = connection.post("/submit_task", answer)["receipt"]
        connection.post("/confirm_receipt", {"USED_AGENT_ID": agent, "receipt": receipt})
        confirmed = time.perf_counter()
    _stop(process, interrupt=False)
    return time.perf_counter() - confirmed


def _stop(process: subprocess.Popen[str], *, interrupt: bool = True) -> None:
    if interrupt:
        process.terminate()
    process.communicate(timeout=60)


def _cpu(words: str) -> float:
    """Return what `mephisto WORDS` costs, in milliseconds of user and system time."""
    command = Path(sysconfig.get_path("scripts")) / "mephisto"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([command, *words.split()], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


if __name__ == "__main__":
    launch()
