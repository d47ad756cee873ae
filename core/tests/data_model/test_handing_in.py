"""A script hands in for a worker: the answer is taken in as one that the worker's page sends."""

import threading
import time

import pytest
import requests
from sqlalchemy import func, select

from mephisto.abstractions.blueprints.abstract.static_task.static_blueprint import SharedStaticTaskState
from mephisto.data_model.agent import Agent
from mephisto.data_model.task_run import TaskRun
from mephisto.errors import MephistoError
from mephisto.model import events, submissions
from mephisto.tools.data_browser import DataBrowser

HAND_IN = """
import json
import sys
from mephisto.abstractions.databases.local_database import LocalMephistoDB

db = LocalMephistoDB(sys.argv[1])
for agent in db.find_agents(task_run_id=sys.argv[2], status="in task"):
    agent.handle_submit({"x": 7})
    agent.mark_done()
    assert agent.state.get_data()["outputs"]["x"] == 7
db.shutdown()
"""


class Told(list):
    """The units that a run's callback was told of."""

    def __init__(self):
        super().__init__()
        self.any = threading.Event()

    def __call__(self, unit):
        self.append((unit.db_id, unit.get_assigned_agent().state.get_data()["outputs"]["x"]))
        self.any.set()


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def run(launch, told):
    return launch(task_name="helped", shared_state=SharedStaticTaskState(on_unit_submitted=told))


def agent_of(db, run, place="1"):
    """Let x begin, and return the agent, and who the page is."""
    who = run.ask("x", place)
    return db.find_agents(task_run_id=run.id)[-1], who


def submitted(db, agent):
    query = select(submissions).where(submissions.c.agent_id == int(agent.db_id)).order_by(submissions.c.id)
    with db.store.read() as connection:
        return connection.execute(query).all()


def kinds(db, agent):
    return [row.kind for row in submitted(db, agent)]


def sent(run, who, **body):
    return requests.post(f"{run.url}/submit_task", json={**who, **body}, timeout=20)


def ends(run, seconds=20):
    deadline = time.monotonic() + seconds
    while run.id in run.operator.get_running_task_runs():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return True


def test_what_a_script_hands_in_counts_is_told_and_lets_the_run_end_at_once(db, run, told):
    """No page waits for the receipt, so the run does not linger for one."""
    agents = [agent_of(db, run, place)[0] for place in ("1", "2")]
    for number, agent in enumerate(agents):
        assert agent.handle_submit({"x": number}) is None
        assert (agent.db_status, kinds(db, agent)) == ("completed", ["answer"])
    assert ends(run, 8)
    assert told == [(agent.unit_id, number) for number, agent in enumerate(agents)]
    browser = DataBrowser(db)
    units = browser.get_units_for_run_id(run.id)
    assert [browser.get_data_from_unit(unit)["data"]["outputs"]["x"] for unit in units] == [0, 1]
    assert all(unit.get_status() == "completed" for unit in units)


def test_what_another_process_hands_in_is_told_too(db, run, told, site_packages):
    """The process that writes the answer is not the one that has the callback."""
    agents = [agent_of(db, run, place)[0] for place in ("1", "2")]
    done = site_packages.python(HAND_IN, str(db.store.directory), run.id)
    assert done.returncode == 0, done.stderr
    assert ends(run)
    assert told == [(agent.unit_id, 7) for agent in agents]


def test_where_no_script_listens_nothing_is_written_for_one(db, launch, site_packages):
    run = launch(task_name="alone")
    agent, _ = agent_of(db, run)
    done = site_packages.python(HAND_IN, str(db.store.directory), run.id)
    assert done.returncode == 0, done.stderr
    assert agent.get_status() == "completed"
    with db.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(events)).scalar_one() == 0


def test_the_page_that_submits_afterwards_gets_the_receipt(db, run):
    """Ours names its answer, and is told that another came first; what differs is kept for the researcher."""
    agent, who = agent_of(db, run)
    agent.handle_submit({"x": 1})
    receipt = submitted(db, agent)[0].receipt_code
    same = sent(run, who, final_data={"x": 1})
    assert (same.status_code, same.json()["receipt"], same.json()["duplicate"]) == (200, receipt, True)
    assert kinds(db, agent) == ["answer"]
    other = sent(run, who, final_data={"x": 2}, submission_id="the page's")
    assert (other.status_code, other.json()["receipt"], other.json()["duplicate"]) == (409, receipt, True)
    assert kinds(db, agent) == ["answer", "duplicate"]
    assert agent.state.get_data()["outputs"]["x"] == 1


def test_an_answer_counts_once_and_a_differing_one_is_kept_beside_it(db, run, told):
    agent, _ = agent_of(db, run)
    for x in (1, 1, 2, 2):
        agent.handle_submit({"x": x})
    assert kinds(db, agent) == ["answer", "duplicate"]
    assert agent.state.get_data()["outputs"]["x"] == 1
    assert told.any.wait(20)
    assert told == [(agent.unit_id, 1)]


def test_who_submitted_first_keeps_the_run_until_the_page_has_its_receipt(db, run):
    agent, who = agent_of(db, run)
    sent(run, who, final_data={"x": 1})
    agent.handle_submit({"x": 2})
    assert [row.confirmed_at is None for row in submitted(db, agent)] == [True, True]


@pytest.mark.parametrize("is_taken", [False, True], ids=["free", "taken"])
def test_after_its_time_it_counts_only_if_its_unit_is_free(db, run, is_taken):
    agent, _ = agent_of(db, run)
    unit = agent.get_unit()
    unit.clear_assigned_agent()
    if is_taken:
        run.ask("y", "1")
    agent.handle_submit({"x": 1})
    expected = ("timeout", ["late"], "assigned") if is_taken else ("completed", ["answer"], "completed")
    assert (agent.db_status, kinds(db, agent), unit.get_status()) == expected
    assert agent.state.get_data()["outputs"]["x"] == 1


def test_after_its_run_it_is_kept_as_late(db, launch):
    run = launch(task_name="over")
    agent, _ = agent_of(db, run)
    run.operator.shutdown()
    agent.handle_submit({"x": 1})
    assert (agent.db_status, kinds(db, agent)) == ("expired", ["late"])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"x": "a\0b"}, "NUL"),
        ({"x": {1, 2}}, "set"),
        (["x"], "JSON object"),
        (None, "JSON object"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_nothing_is_written(db, run, data, why):
    agent, _ = agent_of(db, run)
    with pytest.raises(MephistoError, match=why):
        agent.handle_submit(data)
    assert (agent.get_status(), kinds(db, agent)) == ("in task", [])


def test_values_become_what_a_page_would_have_sent(db, run):
    """So that the page's own sending of the same is known as the same."""
    agent, who = agent_of(db, run)
    agent.handle_submit({1: ("a", "b")})
    assert agent.state.get_data()["outputs"]["1"] == ["a", "b"]
    assert sent(run, who, final_data={"1": ["a", "b"]}).json()["duplicate"]
    assert kinds(db, agent) == ["answer"]


@pytest.mark.parametrize("verdict", [True, False])
def test_an_onboarding_that_a_script_hands_in_is_judged_when_its_worker_asks(db, launch, verdict):
    asked = []
    state = SharedStaticTaskState(validate_onboarding=lambda data: (asked.append(data), verdict)[1])
    run = launch(task_name="onboarded", onboarding="can do it", shared_state=state)
    run.ask("x", "1")
    (agent,) = db.find_onboarding_agents(task_run_id=run.id)
    agent.handle_submit({"x": 1})
    assert (agent.db_status, agent.did_submit.is_set(), asked) == ("waiting", True, [])
    assert (run.ask("x", "1") is not None) == verdict
    assert agent.get_status() == ("approved" if verdict else "rejected")
    assert [data["outputs"] for data in asked] == [{"x": 1}]


def test_what_is_known_of_an_answer_is_written_together_or_not_at_all(db, run):
    agent, _ = agent_of(db, run)
    agent.handle_metadata_submit({"tips": ["read on"], "feedback": "fine"})
    agent.handle_metadata_submit({"feedback": "good"})
    known = agent.state.get_metadata()
    assert (known["tips"], known["feedback"]) == (["read on"], "good")
    for data in ({"tips": [], "feedback": object()}, {"tips": "\0"}, {"tips": [], "other": {1}}):
        with pytest.raises(MephistoError, match="cannot be written about an answer"):
            agent.handle_metadata_submit(data)
    assert agent.state.get_metadata() == known
    with pytest.raises(MephistoError, match="'browser' and 'default' cannot both be written"):
        agent.handle_metadata_submit({"tips": [], "default": {"a": 1}, "browser": "old"})
    assert agent.state.get_metadata() == known
    agent.handle_metadata_submit({"tips": [], "browser": "old", "screen": 2})
    assert agent.state.get_metadata() == known | {"tips": [], "default": {"browser": "old", "screen": 2}}


def test_work_is_done_once_there_is_an_answer_that_counts(db, run):
    agent, _ = agent_of(db, run)
    with pytest.raises(MephistoError, match="It is in task: there is no answer"):
        agent.mark_done()
    agent.handle_submit({"x": 1})
    assert agent.mark_done() is None
    agent.approve_work()
    assert agent.mark_done() is None


def test_one_more_unit_is_offered_in_place_of_one_that_is_handed_in(db, launch):
    run = launch(task_name="one by one", max_num_concurrent_units=1)
    first, second = TaskRun.get(db, run.id).get_units()
    agent, _ = agent_of(db, run)
    assert (agent.get_unit(), second.get_status()) == (first, "created")
    Agent.get(db, agent.db_id).handle_submit({"x": 1})
    assert second.get_status() == "launched"
