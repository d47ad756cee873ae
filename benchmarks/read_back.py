"""Reading back what came in: 100k finished units, through the paths that scripts take."""

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, insert

from mephisto.data_model.database import LocalMephistoDB
from mephisto.model import (
    agents,
    assignments,
    processes,
    requesters,
    submissions,
    task_runs,
    tasks,
    units,
    workers,
)
from mephisto.store import Store
from mephisto.tools.data_browser import DataBrowser

UNITS: Final = 100_000
WORKERS: Final = 500
CHUNK: Final = 5_000
TASK: Final = "read back"


def fill(store: Store, count: int) -> None:
    """Write a task of *count* units, each with an answer."""
    now, new = store.now(), store.ids.new
    process, requester, task, run = new(), new(), new(), new()
    people = [
        {"id": new(), "provider": "mock", "name": f"worker {i}", "created_at": now} for i in range(WORKERS)
    ]

    def begin(connection: Connection) -> None:
        connection.execute(
            insert(processes).values(id=process, host="h", number=1, started_at=now, heartbeat_at=now)
        )
        connection.execute(
            insert(requesters).values(id=requester, provider="mock", name="me", created_at=now)
        )
        connection.execute(insert(tasks).values(id=task, name=TASK, blueprint="static_task", created_at=now))
        connection.execute(insert(workers), people)
        connection.execute(
            insert(task_runs).values(
                id=run,
                task_id=task,
                requester_id=requester,
                process_id=process,
                blueprint="static_task",
                architect="local",
                provider="mock",
                config={},
                status="ended",
                script="s.py",
                script_hash="0",
                arguments=[],
                working_directory="/",
                launch_number=1,
                created_at=now,
                alive_until=now,
            )
        )

    store.write(begin)
    for start in range(0, count, CHUNK):
        rows = [
            _rows(store, run, task, index, people[index % WORKERS]["id"], now)
            for index in range(start, start + CHUNK)
        ]

        def chunk(connection: Connection, rows: list[tuple[dict[str, object], ...]] = rows) -> None:
            for table, of_table in zip(
                (assignments, units, agents, submissions), zip(*rows, strict=True), strict=True
            ):
                connection.execute(insert(table), list(of_table))

        store.write(chunk)


def _rows(
    store: Store, run: int, task: int, index: int, worker: object, now: int
) -> tuple[dict[str, object], ...]:
    assignment, unit, agent, submission = store.ids.block(4)
    return (
        {
            "id": assignment,
            "task_run_id": run,
            "source_index": index,
            "data": {
                "character_name": f"Character {index}",
                "character_description": "A person of few words. " * 8,
            },
            "data_hash": "0",
        },
        {
            "id": unit,
            "task_run_id": run,
            "assignment_id": assignment,
            "unit_index": 0,
            "status": "completed",
            "pay_cents": 30,
            "agent_id": agent,
            "worker_id": worker,
        },
        {
            "id": agent,
            "token": f"t{agent}",
            "ticket": f"p{agent}",
            "task_id": task,
            "task_run_id": run,
            "assignment_id": assignment,
            "unit_id": unit,
            "worker_id": worker,
            "status": "completed",
            "registration": f"r{agent}",
            "attempt": 1,
            "created_at": now,
            "deadline": now,
            "ended_at": now,
        },
        {
            "id": submission,
            "agent_id": agent,
            "submission_id": "s",
            "kind": "answer",
            "receipt_code": str(submission),
            "data": {"rating": "good", "comment": "I would like to meet them. " * 12},
            "digest": "0",
            "received_at": now,
        },
    )


def read_all(browser: DataBrowser) -> int:
    """Read the way that holds nothing in memory."""
    return sum(1 for data in browser.iterate_data_for_task_name(TASK) if data["data"]["outputs"])


def read_units(browser: DataBrowser) -> int:
    """Read the way that existing scripts take: a list of units, and the data of each."""
    listed = browser.get_units_for_task_name(TASK)
    return sum(1 for unit in listed if browser.get_data_from_unit(unit)["data"]["outputs"])


def _measured(name: str, read: Callable[[DataBrowser], int], browser: DataBrowser) -> str:
    started = time.perf_counter()
    count = read(browser)
    elapsed = time.perf_counter() - started
    tracemalloc.start()
    read(browser)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return (
        f"{name}: {count / elapsed:,.0f} units/s, {count:,} units in {elapsed:.1f} s, "
        f"peak {peak / 2**20:.0f} MiB; to reach: 20,000 units/s"
    )


def figures(count: int = UNITS) -> Iterator[str]:
    """Yield units/s and peak memory of each way."""
    with tempfile.TemporaryDirectory() as folder:
        db = LocalMephistoDB(Path(folder))
        fill(db.store, count)
        browser = DataBrowser(db)
        yield _measured("iterate_data_for_task_name", read_all, browser)
        yield _measured("get_units_for_task_name and get_data_from_unit", read_units, browser)
        db.shutdown()


if __name__ == "__main__":
    for line in figures(*map(int, sys.argv[1:])):
        print(line, flush=True)
