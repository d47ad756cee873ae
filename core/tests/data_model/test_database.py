"""The database as scripts of strangers use it: finding, qualifications, and being shared in callbacks."""

import logging
import threading

import pytest
from sqlalchemy import select

from mephisto.abstractions.databases.local_database import LocalMephistoDB
from mephisto.data_model.qualification import QUAL_EXISTS, QUAL_GREATER_EQUAL, QUAL_NOT_EXIST
from mephisto.data_model.worker import Worker
from mephisto.errors import ConfigError
from mephisto.model import decisions
from mephisto.store.crowd import decisions_of
from mephisto.store.current import current_store
from mephisto.utils.db import EntryAlreadyExistsException, EntryDoesNotExistException, MephistoDBException
from mephisto.utils.qualifications import (
    find_or_create_qualification,
    make_qualification_dict,
    worker_is_qualified,
)


def test_filters_are_joined_and_none_is_any(db):
    run, x = db.find_task_runs()[0], db.find_workers(worker_name="x")[0]
    assert len(db.find_units()) == 4
    assert len(db.find_units(task_run_id=run.db_id, status="completed", worker_id=x.db_id)) == 2
    assert len(db.find_units(unit_index=0)) == 2
    assert db.find_units(status="expired") == []
    assert db.find_units(worker_id="no id") == []
    assert len(db.find_agents(worker_id=x.db_id, status="completed")) == 2
    assert db.find_onboarding_agents() == []
    assert db.find_task_runs(is_completed=True) == [run]
    assert db.find_task_runs(is_completed=False) == []
    assert [task.task_name for task in db.find_tasks()] == ["people"]
    assert db.find_requesters(provider_type="mock")[0].requester_name == "MOCK_REQUESTER"


def test_found_things_come_in_the_order_of_creation(db):
    ids = [int(unit.db_id) for unit in db.find_units()]
    assert ids == sorted(ids)


def test_get_returns_columns_or_raises(db):
    unit = db.find_units()[0]
    row = db.get_unit(unit.db_id)
    assert (row["unit_id"], row["status"], row["agent_id"]) == (unit.db_id, "completed", unit.agent_id)
    assert db.get_worker(unit.worker_id)["worker_name"] == unit.get_worker().worker_name
    assert db.get_task_run(unit.task_run_id)["task_id"] == unit.task_id
    with pytest.raises(EntryDoesNotExistException):
        db.get_agent("5")


def test_qualifications_are_made_once_granted_and_revoked(db):
    worker = Worker.get(db, db.find_workers()[0].db_id)
    made = db.make_qualification("careful", "reads twice")
    assert find_or_create_qualification(db, "careful") == made
    with pytest.raises(EntryAlreadyExistsException):
        db.make_qualification("careful")
    assert worker.get_granted_qualification("careful") is None
    assert not worker.is_qualified("careful")
    assert not worker.is_disqualified("careful")
    assert worker.grant_qualification("careful")
    assert worker.grant_qualification("careful", 3)
    assert worker.get_granted_qualification("careful").value == 3
    assert db.get_granted_qualification(made, worker.db_id)["value"] == 3
    assert worker.is_qualified("careful")
    worker.grant_qualification("careful", 0)
    assert worker.is_disqualified("careful")
    assert worker.revoke_qualification("careful")
    assert not worker.revoke_qualification("careful")
    db.grant_qualification(made, worker.db_id, 2)
    assert len(db.check_granted_qualifications(qualification_id=made, value=2)) == 1
    assert db.revoke_qualification(made, worker.db_id)
    db.grant_qualification(made, worker.db_id)
    db.delete_qualification("careful")
    assert db.find_qualifications("careful") == []
    assert db.find_granted_qualifications() == []


def test_a_qualification_is_renamed_and_those_who_hold_it_go_on_holding_it(db):
    worker = db.find_workers()[0]
    made, other = db.make_qualification("carefull", "reads twice"), db.make_qualification("other")
    worker.grant_qualification("carefull", 3)
    db.update_qualification(made, "careful")
    assert worker.get_granted_qualification("careful").value == 3
    assert db.get_qualification(made)["description"] == "reads twice"
    db.update_qualification(made, "careful", "reads all")
    assert db.find_qualifications("careful")[0].description == "reads all"
    with pytest.raises(EntryAlreadyExistsException):
        db.update_qualification(other, "careful")
    with pytest.raises(EntryDoesNotExistException):
        db.update_qualification("5", "unknown")
    with pytest.raises(MephistoDBException):
        db.update_qualification(other, "")
    assert db.find_qualifications("other")


def test_what_the_database_grants_and_revokes_is_a_decision_too(db):
    made, worker = db.make_qualification("careful"), db.find_workers()[0]
    db.grant_qualification(made, worker.db_id, 2)
    assert db.revoke_qualification(made, worker.db_id)
    assert not db.revoke_qualification(made, worker.db_id)
    with db.store.read() as connection:
        decided = decisions_of(connection, worker_id=int(worker.db_id))
    assert [(row.kind, row.before, row.status) for row in decided] == [
        ("grant", "", "2"),
        ("revoke", "2", ""),
    ]


def test_what_was_never_made_cannot_be_granted_or_deleted(db):
    worker = db.find_workers()[0]
    with pytest.raises(EntryDoesNotExistException, match="make_qualification"):
        worker.grant_qualification("nobody made it")
    assert not worker.revoke_qualification("nobody made it")
    with pytest.raises(EntryDoesNotExistException):
        db.delete_qualification("nobody made it")
    with pytest.raises(MephistoDBException):
        db.make_qualification("")
    find_or_create_qualification(db, "made")
    for no_value in ("1", 1.5, 2**63, -(2**70)):
        with pytest.raises(MephistoDBException, match="cannot be granted"):
            worker.grant_qualification("made", no_value)


@pytest.mark.parametrize("asked", [("", "Exists", None), ("score", "In", (1,)), ("score", "AtLeast", 1)])
def test_what_cannot_be_compared_is_an_error_under_each_name_that_scripts_catch(asked):
    for kind in (AssertionError, ConfigError):
        with pytest.raises(kind, match="cannot be required with"):
            make_qualification_dict(*asked)


def test_workers_are_compared_with_what_a_task_asks_for(db, caplog):
    worker = db.find_workers()[0]
    asked = [make_qualification_dict("score", QUAL_GREATER_EQUAL, 2)]
    assert worker_is_qualified(worker, asked)
    assert "'score'" in caplog.text
    find_or_create_qualification(db, "score")
    assert not worker_is_qualified(worker, asked)
    assert worker_is_qualified(worker, [make_qualification_dict("score", QUAL_NOT_EXIST, None)])
    worker.grant_qualification("score", 2)
    assert worker_is_qualified(worker, [*asked, make_qualification_dict("score", QUAL_EXISTS, None)])


@pytest.mark.parametrize("name", ["", "a\0b", "half a pair: \ud800", 7, None])
def test_nothing_is_called_what_cannot_be_stored(db, name):
    (task,) = db.find_tasks()
    makers = {
        "project": lambda: db.new_project(name),
        "task": lambda: db.new_task(name, task.task_type),
        "worker": lambda: db.new_worker(name, "mock"),
        "qualification": lambda: db.make_qualification(name),
        "requester": lambda: db.new_requester(name, "mock"),
    }
    for subject, make in makers.items():
        with pytest.raises(MephistoDBException, match=f"A {subject} cannot be called"):
            make()


def test_a_database_in_a_callback_writes_through_the_runs_one_writer(db):
    outcome = []

    def callback():
        current_store.set(db.store)
        mine = LocalMephistoDB(db.store.path)
        mine.make_qualification("from a callback")
        mine.shutdown()
        outcome.append(mine.store is db.store)

    thread = threading.Thread(target=callback)
    thread.start()
    thread.join()
    assert outcome == [True]
    assert len(db.find_qualifications("from a callback")) == 1
    db.make_qualification("after it")


def test_another_database_in_a_callback_is_its_own(db, tmp_path):
    token = current_store.set(db.store)
    try:
        other = LocalMephistoDB(tmp_path / "other")
        assert other.store is not db.store
        assert other.find_tasks() == []
        other.shutdown()
    finally:
        current_store.reset(token)


def test_a_bonus_that_the_provider_cannot_pay_says_so_and_writes_nothing(db):
    worker = db.find_workers()[0]
    unit = db.find_units(worker_id=worker.db_id)[0]
    is_paid, why = worker.bonus_worker(1.5, "great", unit)
    assert not is_paid
    assert "cannot be paid by the provider 'mock'" in why
    assert decided(db) == []


def test_a_message_that_the_provider_does_not_carry_says_so_and_writes_nothing(db, caplog):
    worker = db.find_workers()[0]
    unit = db.find_units(worker_id=worker.db_id)[0]
    with caplog.at_level(logging.WARNING):
        assert worker.send_feedback_message("Thank you.", unit) is False
    assert "The provider 'mock' carries no messages." in caplog.text
    assert decided(db) == []


def test_a_worker_is_registered_as_soon_as_their_row_is_there(db):
    worker = Worker.get(db, db.new_worker("z", "mock"))
    before = worker.to_dict()
    assert worker.register() is None
    assert Worker.get(db, worker.db_id).to_dict() == before


def test_work_is_approved_where_its_bonus_cannot_be_paid_and_a_warning_says_so(db, caplog):
    with caplog.at_level(logging.WARNING):
        db.find_agents()[0].approve_work(bonus=1.5)
    assert decided(db) == ["work"]
    assert "no bonus is paid. Bonuses cannot be paid by the provider 'mock'" in caplog.text


def decided(db):
    with db.store.read() as connection:
        return list(connection.execute(select(decisions.c.kind)).scalars())


def test_a_block_is_kept_at_an_account_until_it_is_taken_back(db):
    worker, other = db.find_workers()
    unit = db.find_units(worker_id=worker.db_id)[0]
    account = unit.get_requester()
    assert worker.block_worker("a bot", unit=unit) == (True, "")
    assert worker.is_blocked(account)
    assert not other.is_blocked(account)
    assert worker.block_worker("still a bot", requester=account) == (True, "")
    assert worker.unblock_worker("no bot", account)
    assert not worker.is_blocked()
    assert not worker.unblock_worker("no bot", account)
