"""A store with runs in it, and what a desk does with them, on a clock that tests move."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import insert, select

from mephisto.instants import SECOND, Time
from mephisto.model import agents, events, granted_qualifications, submissions, task_runs, units
from mephisto.status import RunStatus
from mephisto.store import Lane, Store, attempts, claims, offering, people, processes, qualifications, runs
from mephisto.store import submissions as answers
from mephisto.store.admission import Terms

MINUTE = 60 * SECOND


class MovedTime(Time):
    """The real clocks, ahead by as much as a test wants."""

    ahead = 0

    def now(self):
        return super().now() + self.ahead

    def move(self, microseconds):
        self.ahead += microseconds


@dataclass
class Ground:
    """One store. Whatever is written goes through its real writer."""

    store: Store
    time: MovedTime
    process: int = 0

    def run(
        self, rows=1, per_row=1, *, task="a task", provider="mock", status=RunStatus.LIVE, ended=True, **terms
    ):
        """Make a run with *rows* assignments of *per_row* units, and return its terms."""
        store, now, run_id = self.store, self.store.now(), self.store.ids.new()

        def job(connection):
            self.process = self.process or self.add_process(connection)
            task_id = runs.task_id(connection, store.ids.new(), task, "static_task", now)
            requester = people.requester_id(connection, store.ids.new(), provider, "me", now)
            row = {
                "id": run_id,
                "task_id": task_id,
                "requester_id": requester,
                "process_id": self.process,
                "blueprint": "static_task",
                "architect": "local",
                "provider": provider,
                "config": {},
                "status": status,
                "script": "script.py",
                "script_hash": "",
                "arguments": [],
                "working_directory": "/",
                "launch_number": 1,
                "created_at": now,
                "alive_until": now + MINUTE,
            }
            connection.execute(insert(task_runs).values(row))
            return task_id

        task_id = store.write(job)
        made = Terms(
            **{"run_id": run_id, "task_id": task_id, "provider": provider, "duration": MINUTE} | terms
        )
        if rows or ended:
            self.feed(made, rows, per_row, ended=ended)
        return made

    def add_process(self, connection):
        process_id, now = self.store.ids.new(), self.store.now()
        times = {"started_at": now, "heartbeat_at": now}
        processes.add(connection, {"id": process_id, "host": "here", "number": 1, **times})
        return process_id

    def another_process(self):
        """Register one more process, and return its id."""
        return self.store.write(self.add_process)

    def feed(self, terms, rows, per_row=1, *, ended=False):
        def job(connection):
            position = runs.progress(connection, terms.run_id).source_position
            chunk = [offering.NewAssignment({"row": position + index}, per_row) for index in range(rows)]
            offering.add(connection, self.store.ids, terms.run_id, position, chunk, 10, ended=ended)
            offering.open_window(connection, terms.run_id, terms.window)

        self.store.write(job)

    def claim(self, terms, worker, registration=None, **request):
        """Ask for a unit as *worker*, from a new place unless *registration* names one."""
        place = registration or f"{worker} {self.store.ids.new()}"
        asked = attempts.Request(worker, place, **{"trusted": True} | request)
        return self.store.write(
            lambda connection: claims.claim(connection, self.store.ids, terms, asked, self.store.now()),
            Lane.CLAIM,
        )

    def answer(self, terms, token, data=None, submission_id=""):
        data = {"x": 1} if data is None else data
        incoming = answers.Incoming(token, submission_id, data, answers.digest(data, []))
        return self.store.write(
            lambda connection: answers.accept(connection, self.store.ids, terms, incoming, self.store.now()),
            Lane.SUBMIT,
        )

    def time_out(self, terms):
        """End the attempts whose time is over; return their agents' ids."""
        now = self.store.now()
        return self.store.write(
            lambda connection: offering.time_out(
                connection, self.store.ids, terms.run_id, now, heard=terms.heard
            )
        )

    def close(self, terms):
        """Close a run as its end does."""
        now = self.store.now()

        def job(connection):
            runs.move(connection, terms.run_id, RunStatus.CLOSING)
            offering.withdraw(connection, terms.run_id)
            offering.expire(connection, self.store.ids, terms.run_id, now, heard=terms.heard)

        self.store.write(job)

    def grant(self, worker, name, value=1, provider="mock"):
        store, now = self.store, self.store.now()

        def job(connection):
            worker_id = people.worker_id(connection, store.ids.new(), provider, worker, now)
            qualification = qualifications.qualification_id(connection, store.ids.new(), name, "", now)
            qualifications.grant(connection, store.ids.new(), worker_id, qualification, value, now)

        store.write(job)

    def rows(self, table, *conditions):
        with self.store.read() as connection:
            return connection.execute(select(table).where(*conditions).order_by(table.c.id)).all()

    def agent(self, agent_id):
        return self.rows(agents, agents.c.id == agent_id)[0]

    def unit_of(self, agent_id):
        return self.rows(units, units.c.id == self.agent(agent_id).unit_id)[0]

    def sent_by(self, agent_id):
        return self.rows(submissions, submissions.c.agent_id == agent_id)

    def events_of(self, terms):
        return self.rows(events, events.c.task_run_id == terms.run_id)

    def granted(self):
        return self.rows(granted_qualifications)


@contextmanager
def _ground_on(folder):
    time = MovedTime()
    store = Store(folder, time)
    try:
        yield Ground(store, time)
    finally:
        store.close()


@pytest.fixture(scope="session")
def ground_on():
    """Opens a store in a folder, for fixtures that live longer than one test."""
    return _ground_on


@pytest.fixture
def ground(tmp_path):
    with _ground_on(tmp_path / "data") as ground:
        yield ground


@pytest.fixture(scope="session")
def one_batch():
    """Whatever is queued in a store in here is taken at once."""

    @contextmanager
    def one_batch_of(store):
        begun, go_on = threading.Event(), threading.Event()

        def hold(_):
            begun.set()
            assert go_on.wait(10)

        store.submit(hold)
        assert begun.wait(10)
        yield
        go_on.set()

    return one_batch_of


@pytest.fixture(params=["sqlite"])
def store(request, tmp_path):
    """An empty store, on each kind of database that there is."""
    assert request.param == "sqlite"
    store = Store(tmp_path / "data")
    yield store
    store.close()
