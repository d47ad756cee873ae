"""Run scripts as processes."""

import os
import re
from pathlib import Path

import pytest

from mephisto import plugins
from mephisto.errors import ConfigError, PluginMisuse
from mephisto.operations.hydra_config import build_default_task_config
from mephisto.tools.command_line import parser
from mephisto.tools.scripts import _register, task_script


def test_the_script_gets_its_configuration_and_leaves_nothing_behind(folder, tmp_path):
    answer = folder.run("mephisto.architect.port=1234")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "port: 1234" in answer.stdout
    assert f"task_dir: {folder.path}" in answer.stdout
    assert {each.name for each in folder.path.iterdir()} == {"run.py", "hydra_configs"}
    assert not (tmp_path / "data").exists()


WHERE = """\
import logging, os
from pathlib import Path
from hydra.core.hydra_config import HydraConfig
from mephisto.tools.scripts import task_script

@task_script(default_config_file="example")
def main(operator, cfg):
    logging.getLogger("mephisto.x").info("seen")
    logging.getLogger("mephisto.x").debug("more")
    logging.getLogger("mine").debug("unseen")
    folder = Path(HydraConfig.get().runtime.output_dir)
    (folder / "mine.txt").write_text("kept")
    print(os.getcwd(), type(operator).__name__, folder)
    return 7

print("returned", main())
"""


def test_the_working_directory_stays_and_the_runs_folder_is_below_the_data_directory(folder, tmp_path):
    answer = folder.run("mephisto.log_level=DEBUG", script=WHERE)
    assert answer.returncode == 0, answer.stderr
    (kept,) = (tmp_path / "data" / "runs").iterdir()
    assert f"{folder.path} Operator {kept}" in answer.stdout
    assert [each.name for each in kept.iterdir()] == ["mine.txt"]
    assert "returned 7" in answer.stdout
    assert "][mephisto.x][INFO] - seen" in answer.stdout
    assert "][mephisto.x][DEBUG] - more" in answer.stdout
    assert "unseen" not in answer.stdout


def test_a_warning_about_a_file_looks_like_the_other_lines_of_the_log(folder):
    text = (folder.path / "hydra_configs/conf/example.yaml").read_text().replace("- /mephisto", "- mephisto")
    file = folder.conf("example", text)
    for words in [(), ("mephisto.architect.prot=1",)]:  # whether or not it composes
        answer = folder.run(*words)
        (warning,) = [line for line in answer.stderr.splitlines() if "older form" in line]
        assert re.fullmatch(
            rf"\[[-0-9: ,]+\]\[mephisto\S*\]\[WARNING\] - {re.escape(str(file))} is in an older form.*",
            warning,
        )
    shown = folder.run("--cfg", "job")
    assert shown.stdout.startswith("mephisto:")
    assert shown.stderr.count("older form") == 1


def test_the_datapath_takes_the_place_of_the_data_directory(folder, tmp_path):
    answer = folder.run("+mephisto.datapath=here", script=WHERE)
    assert answer.returncode == 0, answer.stderr
    assert f"Operator {folder.path / 'here' / 'runs'}{os.sep}" in answer.stdout
    assert (folder.path / "here" / "runs").is_dir()
    assert not (tmp_path / "data").exists()


def test_cfg_help_and_info_launch_nothing(folder, tmp_path):
    shown = folder.run("--cfg", "job", "-p", "mephisto.architect", "mephisto.architect.port=5")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "port: 5" in shown.stdout
    helped = folder.run("--help")
    assert helped.returncode == 0
    for part in [
        "conf=my_config",
        "mephisto.architect.port=1234",
        "mephisto wut",
        "mephisto/architect: local",
        "units_per_assignment: 2",
    ]:
        assert part in helped.stdout
    informed = folder.run("--info", "searchpath")
    assert informed.returncode == 0
    assert "hydra_configs" in informed.stdout
    assert not (tmp_path / "data").exists()


def test_a_mistake_is_three_lines_without_a_traceback(folder, tmp_path):
    answer = folder.run("mephisto.architect.prot=1")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith(
        "Error: There is no option 'mephisto.architect.prot'. Did you mean 'port'?\n"
    )
    assert len(answer.stderr.splitlines()) == 3
    assert not (tmp_path / "data").exists()


def test_debug_shows_the_traceback(folder):
    answer = folder.run("mephisto.architect.prot=1", "--debug")
    assert answer.returncode == 2
    assert "Traceback" in answer.stderr
    assert "Error: There is no option" in answer.stderr


@pytest.mark.parametrize("word", ["--multirun", "-m"])
def test_multirun_is_refused_with_its_reason(folder, word):
    answer = folder.run(word, "mephisto.architect.port=1,2")
    assert answer.returncode == 2
    assert answer.stderr.startswith("Error: --multirun is refused.\nEvery job would be a live run")


BODY = """\
from mephisto.tools.scripts import task_script

@task_script(default_config_file="example")
def main(operator, cfg):
    {body}

main()
"""


def test_the_researchers_own_exception_keeps_its_traceback_without_hydras_frames(folder):
    answer = folder.run(script=BODY.format(body='raise ValueError("mine")'))
    assert answer.returncode == 1
    assert "ValueError: mine" in answer.stderr
    assert 'run.py", line 5, in main' in answer.stderr
    assert "site-packages/hydra" not in answer.stderr
    assert "Error executing job" not in answer.stderr


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("raise KeyboardInterrupt", 130),
        ("raise SystemExit(5)", 5),
        ("operator._failure = 1", 1),
        ("from mephisto.errors import LaunchError; raise LaunchError('It failed.')", 1),
    ],
)
def test_exit_status(folder, body, status):
    answer = folder.run(script=BODY.format(body=body))
    assert answer.returncode == status
    assert "Traceback" not in answer.stderr


def test_a_launch_that_was_refused_ends_the_process_with_status_2(folder):
    answer = folder.run(script=BODY.format(body="operator.launch_task_run(cfg.mephisto)"))
    assert answer.returncode == 2
    assert "data_csv" in answer.stdout


OWN = """\
from dataclasses import dataclass
from typing import Any
from mephisto import BlueprintArgs, arg, hookimpl
from mephisto.operations.hydra_config import build_default_task_config
from mephisto.tools.scripts import task_script


@dataclass
class MineArgs(BlueprintArgs):
    _blueprint_type: str = "mine"
    question: str = arg("What is asked.", "Why?")


class Mine:
    Config = MineArgs

    @hookimpl
    def blueprint_tasks(self, config): ...

    @hookimpl
    def blueprint_build(self, config, public): ...


@dataclass
class MyTaskConfig(build_default_task_config("example")):
    custom_args: Any = 4


@task_script(config=MyTaskConfig, config_path="configs", plugins=[Mine])
def main(operator, cfg):
    print(cfg.mephisto.blueprint._blueprint_type, cfg.mephisto.blueprint.question, cfg.custom_args)


main()
"""


def test_a_blueprint_and_fields_of_the_scripts_own(folder):
    folder.write(
        "configs/conf/example.yaml",
        "# @package _global_\n"
        "defaults:\n  - /mephisto/blueprint: mine\n  - /mephisto/architect: local\n  - /mephisto/provider: mock\n",
    )
    answer = folder.run("custom_args=9", script=OWN)
    assert (answer.stdout, answer.stderr) == ("mine Why? 9\n", "")


def test_a_class_without_a_name_or_of_no_kind_is_no_plugin(other_architect):
    from mephisto import ArchitectArgs

    class Nameless(other_architect):
        Config = ArchitectArgs

    with pytest.raises(PluginMisuse, match="has no name"):
        _register(Nameless)
    with pytest.raises(PluginMisuse, match="is no plugin"):
        _register(Path)


@pytest.mark.parametrize("arguments", [{}, {"config": print}, {"config": int}])
def test_a_script_without_a_configuration_is_refused_at_once(arguments):
    with pytest.raises(ConfigError, match="has no configuration"):
        task_script(**arguments)


def test_decorating_changes_nothing_yet(folder):
    before = set(plugins.installed("blueprint"))

    @task_script(config=build_default_task_config("example"), plugins=[Path])
    def main(operator, cfg):
        """What it does."""

    assert (main.__name__, main.__doc__) == ("main", "What it does.")
    assert set(plugins.installed("blueprint")) == before


def test_flags_stand_anywhere_among_the_overrides():
    words = parser("run.py").parse_intermixed_args(["a=1", "--cfg", "job", "b=2", "--debug"])
    assert (words.overrides, words.cfg, words.debug) == (["a=1", "b=2"], "job", True)


def test_every_flag_has_a_help_that_argparse_can_print():
    reader = parser("run.py")
    formatter = reader._get_formatter()
    for action in reader._actions:
        assert formatter._expand_help(action)
