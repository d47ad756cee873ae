"""Real runs: a real operator on a real database, a server on a free port, and a clock that the tests move."""

import contextlib
import time
from functools import partial

import pytest
from sqlalchemy import func, select, update

from mephisto import model
from mephisto.data_model import database as database_module
from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations import opening
from mephisto.operations.operator import Operator
from mephisto.plugins import register, unregister
from mephisto.store import Store
from movable_time import MovableTime
from rows_plugins import PLUGINS, HereArchitect, RowsState
from screened_runs import launch_screened
from worker_browser import Browser

PATIENCE = 10


class House:
    """One data directory, its operator, and what was launched with it."""

    def __init__(self, directory, clock):
        self.directory = directory
        self.clock = clock
        self.db = LocalMephistoDB(directory)
        self.store = self.db.store
        self.operator = Operator(self.db)
        self.browsers = []
        self.run = None

    def launch(self, rows=({"a": 1},), *, state=None, **options):
        """Launch a run of *rows* and return it; `browser` opens it from then on."""
        state = state or RowsState()
        state.rows = rows
        config = self.configuration(**options)
        run_id = self.operator.launch_task_run_or_die(config, state)
        self.run = self.operator._runs[run_id]
        return self.run

    def die(self, silent_for=60):
        """Leave the run as a process of another machine does that is killed, so long ago; a new one stands ready."""
        self.operator._clock.stop()
        self.operator._sending.stop()
        self.run.feeder.stop()
        self.run.undo.run()
        self.run.log.close()
        gone = update(model.processes).values(host="elsewhere")
        self.store.write(lambda connection: connection.execute(gone))
        self.clock.advance(silent_for)
        self.operator = Operator(self.db)

    def die_after_the_last_answer(self):
        """Do the one unit of the run, and leave the run as `die` does before its clock has looked at it."""
        self.run.tick = lambda: None
        self.browser("x").work()
        self.die()

    def go_on(self, rows=({"a": 1},), *, state=None):
        """Go on with the newest run under its own configuration; return it, None if that was refused."""
        state = state or RowsState()
        state.rows = rows
        run_id = self.operator.launch_from_incomplete_run(self.db.find_task_runs()[-1], state)
        self.run = self.operator._runs[run_id] if run_id else self.run
        return self.run if run_id else None

    def configuration(self, *, provider="mock", units=1, onboarding=None, blueprint=None, **task):
        return {
            "blueprint": {
                "_blueprint_type": "rows",
                "units_per_assignment": units,
                "onboarding_qualification": onboarding or "???",
                **(blueprint or {}),
            },
            "architect": {"_architect_type": "here"},
            "provider": {"_provider_type": provider},
            "task": {
                "task_name": "a task",
                "task_title": "A task",
                "task_description": "It proves a promise.",
                "task_reward": 0.1,
                "task_tags": "test",
                **task,
            },
        }

    def browser(self, worker="x", assignment="1", key="a key"):
        browser = Browser(self.run.url, worker, assignment, key)
        self.browsers.append(browser)
        return browser

    def rows(self, table):
        found = model.task_runs if table == "runs" else getattr(model, table)
        with self.store.read() as connection:
            return connection.execute(select(found).order_by(found.c.id)).all()

    def count(self, table):
        with self.store.read() as connection:
            return connection.execute(select(func.count()).select_from(getattr(model, table))).scalar_one()

    def statuses(self, table):
        return [str(row.status) for row in self.rows(table)]

    def until(self, condition, seconds=PATIENCE):
        """Wait until *condition* holds, and return what it answered."""
        deadline = time.monotonic() + seconds
        while not (answer := condition()):
            assert time.monotonic() < deadline, "What was waited for did not come."
            time.sleep(0.01)
        return answer

    def until_any(self, table, status):
        """Wait until a row of *table* has *status*."""
        self.until(lambda: status in self.statuses(table))

    def tick(self):
        """Wait until the clock has looked at the run once more, and done what was due."""
        looked = []
        look, self.run.tick = self.run.tick, lambda: (look(), looked.append(True))
        self.until(lambda: len(looked) > 1)
        del self.run.tick

    def files(self):
        """List the workers' files on disk, whole or not."""
        folders = (self.directory / "incoming", self.directory / "files")
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()]

    def ended(self):
        self.until(self.run.ended.is_set)
        return self.rows("runs")[-1]

    def close(self):
        for browser in self.browsers:
            browser.session.close()
        self.operator.shutdown()
        self.db.shutdown()


@pytest.fixture
def rows_state():
    return RowsState


@pytest.fixture
def clock():
    return MovableTime()


@pytest.fixture
def house(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(database_module, "Store", partial(Store, time=clock))
    monkeypatch.setattr(opening, "FIRST_ROWS_SECONDS", 0.5)
    with contextlib.ExitStack() as undo:
        for (kind, name), plugin in PLUGINS.items():
            register(kind, name, plugin)
            undo.callback(unregister, kind, name)
        undo.callback(HereArchitect.desks.clear)
        opened = House(tmp_path / "data", clock)
        undo.callback(opened.close)
        yield opened


@pytest.fixture
def screened(house):
    """Launch a run that screens its workers, as `launch_screened` does."""
    return partial(launch_screened, house)
