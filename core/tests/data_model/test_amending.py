"""What scripts change about the work of a run while it goes on: by legal steps, or not at all."""

import threading
from pathlib import Path

import pytest

from mephisto.abstractions.blueprints.abstract.static_task.static_blueprint import SharedStaticTaskState
from mephisto.data_model import work_records
from mephisto.data_model.assignment import InitializationData
from mephisto.data_model.task_run import TaskRun
from mephisto.data_model.unit import Unit
from mephisto.errors import MephistoError
from mephisto.utils.db import EntryAlreadyExistsException, EntryDoesNotExistException


def test_one_more_worker_is_asked_for_a_row_by_one_more_unit(db, run, row):
    first, second = row.get_assignments()
    run.answer(run.ask("x", "1"))
    unit = Unit.new(db, first, 1, 0.5)
    assert (unit.get_status(), unit.get_pay_amount(), unit.unit_index) == ("launched", 0.5, 1)
    assert first.get_units()[1] == unit
    who = run.ask("x", "2")
    assert db.find_agents(task_run_id=run.id)[1].get_assignment() == second  # x did the first row already
    run.answer(who)
    assert not row.get_is_completed()
    run.answer(run.ask("y", "3"))
    assert unit.get_assigned_agent().get_worker().worker_name == "y"
    assert unit.get_status() == "completed"


def test_one_more_unit_waits_for_its_turn_where_few_are_offered_at_a_time(db, launch):
    row = TaskRun.get(db, launch(task_name="one by one", max_num_concurrent_units=1).id)
    assert Unit.new(db, row.get_assignments()[0], 1, 0.3).get_status() == "created"


def test_a_unit_is_made_by_the_names_of_the_database_too(db, row):
    of_run = row.get_assignments()[0]
    said = (of_run.task_id, of_run.task_run_id, of_run.requester_id, of_run.db_id, 1, 0.3)
    made = db.new_unit(*said, "mock", "static_task", sandbox=True)
    assert db.find_units(assignment_id=of_run.db_id, unit_index=1)[0].db_id == made
    with pytest.raises(MephistoError, match="has the task_type static_task, and not another"):
        db.new_unit(*said, "mock", "another")
    with pytest.raises(EntryDoesNotExistException):
        db.new_unit("1", "1", "1", "5", 1, 0.3, "mock", "static_task")


def test_a_unit_that_cannot_be_is_not_made(db, row):
    of_run, over = row.get_assignments()[0], db.find_task_runs(is_completed=True)[0]
    with pytest.raises(EntryAlreadyExistsException, match="has a unit 0 already"):
        Unit.new(db, of_run, 0, 0.3)
    for index, pay in (
        (-1, 0.3),
        (10_000, 0.3),
        (1, -0.3),
        (1, 1e30),
        (1, float("inf")),
        (1, float("nan")),
        (1.5, 0.3),
    ):
        with pytest.raises(MephistoError, match="There is no unit"):
            Unit.new(db, of_run, index, pay)
    with pytest.raises(MephistoError, match="offers nothing more"):
        Unit.new(db, over.get_assignments()[0], 2, 0.3)
    assert len(row.get_units()) == 2
    assert len(over.get_units()) == 4


def test_a_row_of_data_is_changed_as_long_as_nobody_was_given_it(db, run, row):
    first, second = row.get_assignments()
    run.ask("x", "1")
    second.write_assignment_data(InitializationData({"name": "Grace", "age": 85}, [{}]))
    assert second.get_assignment_data().shared == {"name": "Grace", "age": 85}
    run.ask("x", "2")
    agent = db.find_agents(task_run_id=run.id)[1]
    assert agent.state.get_init_state() == {"name": "Grace", "age": 85}
    for assignment in (first, second):
        before = assignment.get_assignment_data()
        with pytest.raises(MephistoError, match="was given it already"):
            assignment.write_assignment_data(InitializationData({"name": "Nobody"}))
        assert assignment.get_assignment_data() == before


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (InitializationData({"name": {1, 2}}), "set"),
        (InitializationData({"name": "\0"}), "NUL"),
        (InitializationData({}, [{"own": 1}]), "into shared"),
    ],
)
def test_a_row_of_data_that_cannot_be_is_not_written(row, data, why):
    assignment = row.get_assignments()[0]
    with pytest.raises(MephistoError, match=why):
        assignment.write_assignment_data(data)
    assert assignment.get_assignment_data().shared["name"] == "Ada"


def test_an_assignment_has_a_folder_below_that_of_its_run(row):
    first, second = row.get_assignments()
    folder = Path(first.get_data_dir())
    (folder / "notes.txt").write_text("mine")
    assert (Path(first.get_data_dir()) / "notes.txt").read_text() == "mine"
    assert folder.is_relative_to(row.get_run_dir())
    assert folder != Path(second.get_data_dir())


@pytest.mark.parametrize("by_id", [False, True], ids=["unit", "database"])
def test_a_unit_is_taken_from_who_works_on_it_and_given_to_another(db, run, row, by_id):
    unit = row.get_units()[0]
    run.ask("x", "1")
    unit = Unit.get(db, unit.db_id)
    agent = unit.get_assigned_agent()
    if by_id:
        db.clear_unit_agent_assignment(unit.db_id)
    else:
        unit.clear_assigned_agent()
        assert (unit.agent_id, unit.worker_id, unit.db_status) == (None, None, "launched")
    assert unit.get_assigned_agent() is None
    assert agent.get_status() == "timeout"
    unit.clear_assigned_agent()
    run.ask("y", "1")
    assert unit.get_assigned_agent().get_worker().worker_name == "y"


def test_what_was_taken_from_a_worker_counts_if_it_comes_while_the_unit_is_free(run, row):
    unit, who = row.get_units()[0], run.ask("x", "1")
    unit.clear_assigned_agent()
    run.answer(who)
    assert unit.get_status() == "completed"
    assert unit.get_assigned_agent().get_worker().worker_name == "x"


def test_the_run_is_told_that_an_attempt_ended(db, launch):
    told, heard = [], threading.Event()

    def on_unit_submitted(unit):
        told.append((unit.db_id, unit.get_assigned_agent()))
        heard.set()

    run = launch(task_name="heard", shared_state=SharedStaticTaskState(on_unit_submitted=on_unit_submitted))
    unit = TaskRun.get(db, run.id).get_units()[0]
    run.ask("x", "1")
    unit.clear_assigned_agent()
    assert heard.wait(20)
    assert told == [(unit.db_id, None)]


def test_an_answer_stays_with_its_unit(db):
    unit = db.find_units()[0]
    with pytest.raises(MephistoError, match="It is completed: their answer is kept"):
        unit.clear_assigned_agent()
    assert unit.get_assigned_agent().db_id == unit.agent_id


def test_a_unit_of_a_run_that_died_is_said_to_need_cleaning(db, new_crowd, monkeypatch):
    monkeypatch.setattr(work_records, "_PATIENCE_SECONDS", 0.1)
    crowd = new_crowd(db, "died", lambda number: {"n": number}, lambda _: {})
    terms = crowd.launch()
    crowd.claim(terms, "x")
    unit = db.find_units(task_run_id=str(terms.run_id), status="assigned")[0]
    with pytest.raises(MephistoError, match=f"'mephisto clean {terms.run_id}'"):
        unit.clear_assigned_agent()


def test_statuses_are_set_by_id_as_by_the_objects(db):
    first, second, *_ = db.find_units()
    db.update_unit(first.db_id, status="accepted")
    db.update_unit(first.db_id, agent_id=first.agent_id)
    db.update_agent(second.agent_id, "rejected")
    db.update_agent(second.agent_id)
    assert (first.get_status(), second.get_status()) == ("accepted", "rejected")
    with pytest.raises(MephistoError, match="is not given to agent"):
        db.update_unit(first.db_id, agent_id=second.agent_id, status="accepted")
    with pytest.raises(MephistoError, match="cannot be made 'assigned'"):
        db.update_unit(first.db_id, status="assigned")
    with pytest.raises(MephistoError, match="cannot be made 'returned'"):
        db.update_agent(first.agent_id, "returned")


def no_verdict(_):
    raise RuntimeError("the model is not loaded")


@pytest.mark.parametrize(("verdict", "held"), [("approved", 1), ("rejected", 0)])
def test_an_onboarding_that_its_function_could_not_judge_is_judged_by_a_script(db, launch, verdict, held):
    state = SharedStaticTaskState(validate_onboarding=no_verdict)
    run = launch(task_name="onboarded", onboarding="can do it", shared_state=state)
    who = run.ask("x", "1")
    (agent,) = db.find_onboarding_agents(task_run_id=run.id)
    with pytest.raises(MephistoError, match="It is onboarding"):
        agent.update_status(verdict)
    run.post("submit_onboarding", json={"provider_data": {"onboarding_data": {"x": 1}, **who}})
    assert agent.get_status() == "waiting"
    db.update_onboarding_agent(agent.db_id, verdict)
    agent.update_status(verdict)
    worker = agent.get_worker()
    assert worker.get_granted_qualification("can do it").value == held
    assert worker.is_eligible(TaskRun.get(db, run.id)) == bool(held)
    assert (run.ask("x", "2") is not None) == bool(held)
    for status in ("onboarding", "approved" if verdict == "rejected" else "rejected"):
        with pytest.raises(MephistoError, match=f"It is {verdict}"):
            agent.update_status(status)
