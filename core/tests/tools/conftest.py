"""Finished work of the example's task, as rows that the store's own functions wrote."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from mephisto.data_model.database import LocalMephistoDB
from mephisto.instants import SECOND
from mephisto.model import uploads
from mephisto.status import RunStatus
from mephisto.store import Store, attempts, claims, offering, people, processes, runs, submissions
from mephisto.store.admission import Terms

TASK = "html-static-task-example"
EXAMPLE = Path(__file__).parents[3] / "examples" / "simple_static_task" / "examine_results.py"


class Crowd:
    """Launches runs and answers their units, without a server."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def launch(self, rows=2, per_row=2, task=TASK) -> Terms:
        store, now, run_id = self.store, self.store.now(), self.store.ids.new()

        def job(connection: Connection) -> int:
            process = store.ids.new()
            started = {"host": "here", "number": process % 2**31, "started_at": now, "heartbeat_at": now}
            processes.add(connection, {"id": process, **started})
            task_id = runs.task_id(connection, store.ids.new(), task, "static_task", now)
            row = {
                "id": run_id,
                "task_id": task_id,
                "requester_id": people.requester_id(connection, store.ids.new(), "mock", "me", now),
                "process_id": process,
                "blueprint": "static_task",
                "architect": "local",
                "provider": "mock",
                "config": {"task": {"task_name": task}},
                "status": RunStatus.LIVE,
                "script": "script.py",
                "script_hash": "",
                "arguments": [],
                "working_directory": "/",
                "launch_number": 1,
                "created_at": now,
                "alive_until": now,
            }
            runs.add(connection, row)
            chunk = [
                offering.NewAssignment(
                    {
                        "character_name": f"Loaded Character {number}",
                        "character_description": "I'm a character loaded from Mephisto!",
                    },
                    per_row,
                )
                for number in range(1, rows + 1)
            ]
            offering.add(connection, store.ids, run_id, 0, chunk, 30, ended=True)
            offering.open_window(connection, run_id, 0)
            return task_id

        return Terms(run_id, store.write(job), "mock", 600 * SECOND)

    def claim(self, terms, worker) -> attempts.Held:
        request = attempts.Request(worker, f"{worker} {self.store.ids.new()}", trusted=True)
        return self.store.write(
            lambda connection: claims.claim(connection, self.store.ids, terms, request, self.store.now())
        )

    def answer(self, terms, worker, data=None, files=()) -> attempts.Held:
        """Let *worker* do the next unit, with files as (name, content)."""
        held = self.claim(terms, worker)
        upload_ids = [self.upload(terms, held.agent_id, *file) for file in files]
        data = {"rating": "passable"} if data is None else data
        incoming = submissions.Incoming(held.token, "s", data, submissions.digest(data, []), upload_ids)
        self.store.write(
            lambda connection: submissions.accept(
                connection, self.store.ids, terms, incoming, self.store.now()
            )
        )
        return held

    def upload(self, terms, agent_id, name, content) -> int:
        upload_id = self.store.ids.new()
        path = Path("files", str(terms.run_id), str(agent_id), str(upload_id))
        (self.store.directory / path).parent.mkdir(parents=True, exist_ok=True)
        (self.store.directory / path).write_bytes(content)
        row = {
            "id": upload_id,
            "agent_id": agent_id,
            "field": "file1",
            "name": name,
            "content_type": "text/plain",
            "size": len(content),
            "sha256": "",
            "path": path.as_posix(),
            "received_at": self.store.now(),
        }
        self.store.write(lambda connection: connection.execute(insert(uploads).values(row)))
        return upload_id


@pytest.fixture
def db(tmp_path):
    opened = LocalMephistoDB(tmp_path / "data")
    yield opened
    opened.shutdown()


@pytest.fixture
def crowd(db):
    return Crowd(db.store)


@pytest.fixture
def finished(db, crowd):
    """The tutorial's task: two rows, two workers each; x and y did both."""
    terms = crowd.launch()
    for worker in ("x", "x", "y", "y"):
        crowd.answer(terms, worker)
    return db


@pytest.fixture
def examine(db):
    """Run the example's script as a process, with lines piped in; return it finished."""

    def run(*lines, script=EXAMPLE):
        return subprocess.run(
            [sys.executable, str(script)],
            input="".join(f"{line}\n" for line in lines),
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            env=os.environ
            | {
                "MEPHISTO_DATA_DIR": str(db.store.directory),
                "PYTHONIOENCODING": "utf-8",
                "PYTHONWARNINGS": "error",
            },
        )

    return run
