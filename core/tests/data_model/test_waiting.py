"""Waiting for a worker's answer: it looks at the database, and ends when it is asked to."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from mephisto.data_model.agent import Agent
from mephisto.data_model.exceptions import (
    AgentDisconnectedError,
    AgentReturnedError,
    AgentShutdownError,
    AgentTimeoutError,
)
from mephisto.errors import MephistoError


def test_an_answer_can_be_waited_for(run, who, agent):
    assert not agent.await_submit(timeout=0.2)
    waiting = threading.Timer(0.3, run.submit, (who,), {"json": {"final_data": {"x": 7}, **who}})
    waiting.start()
    assert agent.await_submit(timeout=20)
    assert agent.state.get_data()["outputs"]["x"] == 7
    waiting.join()


def test_whether_there_is_an_answer_is_asked_as_of_an_event(run, who, agent):
    assert not agent.did_submit.is_set()
    assert not agent.did_submit.wait(0)
    assert not agent.did_submit.wait(timeout=0.1)
    run.submit(who, json={"final_data": {"x": 7}, **who})
    assert agent.did_submit.is_set()
    assert agent.did_submit.wait()


def test_an_attempt_that_ends_without_an_answer_is_waited_for_no_longer(db, launch):
    run = launch(task_name="short", assignment_duration_in_seconds=1)
    run.ask("x", "1")
    agent = db.find_agents(task_run_id=run.id)[0]
    assert not agent.await_submit()
    assert agent.get_status() == "timeout"
    assert not agent.did_submit.is_set()
    assert not agent.did_submit.wait()


def test_waiting_ends_in_all_threads_at_once_when_it_is_asked_to(db, run, who, agent):
    """Nothing else ends: the worker goes on, and another object waits on."""
    another = Agent.get(db, agent.db_id)
    started = threading.Barrier(5)

    def wait(waiting):
        started.wait(10)
        return waiting()

    with ThreadPoolExecutor(4) as pool:
        threads = [
            pool.submit(wait, each)
            for each in (agent.await_submit, lambda: agent.did_submit.wait(20), agent.await_submit)
        ]
        other = pool.submit(wait, another.await_submit)
        started.wait(10)
        time.sleep(0.1)
        began = time.monotonic()
        agent.shutdown()
        assert all(isinstance(thread.exception(5), AgentShutdownError) for thread in threads)
        assert time.monotonic() - began < 1
        with pytest.raises(AgentShutdownError, match="the attempt itself goes on"):
            agent.await_submit(timeout=0)
        assert not other.done()
        assert agent.get_status() == "in task"
        run.submit(who, json={"final_data": {"x": 7}, **who})
        assert other.result(20)
    assert agent.await_submit()
    assert agent.did_submit.is_set()


def test_errors_that_scripts_catch_around_waiting_can_be_imported():
    for error in (AgentDisconnectedError, AgentReturnedError, AgentShutdownError, AgentTimeoutError):
        assert issubclass(error, MephistoError)
