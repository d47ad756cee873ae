"""What a provider refused is asked for once more, with the same token, and is not told for ever once it is settled."""

import logging

import pytest
from sqlalchemy import select

from mephisto.model import decisions
from mephisto.review import outbox
from mephisto.status import AgentStatus


@pytest.mark.parametrize("way", ["approve_work", "reject_work", "soft_reject_work"])
def test_the_same_decision_once_more_asks_once_more_with_the_same_token(
    db, agents, emulator, states, caplog, way
):
    emulator.trouble = ["refuse", "refuse"]
    with caplog.at_level(logging.WARNING):
        getattr(agents[0], way)("a note")
    (failed,) = outbox.open_actions(db)
    assert f"'mephisto outbox retry {failed.id}'" in caplog.text
    assert "worker x, row 1 of crowded" in caplog.text
    getattr(agents[0], way)()
    assert outbox.open_actions(db)[0].error == "No such work."
    getattr(agents[0], way)()
    getattr(agents[0], way)()
    kind = way.removesuffix("_work")
    assert states() == [(kind, "done")]
    assert [(each, body["reason"]) for each, body in emulator.asked] == [(kind, "a note")] * 3
    assert len({body["token"] for _, body in emulator.asked}) == 1
    with db.store.read() as connection:
        assert len(connection.execute(select(decisions.c.id)).all()) == 1


def test_a_block_once_more_asks_once_more(db, agents, emulator, states):
    emulator.trouble = ["refuse"]
    x = agents[0].get_worker()
    assert x.block_worker("a bot") == (False, "No such work.")
    assert x.block_worker("a bot") == (True, "")
    assert states() == [("block", "done")]


def test_what_is_done_settles_what_failed_about_the_same_before(db, agents, emulator, states):
    x = agents[0].get_worker()
    emulator.trouble = ["refuse", "refuse", "refuse"]
    agents[0].approve_work()
    agents[2].approve_work()
    x.bonus_worker(1, "good")
    agents[0].reject_work("after all")
    kinds = [("approve", "dropped"), ("approve", "failed"), ("bonus", "failed"), ("reject", "done")]
    assert states() == kinds
    assert x.bonus_worker(1, "good") == (True, "")
    assert [(each.what, each.worker) for each in outbox.open_actions(db)] == [
        ("Approve, worker y, row 3 of crowded", "y"),
        ("Bonus of $1.00 to worker x", "x"),
    ]


def test_a_grant_settles_a_revocation_that_failed_and_no_other(db, agents, emulator, states):
    x = agents[0].get_worker()
    for name in ("good", "quick"):
        db.make_qualification(name)
        x.grant_qualification(name)
        emulator.trouble = ["refuse"]
        x.revoke_qualification(name)
    x.grant_qualification("good")
    (left,) = outbox.open_actions(db)
    assert left.what == "Revoke 'quick', worker x"


def test_what_was_decided_otherwise_since_is_not_tried_again(db, agents, emulator):
    emulator.trouble = ["refuse", "refuse"]
    agents[0].approve_work()
    agents[0].reject_work("after all")
    approved, rejected = (each.id for each in outbox.open_actions(db))
    assert outbox.retry(db, [approved, rejected]) == [rejected]
    outbox.send_now(db)
    assert emulator.effects == [("reject", "x")]
    assert outbox.open_actions(db) == []


def test_what_was_done_by_other_means_is_dismissed_and_cannot_be_taken_back(db, agents, emulator, states):
    emulator.trouble = ["refuse"]
    decision = agents[0].decide(AgentStatus.APPROVED)
    agents[1].approve_work()
    (failed,) = outbox.open_actions(db)
    assert outbox.dismiss(db, [failed.id, "0", "x"]) == [failed.id]
    assert outbox.dismiss(db, [failed.id]) == []
    assert states() == [("approve", "dropped"), ("approve", "done")]
    assert not agents[0].take_back(decision)
    assert agents[0].get_status() == "approved"
