"""What several tests of the core need: distributions that are really installed, and a crowd that works without a server."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from mephisto.data_model.database import LocalMephistoDB
from mephisto.instants import SECOND
from mephisto.model import agents, drafts, uploads
from mephisto.status import AgentStatus, RunStatus, UnitKind
from mephisto.store import attempts, claims, live_updates, offering, people, processes, runs, submissions
from mephisto.store.admission import ExtraTerms, Terms
from mephisto.store.extras import NewExtra


class SitePackages:
    """A folder of distributions, and Python processes that see them beside the installed ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, distribution, entry_points, modules, version="1.0"):
        """Install *modules*, source by name, and *entry_points*, module:class by kind and name."""
        information = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        information.mkdir(parents=True)
        (information / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        lines = [f"[mephisto.{kind}]\n{name} = {value}\n" for (kind, name), value in entry_points.items()]
        (information / "entry_points.txt").write_text("\n".join(lines))
        for name, source in modules.items():
            (self.folder / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")

    def python(self, code, *arguments, **environment):
        """Run *code* and return the finished process, whose output is text."""
        return subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), *arguments],
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            env=os.environ
            | {"PYTHONPATH": str(self.folder), "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error"}
            | environment,
        )

    def mephisto(self, *arguments, **environment):
        """Run the command line."""
        return self.python("from mephisto.cli import main; main()", *arguments, **environment)


@pytest.fixture
def site_packages(tmp_path):
    return SitePackages(tmp_path / "site-packages")


@dataclass
class Crowd:
    """Launches runs and answers their units, as rows that the store's own functions write.

    `row` makes the data of row 1, 2, ... of each run; `reply` makes what a worker answers, unless a test says it.
    """

    db: LocalMephistoDB
    task: str
    row: Callable[[int], dict[str, Any]]
    reply: Callable[[str], dict[str, Any]]

    def __post_init__(self):
        self.store = self.db.store

    def launch(self, rows=2, per_row=2, task=None, provider="mock"):
        store, now, run_id, name = self.store, self.store.now(), self.store.ids.new(), task or self.task

        def job(connection: Connection) -> int:
            process = store.ids.new()
            started = {"host": "here", "number": process % 2**31, "started_at": now, "heartbeat_at": now}
            processes.add(connection, {"id": process, **started})
            task_id = runs.task_id(connection, store.ids.new(), name, "static_task", now)
            row = {
                "id": run_id,
                "task_id": task_id,
                "requester_id": people.requester_id(connection, store.ids.new(), provider, "me", now),
                "process_id": process,
                "blueprint": "static_task",
                "architect": "local",
                "provider": provider,
                "config": {
                    "task": {"task_name": name, "task_title": name},
                    "provider": {"_provider_type": provider},
                },
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
            chunk = [offering.NewAssignment(self.row(number), per_row) for number in range(1, rows + 1)]
            offering.add(connection, store.ids, run_id, 0, chunk, 30, ended=True)
            offering.open_window(connection, run_id, 0)
            return task_id

        return Terms(run_id, store.write(job), provider, 600 * SECOND)

    def claim(self, terms, worker):
        request = attempts.Request(worker, f"{worker} {self.store.ids.new()}", trusted=True)
        return self.store.write(
            lambda connection: claims.claim(connection, self.store.ids, terms, request, self.store.now())
        )

    def screen(self, terms, worker, data):
        """Let *worker* have a screening unit that shows *data*."""
        request = attempts.Request(worker, f"{worker} {self.store.ids.new()}", trusted=True)
        screened = replace(terms, extra=ExtraTerms(UnitKind.SCREENING, 100))
        new = NewExtra(data, 30)
        return self.store.write(
            lambda connection: claims.claim_extra(
                connection, self.store.ids, screened, request, new, self.store.now()
            )
        )

    def send(self, terms, held, data, submission_id="s", files=()):
        upload_ids = [self.upload(terms, held.agent_id, *file) for file in files]
        incoming = submissions.Incoming(
            held.token, submission_id, data, submissions.digest(data, []), upload_ids
        )
        self.store.write(
            lambda connection: submissions.accept(
                connection, self.store.ids, terms, incoming, self.store.now()
            )
        )
        return held

    def talk(self, held, *said):
        """Let worker and script say something in turns."""

        def job(connection: Connection) -> None:
            for number, text in enumerate(said):
                update_id = f"update {number}"
                new = [live_updates.NewUpdate(update_id, {"text": text, "update_id": update_id})]
                live_updates.add(
                    connection,
                    self.store.ids,
                    held.agent_id,
                    new,
                    self.store.now(),
                    from_worker=number % 2 == 0,
                )

        self.store.write(job)

    def answer(self, terms, worker, data=None, files=()):
        """Let *worker* do the next unit, with files as (name, type, content)."""
        given = self.reply(worker) if data is None else data
        return self.send(terms, self.claim(terms, worker), given, files=files)

    def end(self, held, status=AgentStatus.TIMEOUT, draft=None):
        """End an attempt without an answer, with what it had filled in; its place is gone."""

        def job(connection: Connection) -> None:
            now = self.store.now()
            connection.execute(
                update(agents).where(agents.c.id == held.agent_id).values(status=status, ended_at=now)
            )
            if draft is not None:
                row = {"id": self.store.ids.new(), "agent_id": held.agent_id, "data": draft}
                connection.execute(insert(drafts).values(**row, saved_at=now, partial_at=now))

        self.store.write(job)

    def upload(self, terms, agent_id, name, content_type, content):
        upload_id = self.store.ids.new()
        path = self.store.directory / "files" / str(terms.run_id) / str(agent_id) / str(upload_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        row = {
            "id": upload_id,
            "agent_id": agent_id,
            "field": "sketch",
            "name": name,
            "content_type": content_type,
            "size": len(content),
            "sha256": "",
            "path": path.relative_to(self.store.directory).as_posix(),
            "received_at": self.store.now(),
        }
        self.store.write(lambda connection: connection.execute(insert(uploads).values(row)))
        return upload_id


@pytest.fixture
def new_crowd():
    return Crowd
