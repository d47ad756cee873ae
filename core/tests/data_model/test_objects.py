"""Objects as scripts of strangers use them."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from mephisto.data_model.agent import Agent, AgentState
from mephisto.data_model.assignment import Assignment, InitializationData
from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.data_model.requester import Requester
from mephisto.data_model.task import Task
from mephisto.data_model.task_run import TaskRun
from mephisto.data_model.unit import Unit
from mephisto.data_model.worker import Worker
from mephisto.errors import NotFound
from mephisto.utils.db import EntryDoesNotExistException, MephistoDBException

KINDS = [Worker, Requester, Task, TaskRun, Assignment, Unit, Agent]


def names_in(folder):
    return sorted(path.name for path in Path(folder).iterdir())


def units_of(db, worker_name):
    return db.find_units(worker_id=db.find_workers(worker_name=worker_name)[0].db_id)


@pytest.mark.parametrize("kind", KINDS)
def test_every_object_is_found_again_by_its_id(db, kind):
    found = kind.find(db)
    assert found
    for one in found:
        assert isinstance(one.db_id, str)
        assert kind.get(db, one.db_id) == kind(db, one.db_id) == kind(db, int(one.db_id)) == one
        assert vars(kind.get(db, one.db_id)) == vars(one)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unknown", ["1", "-1", "", "x", "²", None, str(2**80), "9" * 5000])
def test_an_unknown_id_is_an_error_that_says_so(db, kind, unknown):
    with pytest.raises(EntryDoesNotExistException, match=f"There is no {kind.subject} with the id") as raised:
        kind.get(db, unknown)
    assert isinstance(raised.value, NotFound)


@pytest.mark.parametrize(
    "wanted",
    [{"worker_name": "\ud800"}, {"worker_name": "a\0b"}, {"worker_name": 2**70}, {"worker_name": -(2**70)}],
)
def test_what_no_column_can_hold_is_found_nowhere(db, wanted):
    assert db.find_workers(**wanted) == []


def test_objects_lead_to_one_another(db):
    unit = units_of(db, "x")[0]
    agent = unit.get_assigned_agent()
    assert agent.get_unit() == unit
    assert agent.get_worker() == unit.get_worker()
    assert unit in unit.get_assignment().get_units()
    assert unit in agent.get_task_run().get_units()
    assert agent in agent.get_worker().get_agents()
    assert agent in agent.get_assignment().get_agents()
    assert {worker.worker_name for worker in unit.get_assignment().get_workers()} == {"x", "y"}
    assert unit.get_task().get_runs() == unit.get_requester().get_task_runs() == [unit.get_task_run()]
    assert unit.get_task().get_assignments() == unit.get_task_run().get_assignments()


def test_statuses_have_the_names_that_scripts_compare_with():
    assert AssignmentState.completed() == ["completed", "accepted", "rejected", "soft_rejected"]
    assert AgentState.STATUS_IN_TASK == "in task"


def test_ids_are_text_pay_is_dollars_and_times_are_seconds(db):
    unit = units_of(db, "y")[0]
    ids = {name: value for name, value in vars(unit).items() if name.endswith("_id")}
    assert len(ids) == 7
    assert all(isinstance(value, str) for value in ids.values())
    assert unit.get_pay_amount() == unit.pay_amount == 0.3
    state = unit.get_assigned_agent().state
    assert time.time() - 3600 < state.get_task_start() <= state.get_task_end() < time.time()


def test_scripts_may_set_attributes_of_their_own(db):
    worker = db.find_workers()[0]
    worker.seen_by_my_script = True
    assert worker.seen_by_my_script


def test_data_of_an_answer_without_files_is_the_answer_and_no_files(db):
    agent = units_of(db, "y")[0].get_assigned_agent()
    assert agent.state.get_data() == {
        "inputs": {"name": "Ada", "age": "36"},
        "outputs": {"x": 2, "files": [], "filesByFields": {}},
    }
    assert agent.state.get_parsed_data() == agent.state.get_data()
    assert agent.state.get_init_state() == {"name": "Ada", "age": "36"}
    assert names_in(agent.get_data_dir()) == []


def test_files_have_their_own_names_where_that_is_safe(db):
    agent = units_of(db, "x")[0].get_assigned_agent()
    outputs = agent.state.get_data()["outputs"]
    first, second = outputs["files"]
    folder = agent.get_data_dir()
    assert names_in(folder) == names_in(agent.get_data_dir()) == sorted([first, second])
    assert not set('\\/"?') & set(first)
    assert first != second
    for name, described, content in zip(
        outputs["files"], outputs["filesByFields"]["sketch"], (b"one", b"two"), strict=True
    ):
        assert Path(folder, name).read_bytes() == content
        assert Path(described["path"]).read_bytes() == content
        assert (described["filename"], described["size"]) == (name, 3)


def test_a_stored_file_that_is_missing_is_named_and_the_others_are_there(db, caplog):
    agent = units_of(db, "x")[0].get_assigned_agent()
    described = agent.state.get_data()["outputs"]["filesByFields"]["sketch"]
    Path(described[0]["path"]).unlink()
    assert names_in(agent.get_data_dir()) == [described[1]["filename"]]
    assert f"The file {described[0]['filename']}" in caplog.text


def test_assignments_give_their_data_and_status(db, tmp_path):
    assignment = db.find_assignments()[0]
    data = assignment.get_assignment_data()
    assert data == InitializationData({"name": "Ada", "age": "36"}, [{}, {}])
    with (tmp_path / "data.json").open("w+") as file:
        data.dumpJSON(file)
        file.seek(0)
        assert InitializationData.loadFromJSON(file) == data
    assert assignment.get_status() == "completed"
    first, second = assignment.get_units()
    first.get_assigned_agent().approve_work()
    assert assignment.get_status() == "completed"
    second.get_assigned_agent().reject_work("no")
    assert assignment.get_status() == "mixed"
    assert assignment.get_cost_of_statuses(["accepted"]) == 0.3


def test_what_an_assignment_costs_is_exact_to_the_cent(db, launch):
    run = launch(per_row=3)
    assignment = TaskRun.get(db, run.id).get_assignments()[0]
    assert assignment.get_cost_of_statuses(["launched"]) == 0.9
    assert str(assignment.get_cost_of_statuses([])) == "0.0"


def test_an_object_is_read_without_keeping_an_event_loop_waiting(db):
    def get(unit_id):
        return asyncio.run(Unit.async_get(db, unit_id))

    unit = db.find_units()[0]
    # On a thread of its own: where tests drive a browser, the main thread has a loop already.
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(get, unit.db_id).result() == unit
        with pytest.raises(EntryDoesNotExistException):
            pool.submit(get, "5").result()


def test_an_account_tells_of_itself(db):
    (account,) = db.find_requesters()
    about = account.to_dict()
    assert about.pop("creation_date") == account.creation_date
    assert about == {
        "requester_id": account.db_id,
        "requester_name": "MOCK_REQUESTER",
        "provider_type": "mock",
        "registered": True,
    }
    assert account.get_total_spend() == 1.2


def test_a_run_tells_of_itself(db):
    run = db.find_task_runs()[0]
    assert run.get_task_args().task_reward == 0.3
    assert run.args.blueprint._blueprint_type == run.task_type == "static_task"
    assert OmegaConf.create(json.loads(run.param_string)) == run.args
    assert run.get_is_completed()
    assert run.get_has_assignments()
    assert run.get_assignment_statuses()["completed"] == 2
    assert len(run.get_assignments("completed")) == 2
    assert run.get_assignments("created") == []
    assert Path(run.get_run_dir()).is_dir()
    assert run.get_total_spend() == run.get_task().get_total_spend() == 1.2
    assert db.get_task_run(run.db_id)["init_params"] == run.param_string
    assert db.get_task(run.task_id)["parent_task_id"] is None


def test_scripts_write_about_an_answer_and_times_stay_what_the_run_saw(db):
    state = next(agent for agent in db.find_agents() if agent.get_status() == "completed").state
    before = state.get_metadata()
    state.update_metadata("worker_opinion", {"text": "good"})
    state.update_metadata("tips", [])
    assert state.get_worker_opinion() == {"text": "good"}
    assert state.get_metadata() == {**before, "worker_opinion": {"text": "good"}, "tips": []}
    with pytest.raises(MephistoDBException, match="times are what the run saw"):
        state.update_metadata("task_end", 0)


def test_an_onboarding_can_be_done_once_more(db):
    from mephisto.abstractions.blueprints.mixins.onboarding_required import OnboardingRequired

    failed = OnboardingRequired.get_failed_qual("careful")
    for name in ("careful", failed):
        db.make_qualification(name)
    worker = db.find_workers()[0]
    worker.grant_qualification("careful", 0)
    worker.grant_qualification(failed, 0)
    OnboardingRequired.clear_onboarding(worker, "careful")
    assert worker.get_granted_qualification("careful") is None
    assert worker.get_granted_qualification(failed) is None


def test_what_a_unit_is_follows_from_its_attempt_as_scripts_reckon():
    of_units = {status: AgentState.to_assignment_state(status) for status in AgentState.complete()}
    assert of_units == {
        "completed": "completed",
        "approved": "accepted",
        "rejected": "rejected",
        "soft_rejected": "soft_rejected",
        "expired": "expired",
        "timeout": "created",
        "disconnect": "created",
        "returned": "created",
    }
    assert set(AgentState.complete()) - set(AgentState.immutable()) == {"completed", "rejected"}
    assert AgentState.to_assignment_state(AgentState.STATUS_NONE) == "created"
    assert AgentState.to_assignment_state(AgentState.STATUS_WAITING) == "assigned"
    assert AgentState.to_assignment_state(AgentState.STATUS_IN_TASK) == "assigned"
