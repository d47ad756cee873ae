"""A process that was taken for dead, and was not: it finds its roles taken, writes nothing more and leaves."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from mephisto import AssignmentData
from mephisto.operations.cleaning import clean
from mephisto.store import events, processes, roles
from mephisto.store.roles import Place, RoleLost, RoleName


@pytest.fixture
def silent(monkeypatch):
    """Processes seem dead to whoever looks, as one of another machine does that stood still for long."""
    monkeypatch.setattr("mephisto.operations.left_behind.is_alive", lambda *_: False)


def status(house, run):
    return house.db.get_task_run(run.id)["is_completed"]


def test_a_run_that_was_ended_elsewhere_is_left_and_nothing_is_written_of_it(house, silent, caplog):
    run = house.launch([{"a": 1}, {"a": 2}])
    worker = house.browser("x").begin()
    clean(house.store, run.terms.run_id)
    house.until(run.ended.is_set)
    assert "Another process took this one for dead, and has ended run" in caplog.text
    assert house.operator.exit_status == 1
    with house.store.read() as connection:
        assert {unit.db_status for unit in house.db.find_units()} == {"expired"}
        assert not run.turn.is_held(connection, RoleName.CLOCK)
    with pytest.raises(requests.ConnectionError):
        worker.post("/request_agent", json={})


def test_the_desk_gives_out_no_unit_and_takes_every_answer(house):
    """Until the clock sees it, pages still reach this process."""
    run = house.launch([{"a": 1}, {"a": 2}])
    run._lock.acquire()  # its end waits
    worker = house.browser("x").begin()
    other = house.browser("y", "2")
    try:
        house.store.write(lambda connection: roles.take_away(connection, run.terms.run_id))
        packet = {"packet_type": "register_agent", "data": {"provider_data": other.provider_data}}
        refused = other.desk.handle({"subject_id": "1", **packet})
        taken = worker.desk.handle(
            {
                "packet_type": "submit_unit",
                "subject_id": worker.token,
                "data": {"final_data": {"x": 1}, "submission_id": "s1"},
            }
        )
    finally:
        run._lock.release()
    assert refused.body["refusal"] == "try again"
    assert taken.status == 200
    assert house.count("agents") == 1


def test_a_feeder_reads_no_further(house):
    more = threading.Event()

    def rows():
        yield AssignmentData({"a": 1})
        more.wait(10)
        yield AssignmentData({"a": 2})

    run = house.launch(rows())
    house.store.write(lambda connection: roles.take_away(connection, run.terms.run_id))
    more.set()
    run.feeder._thread.join(10)
    assert not run.feeder._thread.is_alive()
    assert house.count("assignments") == 1


def test_of_many_that_take_a_role_at_once_one_gets_it_and_the_turn_before_is_over(house):
    run = house.launch()
    place, ids = Place(RoleName.CLOCK, task_run_id=run.terms.run_id), house.store.ids
    with house.store.read() as connection:
        before = roles.seen(connection, place)
        assert run.turn.is_held(connection, RoleName.CLOCK)
    barrier = threading.Barrier(8)

    def take(_):
        barrier.wait(10)
        return house.store.write(
            lambda connection: roles.take(connection, ids.new(), place, before, before.process_id)
        )

    with ThreadPoolExecutor(8) as pool:
        fences = list(pool.map(take, range(8)))
    assert [fence for fence in fences if fence is not None] == [before.fence + 1]
    with house.store.read() as connection, pytest.raises(RoleLost):
        run.turn.check(connection, RoleName.CLOCK)


@pytest.mark.parametrize("listens", [True, False])
def test_a_new_run_has_its_roles_held_by_the_process_that_launched_it(house, rows_state, listens):
    """Nobody has taken it upon themselves to tell a script that does not listen."""
    state = rows_state(on_unit_submitted=lambda _: None) if listens else rows_state()
    run = house.launch(state=state)
    with house.store.read() as connection:
        held = {
            name: roles.seen(connection, Place(name, task_run_id=run.terms.run_id)) for name in roles.IN_RUNS
        }
        assert events.are_heard(connection, run.terms.run_id) == listens
    assert (held[RoleName.CALLBACKS] is not None) == listens
    held = [role for role in held.values() if role is not None]
    assert len(held) == 3 + listens
    assert len({role.process_id for role in held}) == 1
    assert all(processes.is_alive(role, house.store.now()) for role in held)
    run.close("a test closes it")
    house.ended()
    with house.store.read() as connection:
        assert not events.are_heard(connection, run.terms.run_id)
