"""Leaving a review in the terminal: what is open is sent and told, also if nothing is left or nobody waits."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import update

from mephisto.model import actions
from mephisto.review import outbox
from mephisto.tools.examine_utils import run_examine_by_worker

REVIEWS = """
import signal, sys
from pathlib import Path
from crowd_provider import CrowdProvider
from mephisto import plugins
from mephisto.data_model.database import LocalMephistoDB
from mephisto.tools.examine_utils import run_examine_by_worker

signal.signal(signal.SIGINT, signal.default_int_handler)
plugins.register("provider", "crowd", CrowdProvider)
db = LocalMephistoDB(Path(sys.argv[1]))
run_examine_by_worker(db, lambda _: "an answer", "crowded", "", "")
print("the script goes on")
"""


def test_with_nothing_to_review_what_is_open_is_sent_and_told(db, agents, emulator, monkeypatch, capsys):
    emulator.trouble, emulator.busy_seconds = ["refuse", "busy"], 60
    for agent in agents:
        agent.approve_work()
    assert emulator.effects == [("approve", "y")]
    db.store.write(lambda connection: connection.execute(update(actions).values(not_before=0)))
    monkeypatch.setattr("builtins.input", lambda _="": "")
    run_examine_by_worker(db, lambda _: "an answer", "crowded", "", "")
    assert emulator.effects == [("approve", "y"), ("approve", "x")]
    said = capsys.readouterr().out
    assert "There is nothing to review" in said
    assert (
        "The provider has not done this: Approve, worker x, row 1 of crowded: failed. No such work." in said
    )
    assert "'mephisto outbox retry --all'" in said
    assert "row 2" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="sends no Ctrl-C to one process")
def test_ctrl_c_while_the_provider_is_slow_says_what_is_open_and_how_it_goes_on(db, agents, emulator):
    emulator.trouble = ["hang"]
    process = subprocess.Popen(
        [sys.executable, "-c", REVIEWS, str(db.store.directory)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        process.stdin.write("\na\nq\n")
        process.stdin.flush()
        emulator.wait_for(1)
        process.send_signal(signal.SIGINT)
        said, failed = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait(20)
    assert process.returncode == 0, failed
    assert "You did not wait for the provider." in said
    assert "goes on with the next review or run" in said
    assert "The provider has not done this: Approve, worker x, row 1 of crowded: begun." in said
    assert "'mephisto outbox'" in said
    assert "the script goes on" in said
    outbox.send_now(db)
    assert [kind for kind, _ in emulator.asked] == ["approve"] * 2
    assert emulator.effects == [("approve", "x")]


def test_tries_are_counted_as_people_say_it(db, agents, emulator):
    emulator.trouble, emulator.busy_seconds = ["busy"], 60
    agents[0].approve_work()
    with outbox.reviewing(db) as review:
        pass
    (sentence,) = outbox.sentences(review.open())
    assert "tried 1 time, to be tried again" in sentence
