"""A launch that fails on its way undoes what it did, says so, and leaves nothing that the next launch trips over."""

import logging

import pytest
import requests
from sqlalchemy import select

from mephisto import hookimpl
from mephisto.data_model.database import LocalMephistoDB
from mephisto.errors import MephistoError
from mephisto.model import task_runs, units
from mephisto.operations import opening
from mephisto.operations.operator import Operator
from mephisto.plugins import register, unregister
from mephisto.qualification_rules import QUAL_EXISTS, QUAL_NOT_EXIST, make_qualification_dict
from mephisto.testing.stand_ins import LoopbackArchitect, OpenProvider, PlainBlueprint

NAME = "failing"


class Deploying(LoopbackArchitect):
    """Notes where it deployed, and how often it was told to shut down."""

    urls = []  # noqa: RUF012 - cleared by the fixture
    shutdowns = []  # noqa: RUF012 - likewise

    @hookimpl
    def architect_deploy(self, site, desk):
        deployed = super().architect_deploy(site, desk)
        self.urls.append(deployed.url)
        return deployed

    @hookimpl
    def architect_shutdown(self):
        self.shutdowns.append(True)
        super().architect_shutdown()


class FailsInBuild(PlainBlueprint):
    @hookimpl
    def blueprint_build(self, public):
        raise RuntimeError("the page is gone")


class FailsInTasks(PlainBlueprint):
    @hookimpl
    def blueprint_tasks(self):
        raise RuntimeError("the data is gone")


class FailsInAdapter(OpenProvider):
    @hookimpl
    def provider_adapter(self):
        raise RuntimeError("the script is gone")


class FailsInDeploy(LoopbackArchitect):
    @hookimpl
    def architect_deploy(self, site, desk):
        raise RuntimeError("the host is gone")


class FailsInLinks(OpenProvider):
    @hookimpl
    def provider_links(self, url):
        yield from ()
        raise RuntimeError("the link is gone")


class FailsInShutdown(Deploying):
    @hookimpl
    def architect_shutdown(self):
        super().architect_shutdown()
        raise RuntimeError("it does not stop")


@pytest.fixture
def db(tmp_path):
    Deploying.urls.clear()
    Deploying.shutdowns.clear()
    opened = LocalMephistoDB(tmp_path)
    yield opened
    opened.shutdown()
    for kind in ("blueprint", "architect", "provider"):
        unregister(kind, NAME)


@pytest.fixture
def operator(db):
    made = Operator(db)
    yield made
    made.shutdown()


def configuration(blueprint=PlainBlueprint, architect=Deploying, provider=OpenProvider):
    for kind, plugin in (("blueprint", blueprint), ("architect", architect), ("provider", provider)):
        register(kind, NAME, plugin)
    task = {
        "task_title": "T",
        "task_description": "D",
        "task_reward": 0.1,
        "task_tags": "t",
        "task_name": "n",
    }
    return {kind: {f"_{kind}_type": NAME} for kind in ("blueprint", "architect", "provider")} | {"task": task}


def rows(db):
    with db.store.read() as connection:
        return list(
            connection.execute(select(task_runs.c.status, task_runs.c.end_reason, task_runs.c.ended_at))
        )


STEPS = [
    ({"blueprint": FailsInBuild}, "the page is gone", 0),
    ({"provider": FailsInAdapter}, "the script is gone", 0),
    ({"architect": FailsInDeploy}, "the host is gone", 0),
    ({"blueprint": FailsInTasks}, "the data is gone", 1),
    ({"provider": FailsInLinks}, "the link is gone", 1),
]


@pytest.mark.parametrize(("plugins", "why", "deployed"), STEPS)
def test_whichever_step_fails_it_is_named_and_what_was_done_is_undone(
    db, operator, plugins, why, deployed, tmp_path, caplog
):
    caplog.set_level(logging.INFO, "mephisto")
    with pytest.raises(MephistoError, match=why) as failure:
        operator.launch_task_run_or_die(configuration(**plugins))
    ((status, reason, ended_at),) = rows(db)
    assert status == "failed"
    assert why in reason
    assert ended_at is not None
    assert len(Deploying.urls) == len(Deploying.shutdowns) == deployed
    for url in Deploying.urls:
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=5)
    (folder,) = (tmp_path / "runs").iterdir()
    assert [path.name for path in folder.iterdir()] == ["run.log"]
    assert "failed on its way" in (folder / "run.log").read_text(encoding="utf-8")
    assert operator.get_running_task_runs() == {}
    assert operator.exit_status == 1
    assert "What it had done was undone; it is kept as failed." in caplog.text
    assert "Traceback" not in f"{failure.value}{caplog.text}"


@pytest.mark.parametrize("nothing", [None, [], "cfg"])
def test_what_is_no_configuration_launches_nothing_and_says_what_to_hand_over(operator, nothing, caplog):
    assert operator.launch_task_run(nothing) is None
    assert "Hand over cfg.mephisto" in caplog.text


@pytest.mark.parametrize(("plugins", "why", "deployed"), STEPS)
def test_the_next_launch_is_as_if_there_had_been_none(db, operator, plugins, why, deployed):
    assert operator.launch_task_run(configuration(**plugins)) is None
    run_id = operator.launch_task_run_or_die(configuration())
    assert operator.get_running_task_runs()[run_id].look().left == 1
    assert [status for status, _, _ in rows(db)] == ["failed", "live"]


def test_no_unit_of_a_failed_launch_stays_open(db, operator):
    with pytest.raises(MephistoError):
        operator.launch_task_run_or_die(configuration(provider=FailsInLinks))
    with db.store.read() as connection:
        assert set(connection.execute(select(units.c.status)).scalars()) <= {"expired"}


def test_an_undo_that_fails_too_is_named_and_the_others_are_taken(db, operator, caplog):
    with pytest.raises(MephistoError, match="the link is gone"):
        operator.launch_task_run_or_die(configuration(provider=FailsInLinks, architect=FailsInShutdown))
    assert rows(db)[0].status == "failed"
    assert "Could not take down the server" in caplog.text
    assert "undone as far as possible, see above" in caplog.text


@pytest.mark.parametrize("step", ["build_site", "Feeder"])
def test_a_failure_of_our_own_is_undone_like_a_plugins(db, operator, step, monkeypatch):
    def fail(*_, **__):
        raise OSError("the disk is full")

    monkeypatch.setattr(opening, step, fail)
    with pytest.raises(MephistoError, match="OSError: the disk is full") as failure:
        operator.launch_task_run_or_die(configuration())
    assert "was undone" in str(failure.value)
    assert rows(db)[0].status == "failed"
    assert len(Deploying.urls) == len(Deploying.shutdowns)


def test_an_interrupted_launch_is_undone_too(db, operator, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(opening, "Feeder", interrupt)
    with pytest.raises(KeyboardInterrupt):
        operator.launch_task_run_or_die(configuration())
    assert rows(db)[0].status == "failed"
    assert len(Deploying.shutdowns) == 1


def test_what_is_refused_before_the_first_step_leaves_no_row(db, operator, caplog):
    wrong = configuration()
    wrong["task"]["task_reward"] = -1
    with pytest.raises(MephistoError, match="Nothing was created"):
        operator.launch_task_run_or_die(wrong)
    assert not db.store.path.exists(), "Not even a database was made."
    assert operator.exit_status == 2
    assert "undone" not in caplog.text


def test_a_launch_after_shutting_down_is_refused_and_the_script_ends_with_a_failure(operator):
    operator.shutdown()
    assert operator.exit_status == 0
    assert operator.launch_task_run(configuration()) is None
    assert operator.exit_status == 1


def test_older_scripts_launch_under_the_name_that_they_know(db, operator):
    run_id = operator.validate_and_run_config(run_config=configuration(), shared_state=None)
    assert run_id in operator.get_running_task_runs()
    wrong = configuration()
    wrong["task"]["task_reward"] = -1
    assert operator.validate_and_run_config(wrong) is None
    with pytest.raises(MephistoError):
        operator.validate_and_run_config_or_die(wrong)


def test_a_requirement_for_other_providers_is_named_when_it_is_left_out(house, rows_state, caplog):
    """A provider that is misspelled would else let in everybody."""
    caplog.set_level(logging.INFO, "mephisto")
    state = rows_state()
    state.qualifications = [
        make_qualification_dict("trained", QUAL_EXISTS, None, ["mokc"]),
        make_qualification_dict("banned", QUAL_NOT_EXIST, None, ["mock"]),
    ]
    house.launch(state=state)
    assert "Not asked for in this run: trained, which is for workers of mokc." in caplog.messages
    assert "banned" not in caplog.text
    assert house.browser().ask()["agent_id"]
