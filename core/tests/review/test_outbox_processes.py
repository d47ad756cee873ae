"""Two processes, one account: one does what is to be done; and what becomes of it when a process is killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mephisto.data_model.deciding import take_back
from mephisto.instants import SECOND
from mephisto.review import outbox
from mephisto.store import outbox as rows
from mephisto.store import processes, roles

OTHER = """
import sys, time
from pathlib import Path
from crowd_provider import CrowdProvider
from mephisto import plugins
from mephisto.data_model.database import LocalMephistoDB
from mephisto.review import outbox

plugins.register("provider", "crowd", CrowdProvider)
db = LocalMephistoDB(Path(sys.argv[1]))
agents = db.find_agents()
"""
DECIDES = """
agents[0].approve_work()
"""
REVIEWS = """
with outbox.reviewing(db):
    agents[0].approve_work()
    print("held", flush=True)
    time.sleep(60)
"""
HOLDS_THE_LANE = """
from mephisto.store import outbox as rows
from mephisto.store import roles
lane = db.find_requesters()[0].db_id
job = lambda connection: roles.take(connection, db.store.ids.new(), rows.lane(int(lane)), None, db.outbox.process_id)
db.outbox.process_id
fence = db.store.write(job)
print("holds", flush=True)
time.sleep(60)
"""


@pytest.fixture
def other(db):
    """Start a process that opens the same database."""
    started = []

    def start(code):
        process = subprocess.Popen(
            [sys.executable, "-c", OTHER + code, str(db.store.directory)],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(20)
        process.stdout.close()


def kill(process):
    process.kill()
    process.wait(20)


@pytest.mark.parametrize("repeatable", [True, False])
def test_killed_in_the_middle_it_is_done_once_or_left_to_the_researcher(
    db, emulator, launch, do_work, other, states, repeatable
):
    terms = launch({"url": emulator.url, "repeatable": repeatable})
    do_work(terms, "x")
    emulator.trouble = ["hang"]
    process = other(DECIDES)
    emulator.wait_for(1)
    outbox.send_now(db)
    assert len(emulator.asked) == 1  # the other one lives, and is at it
    kill(process)
    outbox.send_now(db)
    assert states() == [("approve", "done" if repeatable else "failed")]
    assert len(emulator.asked) == (2 if repeatable else 1)
    assert emulator.effects == [("approve", "x")]


def test_what_a_killed_reviewer_held_is_done_by_the_next_one(db, agents, emulator, other, states):
    process = other(REVIEWS)
    assert process.stdout.readline() == "held\n"
    outbox.send_now(db)
    assert states() == [("approve", "held")]
    kill(process)
    with outbox.reviewing(db):
        pass
    assert emulator.effects == [("approve", "x")]


def test_nothing_is_done_while_another_process_holds_the_lane_and_leaving_says_so(
    db, agents, emulator, other, states
):
    process = other(HOLDS_THE_LANE)
    assert process.stdout.readline() == "holds\n"
    with outbox.reviewing(db, patience=0.2) as review:
        agents[0].approve_work()
    (sentence,) = outbox.sentences(review.open())
    assert "not begun" in sentence
    assert emulator.asked == []
    kill(process)
    outbox.send_now(db)
    assert states() == [("approve", "done")]


def test_two_that_review_at_once_do_each_thing_once(db, emulator, launch, do_work, other):
    terms = launch({"url": emulator.url}, rows=20)
    for number in range(20):
        do_work(terms, f"worker {number}")
    code = "for agent in agents[{}]:\n    agent.approve_work()\ndb.outbox.send(10)\n"
    processes = [other(code.format(half)) for half in ("::2", "1::2")]
    assert [process.wait(60) for process in processes] == [0, 0]
    outbox.send_now(db)
    assert len(emulator.asked) == len(emulator.done) == 20


def test_a_turn_that_is_over_can_write_nothing(db, agents, emulator):
    """A process that stood still long enough to be taken for dead finds its lane taken."""
    with outbox.reviewing(db, patience=0):
        decision = agents[0].decide("approved")
        db.outbox.release()
        account, now = int(db.find_requesters()[0].db_id), db.store.now()
        slow = {"id": db.store.ids.new(), "host": "elsewhere", "number": 1}
        slow |= {"started_at": now - 60 * SECOND, "heartbeat_at": now - 60 * SECOND}
        write = db.store.write
        write(lambda connection: processes.add(connection, slow))
        db.outbox._sending.acquire()  # the sender itself stands still
        try:
            with db.store.read() as connection:
                seen, action = (
                    roles.seen(connection, rows.lane(account)),
                    rows.next_due(connection, account, now * 2),
                )
            turn = write(
                lambda each: roles.take(each, db.store.ids.new(), rows.lane(account), seen, slow["id"])
            )
            assert write(lambda each: rows.begin(each, action.id, account, turn))
        finally:
            db.outbox._sending.release()
        db.outbox.send()
        assert not write(lambda each: rows.settle(each, action, turn, "failed", now))
        assert not take_back(db, decision)
    assert len(emulator.done) == 1
