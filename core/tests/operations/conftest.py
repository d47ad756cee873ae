"""Real runs: a real operator on a real database, a server on a free port, and a clock that the tests move."""

import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest
import requests
from sqlalchemy import func, select

from mephisto import (
    AssignmentData,
    BlueprintArgs,
    GoldArgs,
    GoldSharedState,
    Identity,
    OnboardingArgs,
    OnboardingSharedState,
    Refuse,
    ScreeningArgs,
    ScreeningSharedState,
    SharedTaskState,
    arg,
    hookimpl,
    model,
)
from mephisto.data_model import database as database_module
from mephisto.data_model.database import LocalMephistoDB
from mephisto.instants import SECOND, Time
from mephisto.operations import launch
from mephisto.operations.operator import Operator
from mephisto.plugins import register, unregister
from mephisto.store import Store
from mephisto.testing.stand_ins import LoopbackArchitect, OpenProvider, PlainBlueprint

PATIENCE = 10


class MovableTime(Time):
    """The two clocks of a process, with time added by hand."""

    def __init__(self):
        self._added = (0, 0)  # replaced as a whole: whoever reads both clocks must not see a jump

    def now(self):
        return super().now() + self._added[0]

    def steady(self):
        return super().steady() + self._added[1]

    def advance(self, seconds):
        """Let time pass."""
        people, steady = self._added
        self._added = (people + int(seconds * SECOND), steady + int(seconds * SECOND))

    def jump(self, seconds):
        """Set people's clock, or let the machine sleep."""
        people, steady = self._added
        self._added = (people + int(seconds * SECOND), steady)


@dataclass
class RowsArgs(ScreeningArgs, OnboardingArgs, GoldArgs, BlueprintArgs):
    _blueprint_type: str = "rows"
    units_per_assignment: int = arg("How many workers do each row.", 1)


@dataclass
class RowsState(ScreeningSharedState, OnboardingSharedState, GoldSharedState, SharedTaskState):
    rows: Any = field(default_factory=list)


class RowsBlueprint(PlainBlueprint):
    """Shows rows that a test makes."""

    Config = RowsArgs
    SharedState = RowsState

    @hookimpl
    def blueprint_tasks(self, config, shared_state):
        for row in shared_state.rows:
            is_row = isinstance(row, Mapping)
            yield AssignmentData(row, config.units_per_assignment) if is_row else row

    @hookimpl
    def blueprint_build(self, config, public):
        (public / "onboarding.html").write_text("<p>${lesson}</p>")
        pages = super().blueprint_build(public)
        return replace(pages, onboarding="onboarding.html" if config.onboarding_qualification else None)


class StrangersProvider(OpenProvider):
    """Believes what a page says about its worker, but trusts nobody."""

    @hookimpl
    def provider_identify(self, data):
        if not data.get("worker_name"):
            return Refuse("Who are you?")
        return Identity(data["worker_name"], data["agent_registration_id"])


class HereArchitect(LoopbackArchitect):
    """Serves on any free port, and lets tests talk to the desk."""

    desks = {}  # noqa: RUF012 - by address, cleared by the fixture

    @hookimpl
    def architect_deploy(self, site, desk):
        deployed = super().architect_deploy(site, desk)
        self.desks[deployed.url] = desk
        return deployed


class Browser:
    """One worker in one browser. `details` is the last reply to a request for work."""

    def __init__(self, url, worker, assignment="1", key="a key"):
        self.url = url
        self.key = key
        self.provider_data = {
            "worker_name": worker,
            "agent_registration_id": f"{assignment}-{worker}",
            "assignment_id": assignment,
            "provider_type": "mock",
        }
        self.session = requests.Session()
        self.session.trust_env = False
        self.details = {}

    @property
    def token(self):
        return self.details["agent_id"]

    @property
    def desk(self):
        return HereArchitect.desks[self.url]

    def post(self, path, **request):
        return self.session.post(self.url + path, timeout=30, **request)

    def ask(self):
        """Ask for work, and return the details."""
        body = {"provider_data": self.provider_data, "browser_key": self.key}
        self.details = self.post("/request_agent", json=body).json()["data"]
        return self.details

    def begin(self):
        """Ask for work and get some."""
        assert self.ask()["agent_id"], self.details
        return self

    def start_again(self):
        """Ask for another attempt, after one that ended without an answer."""
        data = {"provider_data": self.provider_data, "browser_key": self.key, "again": True}
        packet = {"packet_type": "register_agent", "subject_id": "a request", "data": data}
        self.details = self.desk.handle(packet).body
        return self.details

    def submit(self, answer, submission_id=None, files=None, token=None, **headers):
        """Hand in *answer*: as a form if there are *files*, even none of them, else as JSON."""
        token = token or self.token
        if files is None:
            body = {"USED_AGENT_ID": token, "final_data": answer, "submission_id": submission_id}
            return self.post("/submit_task", json=body, headers=headers)
        fields = {"USED_AGENT_ID": token, "final_string_data": json.dumps(answer)}
        if submission_id is not None:
            fields["submission_id"] = submission_id
        parts = [(name, (None, text)) for name, text in fields.items()]
        # Our page names the agent first, the npm client after the files.
        both = [*parts, *files] if headers else [*files, *parts]
        return self.post("/submit_task", files=both, headers=headers)

    def submit_as_page(self, answer, submission_id="s1", files=()):
        """Hand in *answer* as our page does: a form, with the agent named in a header."""
        return self.submit(answer, submission_id, files, **{"Mephisto-Agent": self.token})

    def confirm(self, receipt):
        body = {"USED_AGENT_ID": self.token, "receipt": receipt}
        return self.post("/confirm_receipt", json=body)

    def work(self, answer=None):
        """Do one unit from its beginning to its end."""
        reply = self.begin().submit(answer or {"answer": 1}, "s1")
        assert reply.status_code == 200, reply.text
        assert self.confirm(reply.json()["receipt"]).status_code == 200
        return reply.json()["receipt"]


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
    monkeypatch.setattr(launch, "FIRST_ROWS_SECONDS", 0.5)
    plugins = {
        ("blueprint", "rows"): RowsBlueprint,
        ("provider", "strangers"): StrangersProvider,
        ("architect", "here"): HereArchitect,
    }
    with contextlib.ExitStack() as undo:
        for (kind, name), plugin in plugins.items():
            register(kind, name, plugin)
            undo.callback(unregister, kind, name)
        undo.callback(HereArchitect.desks.clear)
        opened = House(tmp_path / "data", clock)
        undo.callback(opened.close)
        yield opened
