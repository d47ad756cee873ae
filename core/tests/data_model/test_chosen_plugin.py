"""What a run chose, made anew for a script: the plugin, and its options as the run had them."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from mephisto import plugins
from mephisto.data_model.task_run import TaskRun
from mephisto.errors import ChecksFailed, MephistoError, PluginNotFound


def test_a_run_gives_its_blueprint_and_provider_with_their_options(db, run_data):
    run = db.find_task_runs()[0]
    blueprint, provider = run.get_blueprint(), run.get_provider()
    assert (blueprint.name, provider.name) == ("static_task", "mock")
    assert isinstance(blueprint.plugin, plugins.load("blueprint", "static_task"))
    assert isinstance(provider.plugin, plugins.load("provider", "mock"))
    assert blueprint.config.units_per_assignment == 2
    assert blueprint.config.data_csv == Path(run.args.blueprint.data_csv)
    assert blueprint.config.preview_source is None
    assert provider.config.requester_name is None


def test_a_relative_path_lies_where_the_run_was_launched(db, launch, tmp_path, monkeypatch):
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path)
    run = launch(task_name="relative", data_csv="data.csv")
    monkeypatch.chdir(tmp_path / "there")
    assert TaskRun.get(db, run.id).get_blueprint().config.data_csv == tmp_path / "data.csv"


def test_a_plugin_that_is_not_installed_any_more_is_named(db, new_crowd):
    terms = new_crowd(db, "old", lambda number: {"n": number}, lambda _: {}).launch(provider="gone")
    with pytest.raises(PluginNotFound, match="no provider 'gone'"):
        TaskRun.get(db, str(terms.run_id)).get_provider()


@pytest.mark.parametrize("as_given", [OmegaConf.create, dict], ids=["DictConfig", "dict"])
def test_a_script_gives_other_options_and_a_shared_state(db, as_given):
    run, state = db.find_task_runs()[0], object()
    changed = OmegaConf.merge(run.args, {"blueprint": {"units_per_assignment": "3"}})
    blueprint = run.get_blueprint(args=as_given(changed), shared_state=state)
    assert (blueprint.config.units_per_assignment, blueprint.shared_state) == (3, state)
    assert blueprint.config.data_csv == Path(run.args.blueprint.data_csv)
    assert run.get_blueprint(run.args).config == run.get_blueprint().config
    assert run.get_blueprint().shared_state is None
    assert not hasattr(run.get_provider(), "shared_state")


def test_values_that_args_name_elsewhere_in_the_configuration_are_found(db):
    run = db.find_task_runs()[0]
    whole = OmegaConf.create({"folder": "/data", "mephisto": run.args})
    whole.mephisto.blueprint.data_csv = "${folder}/data.csv"
    assert run.get_blueprint(whole.mephisto).config.data_csv == Path("/data/data.csv")


def test_other_args_than_those_of_the_blueprint_are_refused(db):
    run = db.find_task_runs()[0]
    with pytest.raises(MephistoError, match="There is no 'blueprint' in them"):
        run.get_blueprint({"mephisto": run.args})
    with pytest.raises(MephistoError, match="choose the blueprint 'another'"):
        run.get_blueprint({"blueprint": {"_blueprint_type": "another"}})
    wrong = {"blueprint": {"units_per_assignment": "many"}}
    with pytest.raises(ChecksFailed, match="units_per_assignment cannot be 'many'"):
        run.get_blueprint(OmegaConf.merge(run.args, wrong))
