"""A script and the page of a worker who is at work talk with each other: in order, once, whatever process the script is."""

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from mephisto.abstractions.blueprints.abstract.static_task.static_blueprint import SharedStaticTaskState
from mephisto.data_model.agent import Agent, OnboardingAgent
from mephisto.data_model.exceptions import (
    AgentDisconnectedError,
    AgentReturnedError,
    AgentShutdownError,
    AgentTimeoutError,
)
from mephisto.errors import MephistoError
from mephisto.model import agents
from mephisto.tools.data_browser import DataBrowser


def say(run, who, *said, after=0):
    """Send what a page says, each under its own name, and return what it hears."""
    updates = [{"text": text, "update_id": f"page {text}"} for text in said]
    return run.post("live_updates", json={**who, "after": after, "updates": updates})["updates"]


def texts(updates):
    return [update["data"]["text"] for update in updates]


def test_a_page_hears_what_a_script_says_in_order_and_each_once(run, who, agent):
    agent.observe({"text": "first"})
    agent.observe({"text": "second", "task_data": {"done": False}})
    first, second = say(run, who)
    assert (first["data"]["text"], second["data"]["task_data"]) == ("first", {"done": False})
    assert first["data"]["update_id"] != second["data"]["update_id"]
    assert say(run, who, after=second["number"]) == []
    agent.observe({"text": "third"})
    assert texts(say(run, who, after=second["number"])) == ["third"]


def test_a_script_takes_what_a_page_says_in_order_and_each_once(run, who, agent):
    assert agent.get_live_update() is None
    say(run, who, "one", "two")
    say(run, who, "two", "three")  # sent again, since its reply was lost
    assert [agent.get_live_update()["text"] for _ in range(2)] == ["one", "two"]
    assert Agent.get(agent.db, agent.db_id).act(timeout=5) == {"text": "three", "update_id": "page three"}
    assert agent.get_live_update() is None
    assert agent.get_status() == "in task"


def test_what_is_sent_under_one_name_is_one_update(run, who, agent):
    for _ in range(2):
        agent.observe({"update_id": "mine", "text": "once"})
    assert texts(say(run, who)) == ["once"]


def test_a_script_waits_for_what_a_page_says(run, who, agent):
    speaking = threading.Timer(0.3, say, (run, who, "now"))
    speaking.start()
    assert agent.get_live_update(timeout=20)["text"] == "now"
    speaking.join()


def test_threads_that_ask_at_once_share_what_there_is(run, who, agent):
    said = [str(number) for number in range(20)]
    say(run, who, *said)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: Agent.get(agent.db, agent.db_id).get_live_update(), range(24)))
    assert sorted(each["text"] for each in taken if each) == sorted(said)


def test_what_is_pending_is_asked_as_of_a_queue_and_an_event(run, who, agent):
    assert agent.pending_actions.empty()
    assert not agent.has_live_update.is_set()
    assert not agent.has_live_update.wait(timeout=0.1)
    with pytest.raises(queue.Empty):
        agent.pending_actions.get_nowait()
    with pytest.raises(queue.Empty):
        agent.pending_actions.get(timeout=0.1)
    speaking = threading.Timer(0.2, say, (run, who, "one", "two"))
    speaking.start()
    assert agent.has_live_update.wait(20)
    assert (agent.pending_actions.qsize(), agent.has_live_update.is_set()) == (2, True)
    assert [agent.pending_actions.get()["text"], agent.pending_actions.get(block=False)["text"]] == [
        "one",
        "two",
    ]
    assert agent.pending_actions.qsize() == 0
    speaking.join()


def test_a_page_that_says_nothing_for_too_long_loses_its_unit(db, run, who, agent):
    with pytest.raises(AgentTimeoutError, match="Its time has run out"):
        agent.get_live_update(timeout=0.2)
    assert agent.get_status() == "timeout"
    assert agent.get_unit().get_status() == "launched"
    assert run.ask("y", "1")
    with pytest.raises(AgentTimeoutError):
        agent.get_live_update()
    # Its answer is kept all the same.
    run.answer(who)
    assert agent.state.get_data()["outputs"]["x"] == 1


def test_the_callback_of_the_run_hears_of_an_attempt_that_was_given_up(db, launch):
    told = queue.SimpleQueue()
    run = launch(shared_state=SharedStaticTaskState(on_unit_submitted=told.put), task_name="told of")
    run.ask("x", "1")
    agent = db.find_agents(task_run_id=run.id)[0]
    with pytest.raises(AgentTimeoutError):
        agent.get_live_update(timeout=0.1)
    assert told.get(timeout=20).db_id == agent.unit_id


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("disconnect", AgentDisconnectedError),
        ("returned", AgentReturnedError),
        ("timeout", AgentTimeoutError),
        ("expired", AgentTimeoutError),
    ],
)
def test_how_an_attempt_ended_is_told_to_who_listens_once_all_was_taken(run, who, agent, status, error):
    def end():
        say(run, who, "last words")
        mine = update(agents).where(agents.c.id == int(agent.db_id))
        agent.db.store.write(lambda connection: connection.execute(mine.values(status=status)))

    ending = threading.Timer(0.3, end)
    ending.start()
    began = time.monotonic()
    assert agent.get_live_update(timeout=20)["text"] == "last words"
    with pytest.raises(error):
        agent.get_live_update(timeout=20)
    assert time.monotonic() - began < 10
    ending.join()


def test_nothing_comes_any_more_when_the_answer_is_in(run, who, agent):
    say(run, who, "before")
    run.answer(who)
    assert agent.get_live_update(timeout=20)["text"] == "before"
    began = time.monotonic()
    assert agent.get_live_update(timeout=20) is None
    assert time.monotonic() - began < 10
    assert agent.get_status() == "completed"


def test_listening_ends_when_it_is_asked_to(run, who, agent):
    with ThreadPoolExecutor(3) as pool:
        waiting = [
            pool.submit(agent.get_live_update, 20),
            pool.submit(agent.pending_actions.get),
            pool.submit(agent.has_live_update.wait, 20),
        ]
        time.sleep(0.2)
        agent.shutdown()
        assert all(isinstance(each.exception(5), AgentShutdownError) for each in waiting)
    assert agent.get_status() == "in task"


@pytest.mark.parametrize(
    "said", [None, "text", ["a"], {"text": "nul \0"}, {"a": object()}, {"update_id": "\ud800"}]
)
def test_what_cannot_be_sent_is_refused(run, who, agent, said):
    with pytest.raises(MephistoError, match="cannot be sent this"):
        agent.observe(said)
    assert say(run, who) == []


def test_an_onboarding_can_be_talked_with(db, launch):
    run = launch(onboarding="can do it", task_name="learned by talking")
    who = run.ask("x", "1")
    agent = OnboardingAgent.find(db, task_run_id=run.id)[0]
    agent.observe({"text": "Welcome."})
    assert texts(say(run, who, "Hello.")) == ["Welcome.", "Hello."]
    assert agent.get_live_update(timeout=5)["text"] == "Hello."
    with pytest.raises(AgentTimeoutError):
        agent.get_live_update(timeout=0.1)
    assert agent.get_status() == "timeout"


def test_what_was_said_is_kept_beside_the_answer(db, run, who, agent):
    assert "live_updates" not in agent.state.get_data()
    agent.observe({"text": "How are you?"})
    say(run, who, "Fine.")
    run.answer(who)
    unit = agent.get_unit()
    said = DataBrowser(db).get_data_from_unit(unit)["data"]["live_updates"]
    assert [(each["from_worker"], each["data"]["text"]) for each in said] == [
        (False, "How are you?"),
        (True, "Fine."),
    ]
    assert agent.creation_date.timestamp() <= said[0]["sent_at"] <= said[1]["sent_at"] <= time.time()
