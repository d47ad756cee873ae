"""A message to a worker about a unit of theirs: a row at once, and brought by the provider once."""

import json
import logging

import pytest
from click.testing import CliRunner

from mephisto.cli import cli
from mephisto.data_model.deciding import take_back
from mephisto.data_model.errors import MephistoDBException
from mephisto.review import outbox
from mephisto.status import AgentStatus
from mephisto.store.crowd import decisions_of


def history(db, worker):
    with db.store.read() as connection:
        return decisions_of(connection, worker_id=int(worker.db_id))


def test_a_message_is_brought_to_the_worker_with_their_own_attempt(db, agents, emulator, states):
    x = agents[1].get_worker()
    assert x.send_feedback_message("Look at the second row again.", agents[1].get_unit()) is True
    ((kind, body),) = emulator.asked
    assert (kind, body["worker"], body["task"]) == ("message", "x", "crowded")
    assert body["text"] == "Look at the second row again."
    assert body["place"].startswith("x ")
    assert states() == [("message", "done")]
    (row,) = history(db, x)
    assert (row.kind, row.agent_id, row.reason) == (
        "message",
        int(agents[1].db_id),
        "Look at the second row again.",
    )
    assert (row.status, row.before, bool(row.reviewer)) == ("", "", True)
    assert agents[1].get_status() == "completed"


def test_the_history_of_a_worker_shows_it(db, agents, monkeypatch):
    x = agents[0].get_worker()
    x.send_feedback_message("Well done.", agents[0].get_unit())
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(db.store.directory))
    shown = CliRunner().invoke(cli, ["workers", "show", "x"]).output
    assert "Decided    message, " in shown
    assert ": Well done.\n" in shown
    told = json.loads(CliRunner().invoke(cli, ["workers", "show", "x", "--json"]).output)
    (decided,) = told["decisions"]
    assert (decided["kind"], decided["reason"]) == ("message", "Well done.")
    assert decided["agent_id"] == agents[0].db_id


def test_what_the_provider_did_not_bring_is_false_and_said_and_can_be_tried_again(
    db, agents, emulator, states, caplog
):
    emulator.trouble = ["refuse"]
    with caplog.at_level(logging.WARNING):
        assert agents[2].get_worker().send_feedback_message("Thanks.", agents[2].get_unit()) is False
    assert "Worker y has not got the message. No such work." in caplog.text
    (failed,) = outbox.open_actions(db)
    assert failed.what == "Message to worker y, row 3 of crowded"
    outbox.retry(db, [failed.id])
    outbox.send_now(db)
    assert states() == [("message", "done")]


def test_each_message_is_one_by_itself(db, agents, emulator):
    x, unit = agents[0].get_worker(), agents[0].get_unit()
    assert all(x.send_feedback_message("Thanks.", unit) for _ in range(2))
    agents[0].approve_work()
    assert [kind for kind, _ in emulator.effects] == ["message", "message", "approve"]


def test_in_a_review_it_is_held_and_can_be_taken_back_until_it_is_brought(db, agents, emulator, states):
    x = agents[0].get_worker()
    with outbox.reviewing(db):
        assert x.send_feedback_message("Hasty.", agents[0].get_unit()) is True
        assert states() == [("message", "held")]
        (hasty,) = history(db, x)
        assert take_back(db, str(hasty.id))
        assert not take_back(db, str(hasty.id))
        x.send_feedback_message("Calm.", agents[0].get_unit())
        agents[1].decide(AgentStatus.APPROVED)
        emulator.wait_for(1)
    assert [body.get("text") for _, body in emulator.asked] == ["Calm.", None]
    _, undone, calm, _ = history(db, x)
    assert (undone.kind, undone.undoes) == ("message", hasty.id)
    assert not take_back(db, str(calm.id))


@pytest.mark.parametrize("text", ["", " \n", "\0", "caf\udce9", None])
def test_a_message_says_something(db, agents, emulator, text):
    with pytest.raises(MephistoDBException, match="was not sent a message"):
        agents[0].get_worker().send_feedback_message(text, agents[0].get_unit())
    assert emulator.asked == []


def test_a_message_about_a_unit_of_others_is_refused(db, agents, emulator):
    y, unit = agents[2].get_worker(), agents[0].get_unit()
    with pytest.raises(MephistoDBException, match=r"not sent a message about unit \d+\.\nThey never worked"):
        y.send_feedback_message("Hello?", unit)
    assert (emulator.asked, history(db, y)) == ([], [])
