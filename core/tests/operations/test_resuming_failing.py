"""Going on with a run fails on its way, or what the dead process had put up cannot be taken down."""

from dataclasses import replace

import pytest

from mephisto import hookimpl
from mephisto.plugins import register, unregister
from mephisto.testing.stand_ins import LoopbackArchitect

ROWS = [{"a": 1}, {"a": 2}, {"a": 3}]


class Refusing(LoopbackArchitect):
    """Deploys as long as `is_there`; counts what is to be taken down."""

    is_there = True
    taken_down = []  # noqa: RUF012 - cleared by the fixture

    @hookimpl
    def architect_deploy(self, site, desk):
        if not self.is_there:
            raise RuntimeError("the host is gone")
        return super().architect_deploy(site, desk)

    @hookimpl
    def architect_shutdown(self, state):
        self.taken_down.append(state)
        super().architect_shutdown()


@pytest.fixture
def refusing(monkeypatch):
    monkeypatch.setattr(Refusing, "taken_down", [])
    monkeypatch.setattr(Refusing, "is_there", True)
    register("architect", "here", Refusing)
    return Refusing


def test_what_fails_on_its_way_leaves_the_run_as_it_was_to_be_gone_on_with(house, caplog, refusing):
    run = house.launch(ROWS)
    house.browser("x").work()
    house.db.find_units()[1].expire()
    at_work = house.browser("y", "2").begin()
    house.die()
    units = house.rows("units")
    refusing.is_there = False
    assert house.go_on(ROWS) is None
    assert "the host is gone" in caplog.text
    assert (
        f"Run {run.id} failed on its way. What it had done was undone; it is kept as failed." in caplog.text
    )
    kept = house.rows("runs")[0]
    assert (kept.status, "the host is gone" in kept.end_reason) == ("failed", True)
    assert house.rows("units") == units
    refusing.is_there = True
    house.go_on(ROWS)
    house.run.tick()
    assert house.rows("units") == units, "What a script took back stays taken back."
    again = house.browser("y", "2")
    assert again.ask()["agent_id"] == at_work.token
    again.confirm(again.submit({"x": 1}, "s1").json()["receipt"])
    assert house.ended().status == "ended"


def test_what_the_dead_process_had_put_up_is_taken_down_first(house, refusing):
    house.launch(ROWS)
    house.die()
    refusing.taken_down.clear()
    house.go_on(ROWS)
    assert len(refusing.taken_down) == 1


def test_what_could_not_be_taken_down_stays_known_to_whoever_cleans_up(house, caplog, refusing, rows_state):
    """Another architect could not take down what the one before had put up."""

    class Stuck(Refusing):
        @hookimpl
        def architect_deploy(self, site, desk):
            return replace(super().architect_deploy(site, desk), state={"app": "a"})

        @hookimpl
        def architect_shutdown(self, state):
            super().architect_shutdown(state)
            if not self.is_there:
                raise RuntimeError("no network")

    register("architect", "here", Stuck)
    house.launch(ROWS)
    house.die()
    refusing.is_there = False
    register("architect", "another", LoopbackArchitect)
    config = house.configuration(resume_incomplete_run=True)
    config["architect"] = {"_architect_type": "another"}
    assert house.operator.launch_task_run(config, rows_state(rows=ROWS)) is None
    assert "no network" in caplog.text
    kept = house.rows("runs")[0]
    assert (kept.architect, kept.deployed) == ("here", {"app": "a"})
    assert kept.config["architect"] == {"_architect_type": "here"}
    refusing.is_there = True
    assert house.operator.launch_task_run(config, rows_state(rows=ROWS))
    now = house.rows("runs")[0]
    assert (now.architect, now.deployed) == ("another", {})
    unregister("architect", "another")
