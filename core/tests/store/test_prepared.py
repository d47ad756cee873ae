"""Prepared statements say what SQLAlchemy's own execution of them says."""

import pytest
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from mephisto.model import agents, assignments, task_runs, workers
from mephisto.status import AgentStatus
from mephisto.store.prepared import Prepared

ADD = Prepared(insert(workers))
OF_PROVIDER = select(workers).where(workers.c.provider == bindparam("provider")).order_by(workers.c.id)
ROW = {"provider": "mock", "created_at": 7}


def added(store, *names):
    def job(connection):
        return [
            ADD.change(connection, {**ROW, "id": number, "name": name})
            for number, name in enumerate(names, 1)
        ]

    assert store.write(job) == [1] * len(names)


def test_rows_have_the_names_and_values_of_core(store):
    added(store, "ann", "bob")
    with store.read() as connection:
        found = Prepared(OF_PROVIDER).all(connection, {"provider": "mock"})
        assert [row._asdict() for row in found] == [
            row._asdict() for row in connection.execute(OF_PROVIDER, {"provider": "mock"})
        ]
        first = Prepared(OF_PROVIDER).first(connection, {"provider": "mock"})
        assert (first.name, first.created_at) == ("ann", 7)
        assert Prepared(OF_PROVIDER).scalar(connection, {"provider": "mock"}) == 1


def test_where_nothing_is_found_nothing_is_returned(store):
    with store.read() as connection:
        assert Prepared(OF_PROVIDER).all(connection, {"provider": "x"}) == []
        assert Prepared(OF_PROVIDER).first(connection, {"provider": "x"}) is None
        assert Prepared(OF_PROVIDER).scalar(connection, {"provider": "x"}) is None


def test_it_says_how_many_rows_it_changed(store):
    added(store, "ann", "bob")
    rename = Prepared(
        update(workers).where(workers.c.id == bindparam("who")).values(name=bindparam("called"))
    )
    gone = Prepared(delete(workers).where(workers.c.provider == "mock"))
    assert store.write(lambda connection: rename.change(connection, {"who": 2, "called": "eve"})) == 1
    assert store.write(lambda connection: rename.change(connection, {"who": 9, "called": "eve"})) == 0
    assert store.write(lambda connection: gone.change(connection, {})) == 2


def test_a_violated_constraint_is_the_error_of_core_and_tells_no_values(store):
    added(store, "ann")
    with pytest.raises(IntegrityError) as raised:
        store.write(lambda connection: ADD.change(connection, {**ROW, "id": 2, "name": "ann"}))
    assert "ann" not in str(raised.value)


def test_a_statement_that_cannot_be_executed_is_the_error_of_core(store):
    def job(connection):
        connection.exec_driver_sql("DROP TABLE worker")
        ADD.change(connection, {**ROW, "id": 1, "name": "ann"})

    with pytest.raises(OperationalError):
        store.write(job)


def test_what_a_reader_may_not_do_it_may_not_do_prepared(store):
    with store.read() as connection, pytest.raises(OperationalError):
        ADD.change(connection, {**ROW, "id": 1, "name": "ann"})


def test_columns_that_an_insert_leaves_out_hold_what_the_model_says(ground):
    run = ground.run(1)
    ground.claim(run, "ann")
    (agent,) = ground.rows(agents)
    assert (agent.status, agent.browser_key, agent.ended_at) == (AgentStatus.IN_TASK, "", None)


def test_values_go_through_their_types(ground):
    run = ground.run(1)
    asked = select(assignments.c.data, task_runs.c.source_ended).join_from(assignments, task_runs)
    with ground.store.read() as connection:
        found = Prepared(asked.where(task_runs.c.id == bindparam("run"))).first(
            connection, {"run": run.run_id}
        )
    assert found.data == {"row": 0}
    assert found.source_ended is True


def test_a_value_that_is_missing_is_an_error(store):
    with pytest.raises(KeyError):
        store.write(lambda connection: ADD.change(connection, {**ROW, "id": 1}))
    with store.read() as connection, pytest.raises(KeyError):
        Prepared(OF_PROVIDER).all(connection, {})
