"""What a provider shall do while a run lives: what it could not do at once is tried again, and named if it stays open."""

import pytest

from mephisto import Done, Later, hookimpl
from mephisto.plugins import register, unregister
from mephisto.testing.stand_ins import OpenProvider

NAME = "paying"


class Paying(OpenProvider):
    """Pays at the second time of asking; while it is `shut`, never."""

    asked = []  # noqa: RUF012 - cleared by the fixture
    shut = False

    @hookimpl
    def provider_approve(self, attempt, token):
        self.asked.append((attempt.id, token))
        return Later(0.1, "The bank is closed.") if self.shut or len(self.asked) == 1 else Done()


@pytest.fixture
def paid(house):
    Paying.asked.clear()
    Paying.shut = False
    register("provider", NAME, Paying)
    yield house
    unregister("provider", NAME)


def approved(house):
    """Let a worker do a unit, and a script approve it."""
    house.browser("x").work()
    (agent,) = house.db.find_agents()
    agent.approve_work()
    return agent


def test_what_the_provider_could_not_do_at_once_is_tried_again_while_the_run_lives(paid):
    paid.launch([{"a": 1}, {"a": 2}], provider=NAME)
    agent = approved(paid)
    paid.until(lambda: paid.rows("actions")[0].state == "done")
    assert Paying.asked == [(agent.db_id, Paying.asked[0][1])] * 2


def test_what_stays_open_is_named_when_the_process_ends(paid, caplog):
    Paying.shut = True
    paid.launch([{"a": 1}, {"a": 2}], provider=NAME)
    approved(paid)
    paid.operator.shutdown()
    assert "Not done by the provider yet" in caplog.text
    assert "The bank is closed." in caplog.text


def test_nothing_is_named_where_all_is_done(paid, caplog):
    paid.launch([{"a": 1}, {"a": 2}], provider=NAME)
    approved(paid)
    paid.until(lambda: paid.rows("actions")[0].state == "done")
    paid.operator.shutdown()
    assert "Not done by the provider yet" not in caplog.text
