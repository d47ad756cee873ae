"""What a run chose, made anew for a script: the plugin, and its options as the run had them."""

from pathlib import Path

import pytest

from mephisto import plugins
from mephisto.data_model.task_run import TaskRun
from mephisto.errors import PluginNotFound


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
