"""A run that is going on, as a script beside it sees it and has a say in it."""

import time

import pytest
from omegaconf import OmegaConf

from mephisto import plugins
from mephisto.abstractions.blueprints.abstract.static_task.static_blueprint import SharedStaticTaskState
from mephisto.data_model.agent import OnboardingAgent
from mephisto.data_model.task_run import TaskRun
from mephisto.data_model.unit import Unit
from mephisto.data_model.worker import Worker
from mephisto.errors import MephistoError


def ends(run):
    """Wait until a run has ended by itself."""
    deadline = time.monotonic() + 20
    while run.id in run.operator.get_running_task_runs():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return True


def test_a_worker_could_be_given_what_is_free_and_not_theirs_already(db, run, row):
    x, y = db.find_workers()
    first, second = row.get_units()
    assert x.is_eligible(row)
    assert row.get_valid_units_for_worker(x) == [first, second]
    run.ask("x", "1")
    assert row.get_valid_units_for_worker(x) == row.get_valid_units_for_worker(y) == [second]
    x.block_worker("a bot")
    assert not x.is_eligible(row)
    assert row.get_valid_units_for_worker(x) == []
    assert row.get_valid_units_for_worker(y) == [second]


def test_nobody_is_let_into_a_run_that_is_over_or_of_another_provider(db, run, row):
    x = db.find_workers()[0]
    over = db.find_task_runs(is_completed=True)[0]
    assert not x.is_eligible(over)
    assert over.get_valid_units_for_worker(x) == []
    x.provider_type = "another"
    assert not x.is_eligible(row)


def test_the_onboarding_and_the_block_qualification_of_the_run_count(db, launch):
    run = launch(task_name="for some", onboarding="can do it", block_qualification="a bot")
    row, x, y = TaskRun.get(db, run.id), *db.find_workers()
    assert x.is_eligible(row)
    x.grant_qualification("can do it", 0)
    y.grant_qualification("a bot")
    assert not x.is_eligible(row)
    assert not y.is_eligible(row)


def test_limits_of_the_run_count(db, launch):
    run = launch(task_name="limited", maximum_units_per_worker=1)
    row, x = TaskRun.get(db, run.id), db.find_workers()[0]
    assert x.is_eligible(row)
    run.ask("x", "1")
    assert not x.is_eligible(row)


def test_a_unit_that_is_taken_back_is_given_to_nobody_and_the_run_ends_without_it(db, run, row):
    first, second = row.get_units()
    assert first.expire() == 0
    assert first.is_expired()
    assert first.db_status == "expired"
    first.expire()
    who = run.ask("x", "1")
    assert run.ask("y", "1") is None
    assert db.find_agents(task_run_id=run.id)[0].get_unit() == second
    run.answer(who)
    assert ends(run)
    assert row.get_is_completed()


def test_another_unit_is_offered_in_place_of_one_that_is_taken_back(db, launch):
    run = launch(task_name="one by one", max_num_concurrent_units=1)
    first, second = TaskRun.get(db, run.id).get_units()
    assert (first.get_status(), second.get_status()) == ("launched", "created")
    first.expire()
    assert (first.get_status(), second.get_status()) == ("expired", "launched")


def test_what_somebody_works_on_cannot_be_taken_back(db, run, row):
    run.ask("x", "1")
    unit = row.get_units()[0]
    for take_back in (unit.expire, lambda: unit.set_db_status("expired")):
        with pytest.raises(MephistoError, match=r"cannot be taken back.\nIt is assigned"):
            take_back()
    assert unit.get_status() == "assigned"


@pytest.mark.parametrize("status", ["approved", "in task", "disconnect", "no such status"])
def test_an_attempt_that_goes_on_is_left_to_its_run(db, run, row, status):
    run.ask("x", "1")
    agent = db.find_agents(task_run_id=run.id)[0]
    if status == "in task":
        agent.update_status(status)
    else:
        with pytest.raises(MephistoError, match="It is in task"):
            agent.update_status(status)
    assert agent.get_status() == agent.db_status == "in task"


def test_a_worker_who_has_not_come_yet_is_known_when_they_come(db, run):
    known = Worker(db, db.new_worker("z", "mock"))
    known.block_worker("was here under another name")
    assert run.ask("z", "1") is None
    known.unblock_worker("was somebody else")
    assert run.ask("z", "2")
    assert db.find_agents(task_run_id=run.id)[0].get_worker() == known
    for name, provider, wrong in (
        ("z", "mock", "already"),
        ("", "mock", "cannot be called"),
        ("a", "mok", "mock"),
    ):
        with pytest.raises(MephistoError, match=wrong):
            db.new_worker(name, provider)


def test_onboarding_agents_have_ids_that_say_what_they_are(db, launch):
    run = launch(task_name="onboarded", onboarding="can do it")
    run.ask("x", "1")
    (agent,) = db.find_onboarding_agents(task_run_id=run.id, status="onboarding")
    assert OnboardingAgent.is_onboarding_id(agent.get_agent_id())
    assert OnboardingAgent.get_db_id_from_agent_id(agent.get_agent_id()) == agent.db_id
    assert db.get_onboarding_agent(agent.db_id)["worker_id"] == agent.get_worker().db_id
    assert agent.get_requester() == agent.get_task_run().get_requester()
    other = db.find_agents()[0].get_agent_id()
    assert not OnboardingAgent.is_onboarding_id(other)
    with pytest.raises(MephistoError, match="not the id of an onboarding agent"):
        OnboardingAgent.get_db_id_from_agent_id(other)


def test_units_know_when_they_were_made(db, run):
    now = time.time()
    for unit in Unit.find(db, task_run_id=run.id):
        assert now - 60 < unit.creation_date.timestamp() <= now
        assert unit.get_assignment().creation_date <= unit.creation_date


def live(run):
    return run.operator.get_running_task_runs()[run.id]


def test_a_live_run_leads_to_its_row_and_to_the_plugins_that_it_uses(db, launch):
    state = SharedStaticTaskState(task_config={"a": 1})
    run = launch(task_name="going on", shared_state=state)
    going = live(run)
    assert going.task_run.db_id == run.id
    assert going.task_run.get_task().task_name == "going on"
    assert going.qualifications == []
    chosen = [going.blueprint, going.architect, going.provider]
    assert [each.name for each in chosen] == ["static_task", "local", "mock"]
    for kind, each in zip(("blueprint", "architect", "provider"), chosen, strict=True):
        assert type(each.plugin) is plugins.load(kind, each.name)
        assert getattr(going, kind).plugin is each.plugin
        assert isinstance(each.config, plugins.load(kind, each.name).Config)
    assert going.blueprint.shared_state is state
    assert going.blueprint.config.units_per_assignment == 1
    assert going.task_run.get_blueprint().plugin is not going.blueprint.plugin
    assert vars(going.architect.plugin)  # the instance that deployed: it holds its server


def test_a_live_run_says_whether_it_was_told_to_end_at_once(launch):
    calm, forced = launch(task_name="calm"), launch(task_name="forced")
    assert calm.operator is forced.operator
    ends_calmly, ends_at_once = live(calm), live(forced)
    assert not ends_calmly.force_shutdown
    ends_calmly.end()
    assert (ends_calmly.force_shutdown, ends_at_once.force_shutdown) == (False, False)
    forced.operator.force_shutdown(timeout=20)
    assert ends_at_once.ended.is_set()
    assert (ends_calmly.force_shutdown, ends_at_once.force_shutdown) == (False, True)


def test_the_newest_run_of_a_task_is_found_by_a_configuration(db, run, launch):
    operator = run.operator

    def found(**task):
        return operator.find_previous_task_run(
            {"blueprint": {"_blueprint_type": "static_task"}, "task": task}
        )

    assert found(task_name="people") == db.find_task_runs(is_completed=True)[0]
    assert found(task_name="going on").db_id == run.id
    again = launch(task_name="going on")
    assert found(task_name="going on").db_id == again.id
    assert found(task_name="nobody launched this") is None
    assert found(task_name="???") is found() is None
    unnamed = launch(task_name=None)
    assert found().db_id == unnamed.id
    assert operator.find_previous_task_run(OmegaConf.create({"task": {"task_name": "people"}}))
    with pytest.raises(MephistoError, match="chooses no blueprint"):
        operator.find_previous_task_run({"task": {}})
