"""Decisions: agent, unit and the row that tells of it change together, by legal transitions only."""

import pytest
from sqlalchemy import select, update

from mephisto.errors import MephistoError
from mephisto.model import agents, decisions
from mephisto.status import AgentStatus


@pytest.fixture
def agent(db):
    return db.find_agents()[0]


def rows(db):
    query = select(decisions).order_by(decisions.c.id)
    with db.store.read() as connection:
        return [(row.before, row.status, row.reason) for row in connection.execute(query)]


@pytest.mark.parametrize(
    ("decide", "status", "unit_status"),
    [
        ("approve_work", "approved", "accepted"),
        ("reject_work", "rejected", "rejected"),
        ("soft_reject_work", "soft_rejected", "soft_rejected"),
    ],
)
def test_a_decision_moves_agent_and_unit_and_is_a_row(db, agent, decide, status, unit_status):
    getattr(agent, decide)(review_note="because")
    assert agent.db_status == agent.get_status() == status
    assert agent.get_unit().db_status == unit_status
    assert rows(db) == [("completed", status, "because")]


@pytest.mark.parametrize(
    ("status", "unit_status"),
    [("approved", "accepted"), ("rejected", "rejected"), ("soft_rejected", "soft_rejected")],
)
def test_to_set_a_status_is_to_decide(db, agent, status, unit_status):
    unit, other = agent.get_unit(), db.find_agents()[1]
    unit.set_db_status(unit_status)
    unit.set_db_status(unit_status)
    assert (agent.get_status(), unit.db_status) == (status, unit_status)
    other.update_status(status)
    other.update_status(status)
    assert (other.db_status, other.get_unit().get_status()) == (status, unit_status)
    assert rows(db) == [("completed", status, "")] * 2


@pytest.mark.parametrize("status", ["created", "launched", "assigned", "expired", "mixed", "no such status"])
def test_a_unit_with_an_answer_becomes_nothing_but_what_is_decided(db, agent, status):
    unit = agent.get_unit()
    with pytest.raises(MephistoError, match="It is completed"):
        unit.set_db_status(status)
    assert (unit.get_status(), agent.get_status()) == ("completed", "completed")


@pytest.mark.parametrize("reason", ["\0", "caf\udce9", 5])
def test_a_reason_that_cannot_be_stored_is_refused_and_nothing_is_decided(db, agent, reason):
    for decide in (agent.reject_work, agent.get_worker().block_worker):
        with pytest.raises(MephistoError, match="cannot be the reason"):
            decide(reason)
    assert rows(db) == []


def test_a_decision_may_be_changed_and_the_same_again_is_nothing_new(db, agent):
    agent.approve_work()
    agent.approve_work()
    agent.reject_work("on second thought")
    assert rows(db) == [("completed", "approved", ""), ("approved", "rejected", "on second thought")]


def test_the_last_decision_can_be_taken_back_and_only_the_last(db, agent):
    first = agent.decide(AgentStatus.APPROVED)
    second = agent.decide(AgentStatus.REJECTED, "no")
    assert not agent.take_back(first)
    assert agent.take_back(second)
    assert (agent.get_status(), agent.get_unit().db_status) == ("approved", "accepted")
    assert not agent.take_back(second)
    assert [status for _, status, _ in rows(db)] == ["approved", "rejected", "approved"]


@pytest.mark.parametrize("status", ["in task", "timeout", "disconnect", "returned", "expired"])
def test_what_brought_no_answer_cannot_be_decided_about(db, agent, status):
    ended = update(agents).where(agents.c.id == int(agent.db_id)).values(status=status)
    db.store.write(lambda connection: connection.execute(ended))
    with pytest.raises(MephistoError, match=f"It is {status}"):
        agent.approve_work()
    assert agent.get_status() == status
    assert rows(db) == []
