"""What is decided reaches the provider: each thing once, in order, whatever goes wrong."""

import logging

import pytest
from sqlalchemy import update

from mephisto.data_model.deciding import take_back
from mephisto.data_model.errors import MephistoDBException
from mephisto.model import actions
from mephisto.refusals import Reason
from mephisto.review import outbox
from mephisto.status import AgentStatus
from mephisto.store.attempts import Refused
from mephisto.tools import review_session
from mephisto.tools.examine_utils import run_examine_by_worker


def test_all_that_is_decided_is_done_at_once_by_a_script(db, agents, emulator, states):
    db.make_qualification("good")
    one, two, three = agents
    x = one.get_worker()
    one.approve_work("well done", bonus=1.5)
    two.reject_work("empty")
    three.soft_reject_work("not quite")
    assert x.bonus_worker(0.1, "again", two.get_unit()) == (True, "")
    assert x.block_worker("a bot", two.get_unit()) == (True, "")
    assert x.unblock_worker("no bot")
    assert x.grant_qualification("good", 3)
    assert x.revoke_qualification("good")
    kinds = ["approve", "bonus", "reject", "soft_reject", "bonus", "block", "unblock", "grant", "revoke"]
    assert [kind for kind, _ in emulator.effects] == kinds
    bodies = [body for _, body in emulator.done.values()]
    assert bodies[0]["reason"] == "well done"
    assert bodies[0]["task"] == "crowded"
    assert bodies[0]["place"].startswith("x ")
    assert (bodies[1]["cents"], bodies[4]["cents"]) == (150, 10)
    assert bodies[7]["value"] == 3
    assert {state for _, state in states()} == {"done"}


def test_skip_crowd_tells_nobody(db, agents, emulator):
    db.make_qualification("good")
    x = agents[0].get_worker()
    assert x.grant_qualification("good", skip_crowd=True)
    assert x.revoke_qualification("good", skip_crowd=True)
    assert emulator.asked == []


def test_in_a_review_the_last_step_is_held_and_leaving_releases_it(db, agents, emulator, states):
    with outbox.reviewing(db):
        agents[0].decide(AgentStatus.APPROVED)
        assert states() == [("approve", "held")]
        agents[1].decide(AgentStatus.APPROVED)
        emulator.wait_for(1)
        assert states()[1] == ("approve", "held")
    assert states() == [("approve", "done")] * 2
    assert len(emulator.asked) == 2
    assert outbox.open_actions(db) == []


def test_a_step_is_held_as_a_whole_and_taken_back_as_a_whole(db, agents, emulator, states):
    db.make_qualification("good")
    x = agents[0].get_worker()
    with outbox.reviewing(db) as review:
        agents[2].decide(AgentStatus.APPROVED)
        with review.step():
            decided = [agent.decide(AgentStatus.REJECTED, "bad") for agent in agents[:2]]
            decided += [x.grant("good").decision_id, *(told.decision_id for told in x.block("a bot"))]
        assert [state for _, state in states()[1:]] == ["held"] * 4
        assert all(take_back(db, decision_id) for decision_id in reversed(decided))
        assert (x.is_qualified("good"), x.is_blocked()) == (False, False)
        assert [agent.get_status() for agent in agents] == ["completed", "completed", "approved"]
    assert emulator.effects == [("approve", "y")]


def test_what_the_provider_was_told_cannot_be_taken_back(db, agents, emulator):
    first = agents[0].decide(AgentStatus.APPROVED)
    assert not agents[0].take_back(first)
    assert agents[0].get_status() == "approved"
    agents[0].decide(AgentStatus.REJECTED, "after all")
    assert [kind for kind, _ in emulator.effects] == ["approve", "reject"]


def test_a_held_decision_that_is_changed_reaches_the_provider_as_it_is_in_the_end(db, agents, emulator):
    with outbox.reviewing(db):
        agents[0].decide(AgentStatus.APPROVED)
        agents[0].decide(AgentStatus.REJECTED, "no")
    assert emulator.effects[-1] == ("reject", "x")
    db.make_qualification("good")
    asked = len(emulator.asked)
    with outbox.reviewing(db) as review, review.step():
        y = agents[2].get_worker()
        y.grant("good")
        y.revoke("good")
    assert len(emulator.asked) == asked  # what it never heard of need not be taken from it


@pytest.mark.parametrize("trouble", ["fail", "lose"])
def test_what_went_wrong_is_tried_again_with_the_same_token_and_done_once(
    db, agents, emulator, states, trouble
):
    emulator.trouble = [trouble] * 2
    agents[0].approve_work()
    assert states() == [("approve", "ready")]
    (waiting,) = outbox.open_actions(db)
    assert waiting.error
    for _ in range(2):
        make_due(db)
        outbox.send_now(db)
    assert states() == [("approve", "done")]
    assert len(emulator.asked) == 3
    assert emulator.effects == [("approve", "x")]


def test_it_is_not_tried_again_before_its_time_and_later_each_time(db, agents, emulator):
    emulator.trouble = ["fail"] * 3
    agents[0].approve_work()
    pauses = []
    for _ in range(2):
        outbox.send_now(db)
        pauses.append(due(db) - db.store.now())
        make_due(db)
        outbox.send_now(db)
    assert len(emulator.asked) == 3
    assert 0 < pauses[0] < pauses[1]


def test_a_busy_provider_is_asked_again_and_what_follows_about_the_worker_waits(db, agents, emulator, states):
    emulator.trouble = ["fail"]
    agents[0].approve_work()
    agents[1].approve_work()
    agents[2].approve_work()
    assert emulator.effects == [("approve", "y")]
    make_due(db)
    outbox.send_now(db)
    assert emulator.effects == [("approve", "y"), ("approve", "x"), ("approve", "x")]
    assert emulator.done.keys() == dict.fromkeys(body["token"] for _, body in emulator.asked).keys()


def test_a_refusal_is_shown_and_can_be_tried_once_more(db, agents, emulator, states, caplog):
    emulator.trouble = ["refuse"]
    with caplog.at_level(logging.WARNING):
        assert agents[0].get_worker().bonus_worker(1, "good") == (False, "No such work.")
    assert "Bonus of $1.00" in caplog.text
    (failed,) = outbox.open_actions(db)
    assert (failed.state, failed.error) == ("failed", "No such work.")
    assert outbox.retry(db, [failed.id]) == [failed.id]
    outbox.send_now(db)
    assert states() == [("bonus", "done")]


def test_what_must_not_be_repeated_is_left_to_the_researcher(db, emulator, launch, do_work):
    terms = launch({"url": emulator.url, "repeatable": False})
    do_work(terms, "x")
    emulator.trouble = ["lose"]
    db.find_agents()[0].approve_work()
    (failed,) = outbox.open_actions(db)
    assert failed.state == "failed"
    assert "Nobody knows whether this was done" in failed.error
    make_due(db)
    outbox.send_now(db)
    assert len(emulator.asked) == 1


def test_a_worker_who_is_blocked_gets_no_unit_at_this_account(db, agents, emulator, launch, do_work):
    terms = launch({"url": emulator.url})
    agents[0].get_worker().block_worker("a bot", agents[0].get_unit())
    refused = do_work(terms, "x")
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.BLOCKED
    assert not isinstance(do_work(terms, "y"), Refused)


@pytest.mark.parametrize("amount", [0, -1, 0.001, float("nan"), 1e17, float("inf")])
def test_a_bonus_is_a_cent_or_more(db, agents, emulator, amount):
    with pytest.raises(MephistoDBException, match="cannot be paid"):
        agents[0].get_worker().bonus_worker(amount, "good")
    assert emulator.asked == []


def due(db):
    with db.store.read() as connection:
        return connection.execute(actions.select()).one().not_before


def make_due(db):
    db.store.write(lambda connection: connection.execute(update(actions).values(not_before=0)))


def test_a_grant_of_what_was_deleted_since_stays_taken(db, agents):
    db.make_qualification("good")
    granted = agents[0].get_worker().grant("good", skip_crowd=True)
    db.delete_qualification("good")
    assert not take_back(db, granted.decision_id)


def test_the_terminal_tells_the_provider_and_says_what_it_has_not_done(
    db, agents, emulator, monkeypatch, capsys
):
    answers = iter(["", "a", "A", "u", "R", "empty", "n", "q"])
    monkeypatch.setattr("builtins.input", lambda _="": next(answers))
    emulator.trouble = ["", "refuse"]
    run_examine_by_worker(db, lambda _: "an answer", "crowded", "", "")
    told = [(kind, body["worker"], body["reason"]) for kind, body in emulator.asked]
    assert told == [("approve", "x", ""), ("reject", "x", "empty")]
    assert "The provider has not done this: Reject, worker" in capsys.readouterr().out


def test_the_very_last_decision_that_is_taken_back_never_reaches_the_provider(
    db, agents, emulator, monkeypatch
):
    answers, last = iter(["", "A", "A", "R", "empty", "n"]), iter(["a", "u", ""])
    monkeypatch.setattr("builtins.input", lambda _="": next(answers))
    monkeypatch.setattr(review_session, "is_terminal", lambda: True)
    monkeypatch.setattr(review_session, "ask_within", lambda _: next(last))
    workers = [agent.get_worker().worker_name for agent in agents]
    run_examine_by_worker(db, lambda _: "an answer", "crowded", "", "")
    told = [(kind, body["worker"]) for kind, body in emulator.asked]
    first = workers[0]
    assert {worker for kind, worker in told if kind == "approve"} == {first}
    assert {worker for kind, worker in told if kind == "reject"} == {*workers} - {first}
    assert len(told) == len(agents)
    assert list(last) == []
