"""What is asked often starts fast: nothing heavy is imported by the command line's help, by wut, or by a front door."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mephisto.cli import COMMANDS

ROOT = Path(__file__).parents[1]
HEAVY = {"boto3", "cheroot", "flask", "hydra", "omegaconf", "requests", "sqlalchemy", "sqlmodel"}
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/src/*/__init__.py"))

COMMAND = """
import sys
from mephisto.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules, file=sys.stderr)
"""
IMPORT = """
import sys
from importlib import import_module
module = import_module(sys.argv[1])
for name in dir(module):
    getattr(module, name)
print(*sys.modules, file=sys.stderr)
"""


def imported(program, *arguments):
    """Return the top-level packages that a fresh process has imported when *program* is done."""
    result = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "MEPHISTO_CONFIG_DIR": str(ROOT / "no-settings")},
    )
    assert result.returncode == 0, result.stderr
    return {name.partition(".")[0] for name in result.stderr.split()}


def test_there_are_plugins_to_look_at():
    assert {"mephisto_architect_local", "mephisto_blueprint_static", "mephisto_provider_mock"} <= set(PLUGINS)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["config"], *([command, "--help"] for command in COMMANDS)],
)
def test_the_help_needs_neither_the_heavy_nor_tables(arguments):
    assert not imported(COMMAND, *arguments) & (HEAVY | {"rich"})


@pytest.mark.parametrize(
    "arguments",
    [["wut"], ["wut", "architect=local"], ["wut", "blueprint=static_task"], ["wut", "task"], ["plugins"]],
)
def test_tables_of_options_need_nothing_heavy(arguments):
    assert not imported(COMMAND, *arguments) & HEAVY


@pytest.mark.parametrize("arguments", [["wut", "architect"], ["wut", "--json", "architect=local"]])
def test_lists_and_json_need_no_tables(arguments):
    assert not imported(COMMAND, *arguments) & (HEAVY | {"rich"})


@pytest.mark.parametrize("module", ["mephisto", "mephisto.hookspecs", "mephisto.plugins", *PLUGINS])
def test_a_front_door_with_all_its_names_is_light(module):
    assert not imported(IMPORT, module) & (HEAVY | {"click", "rich"})


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugins_front_door_opens_no_other_plugin(plugin):
    assert {name for name in imported(IMPORT, plugin) if name.startswith("mephisto_")} == {plugin}
