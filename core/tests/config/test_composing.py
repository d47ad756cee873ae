"""What a configuration is composed of."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from mephisto.operations.hydra_config import (
    RunScriptConfig,
    TaskConfig,
    build_default_task_config,
    register_script_config,
)

TUTORIAL = """\
#hydra_configs/conf/my_config.yaml

#@package _global_
defaults:
  - /mephisto/blueprint: static_task
  - /mephisto/architect: local
  - /mephisto/provider: mock
mephisto:
  blueprint:
    data_csv: ${task_dir}/data_tutorial.csv    # Lets use the tutorial data
    task_source: ${task_dir}/server_files/demo_task.html
    preview_source: ${task_dir}/server_files/demo_preview.html
    extra_source_dir: ${task_dir}/server_files/extra_refs
    units_per_assignment: 1   # And only one unit per assignment, as we're testing as one worker
  task:
    task_name: first-task-tutorial-run  # Let's change the task name
    task_title: "Test static task"
    task_description: "This is a simple test of static tasks."
    task_reward: 0.3
    task_tags: "static,task,testing"
"""


def test_the_defaults_file_is_composed_with_the_options_of_the_chosen_plugins(folder):
    mephisto = folder.compose().mephisto
    assert mephisto.blueprint._blueprint_type == "static_task"
    assert mephisto.architect == {
        "_architect_type": "local",
        "server_type": "flask",
        "server_source_path": "???",
        "hostname": "localhost",
        "port": 3000,
    }
    assert mephisto.provider._provider_type == "mock"
    assert (mephisto.task.task_reward, mephisto.task.task_lifetime_in_seconds) == (0.3, 2_678_400)
    assert (mephisto.log_level, mephisto.database._database_type) == ("info", "singleton")


def test_the_script_reads_paths_as_text_below_its_own_folder(folder):
    config = folder.compose()
    assert config.task_dir == str(folder.path)
    assert config.mephisto.blueprint.data_csv == f"{folder.path}/data.csv"
    assert config.num_tasks == 5


def test_the_tutorials_file_composes_although_another_comment_comes_first(folder):
    folder.conf("my_config", TUTORIAL)
    mephisto = folder.compose("conf=my_config").mephisto
    assert mephisto.task.task_name == "first-task-tutorial-run"
    assert mephisto.blueprint.data_csv == f"{folder.path}/data_tutorial.csv"
    assert mephisto.blueprint.units_per_assignment == 1


@pytest.mark.parametrize(
    "beginning",
    [
        "# @package _global_\n",
        "#@package _global_\n",
        "\n\n# why\n#   @package   _global_\n",
        "#" + "x" * 600 + "\n# @package _global_\n",
        "---\n# @package _global_\n",
        "\ufeff# @package _global_\n",
    ],
)
def test_the_package_counts_wherever_it_stands_in_the_first_comments(folder, beginning):
    folder.conf("my_config", beginning + TUTORIAL.partition("#@package _global_\n")[2])
    assert folder.compose("conf=my_config").mephisto.task.task_name == "first-task-tutorial-run"


def test_overrides_and_groups_come_from_the_command_line(folder, other_architect):
    mephisto = folder.compose(
        "mephisto.architect.port='1234'",
        'mephisto.task.task_tags="a,b"',
        "mephisto.task.allowed_concurrent=1",
    ).mephisto
    assert (mephisto.architect.port, mephisto.task.task_tags, mephisto.task.allowed_concurrent) == (
        1234,
        "a,b",
        1,
    )
    chosen = folder.compose("mephisto/architect=other", "mephisto.architect.region=there").mephisto.architect
    assert (chosen._architect_type, chosen.region, "port" in chosen) == ("other", "there", False)


def test_fields_of_ones_own(folder):
    @dataclass
    class MyTaskConfig(build_default_task_config("example")):
        custom_args: Any = 4

    assert folder.compose(config=MyTaskConfig).custom_args == 4
    assert folder.compose("custom_args=9", config=MyTaskConfig).custom_args == 9
    folder.conf("mine", EXTENDED)
    assert folder.compose("conf=mine", config=MyTaskConfig).custom_args == "five"


EXTENDED = """\
# @package _global_
defaults:
  - example
custom_args: five
"""


def test_an_added_key_of_the_scripts_own_is_hydras_to_allow(folder):
    assert folder.compose("+mine=3").mine == 3


def test_the_name_of_a_file_may_carry_its_ending(folder):
    config = folder.compose(config=build_default_task_config("example.yaml"))
    assert config.mephisto.task.task_name == "html-static-task-example"
    folder.conf("my_config", TUTORIAL)
    assert folder.compose("conf=my_config.yaml").mephisto.blueprint.units_per_assignment == 1


@pytest.mark.parametrize("word", ["mephisto.datapath=elsewhere", "+mephisto.datapath=elsewhere"])
def test_the_datapath_is_set_with_or_without_a_plus(folder, word):
    assert folder.compose(word).mephisto.datapath == "elsewhere"


PROFILE = """\
# what I use on this machine
# @package _global_
mephisto:
  architect:
    port: 4567
"""

SWAP = """\
# @package _global_
defaults:
  - override /mephisto/architect: other
mephisto:
  architect:
    region: there
"""


def test_a_profile_from_beside_the_script(folder):
    folder.write("hydra_configs/profile/mine.yaml", PROFILE)
    assert folder.compose("+profile=mine").mephisto.architect.port == 4567


def test_a_profile_from_the_home_directory(folder):
    (folder.home / ".mephisto/hydra_configs/profile").mkdir(parents=True)
    (folder.home / ".mephisto/hydra_configs/profile/mine.yaml").write_text(PROFILE)
    assert folder.compose("+profile=mine").mephisto.architect.port == 4567


@pytest.mark.parametrize("at_home", [True, False])
def test_a_profile_swaps_a_kind(folder, other_architect, at_home):
    place = folder.home / ".mephisto/hydra_configs" if at_home else folder.path / "hydra_configs"
    (place / "profile").mkdir(parents=True)
    (place / "profile/swap.yaml").write_text(SWAP)
    architect = folder.compose("+profile=swap").mephisto.architect
    assert (architect._architect_type, architect.region) == ("other", "there")


def test_of_the_home_directory_only_profiles_are_read(folder):
    (folder.home / ".mephisto/hydra_configs/conf").mkdir(parents=True)
    (folder.home / ".mephisto/hydra_configs/conf/hidden.yaml").write_text(EXTENDED)
    assert "'hidden'" in str(folder.refusal("conf=hidden"))


def test_existing_files_that_name_a_logging_of_this_name_compose(folder):
    folder.conf(
        "old",
        EXTENDED.replace(
            "  - example\n", "  - example\n  - override /hydra/job_logging: mephisto_default\n"
        ).partition("custom")[0],
    )
    assert folder.compose("conf=old").hydra.job_logging.root.handlers == ["console"]


def test_a_group_of_the_researchers_own_builds_on_a_plugin(folder):
    folder.write("hydra_configs/mephisto/architect/mine.yaml", "defaults:\n  - local\nport: 9\n")
    architect = folder.compose("mephisto/architect=mine").mephisto.architect
    assert (architect._architect_type, architect.port) == ("local", 9)


def test_hydra_keeps_no_files_beside_the_script(folder):
    config = folder.compose()
    assert OmegaConf.is_missing(config.hydra.run, "dir")
    assert config.hydra.job_logging.handlers.keys() == {"console"}


COMPOSE = """
import json, sys
from mephisto.errors import ConfigError
from mephisto.composing import composition
from mephisto.operations.hydra_config import build_default_task_config
with composition.hydra(build_default_task_config("example"), sys.argv[1], "run") as hydra:
    try:
        composition.compose(hydra, [])
    except ConfigError as error:
        assert "No blueprint is chosen" in str(error)
print(json.dumps(sorted(sys.modules)))
"""


def test_only_the_chosen_plugins_are_imported(folder):
    folder.conf("example", "# @package _global_\ndefaults:\n  - /mephisto/provider: mock\n")
    words = [sys.executable, "-c", COMPOSE, str(folder.path / "hydra_configs")]
    answer = subprocess.run(words, capture_output=True, text=True, check=True)
    modules = set(json.loads(answer.stdout))
    assert "mephisto_provider_mock" in modules
    assert not {"mephisto_blueprint_static", "mephisto_architect_local"} & modules
    assert not {"flask", "cheroot", "sqlmodel", "sqlalchemy"} & modules


def test_importing_what_scripts_import_is_light():
    program = "import sys, mephisto.tools.scripts, mephisto.operations.hydra_config; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"flask", "sqlmodel", "hydra", "omegaconf", "cheroot"} & set(answer.stdout.split())


def test_older_names_of_the_script_configuration(folder):
    from hydra.core.config_store import ConfigStore

    assert RunScriptConfig is TaskConfig
    register_script_config("older", TaskConfig)
    assert ConfigStore.instance().load("older.yaml").node.num_tasks == 5


def test_the_task_directory_is_absolute_when_the_script_is_called_by_a_relative_path(folder, monkeypatch):
    monkeypatch.chdir(folder.path)
    monkeypatch.setattr(sys, "argv", ["./sub/../run.py"])
    assert Path(folder.compose().task_dir) == folder.path
