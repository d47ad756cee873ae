"""A plugin from a wheel that was built in another folder: installing it is all that its registration takes."""

import json
import subprocess
import sys
import sysconfig
import venv
from importlib.util import find_spec
from pathlib import Path

import pytest

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "attic-for-mephisto"
version = "4.5"
dependencies = ["mephisto-core>=0.1"]

[project.entry-points."mephisto.architect"]
attic = "attic_for_mephisto:AtticArchitect"

[tool.hatch.build.targets.wheel]
only-include = ["attic_for_mephisto.py"]
"""

PLUGIN = '''
"""Serve tasks from the attic."""

from dataclasses import dataclass

from mephisto import ArchitectArgs, Deployed, arg, hookimpl


@dataclass
class AtticArgs(ArchitectArgs):
    _architect_type: str = "attic"
    ladder: str = arg("Address at which the attic is reached.", "127.0.0.1")


class AtticArchitect:
    Config = AtticArgs
    server = None

    @hookimpl
    def architect_deploy(self, config, site, desk):
        from mephisto.web import create_app, serve

        self.server = serve(create_app(site, desk), config.ladder, 0)
        return Deployed(self.server.url)

    @hookimpl
    def architect_shutdown(self):
        if self.server:
            self.server.stop()
'''

CONFORMANCE = """
from mephisto.testing import ArchitectTests


class TestAttic(ArchitectTests):
    name = "attic"
"""

SCRIPT = """
import sys

from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.operator import Operator
from mephisto.testing.worker import Worker

folder = sys.argv[1]
database = LocalMephistoDB(f"{folder}/data")
operator = Operator(database)
run_id = operator.launch_task_run_or_die({
    "blueprint": {"_blueprint_type": "static_task", "task_source": f"{folder}/task.html", "data_csv": f"{folder}/data.csv"},
    "architect": {"_architect_type": "attic"},
    "provider": {"_provider_type": "mock"},
    "task": {"task_title": "T", "task_description": "D", "task_reward": 0.3, "task_tags": "a"},
})
run = operator.get_running_task_runs()[run_id]
with Worker(run.url, {"worker_name": "x", "agent_registration_id": "1-x"}) as worker:
    worker.open_site()
    print("Loudon" in worker.accept_unit())
    worker.confirm(worker.submit({"rating": 5}))
operator.wait_for_runs_then_shutdown(skip_input=True)
print(run.counts().done, run.reason)
database.shutdown()
"""


def output_of(*command, folder=None):
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the plugin's wheel in a folder of its own."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "attic_for_mephisto.py").write_text(PLUGIN)
    output_of(sys.executable, "-m", "build", "--no-isolation", "--wheel", folder)
    return next((folder / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """Make an environment that has all that this one has, and the wheel; no index could bring the core anew."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=find_spec("pip") is None, symlinks=sys.platform != "win32")
    paths = sysconfig.get_paths("venv", {"base": str(folder), "platbase": str(folder)})
    ours = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    # As a folder of packages, so that what is installed here as editable comes along.
    lines = [f"import site; site.addsitedir({path!r})\n" for path in sorted(ours)]
    Path(paths["purelib"], "all_of_ours.pth").write_text("".join(lines))
    python = Path(paths["scripts"], "python")
    output_of(python, "-m", "pip", "install", "--no-index", "--disable-pip-version-check", wheel)
    return python, Path(paths["purelib"])


@pytest.fixture(scope="module")
def mephisto(environment):
    """Call the command `mephisto` as it is in the environment."""
    python, _ = environment
    return lambda *words: output_of(python, "-c", "from mephisto.cli import main; main()", *words)


def test_the_core_was_not_installed_again(environment):
    _, packages = environment
    assert list(packages.glob("attic_for_mephisto*"))
    assert not list(packages.glob("*mephisto_core*"))
    assert not (packages / "mephisto").exists()


def test_it_is_listed_among_the_plugins(mephisto, environment):
    by_name = {plugin["name"]: plugin for plugin in json.loads(mephisto("plugins", "--json"))}
    assert by_name["attic"] == {
        "kind": "architect",
        "name": "attic",
        "distribution": "attic-for-mephisto",
        "version": "4.5",
        "place": str(environment[1]),
        "hooks": ["architect_deploy", "architect_shutdown"],
        "reason": None,
    }
    assert {"local", "mock", "static_task"} <= by_name.keys()


def test_its_options_are_explained(mephisto):
    (option,) = json.loads(mephisto("wut", "architect=attic", "ladder", "--json"))
    assert option["help"] == "Address at which the attic is reached."
    assert option["from"] == "attic-for-mephisto 4.5"


def test_it_launches(environment, tmp_path):
    python, _ = environment
    (tmp_path / "task.html").write_text("<h1>${name}</h1><input name=rating>")
    (tmp_path / "data.csv").write_text("name\nLoudon\n")
    (tmp_path / "launch.py").write_text(SCRIPT)
    printed = output_of(python, tmp_path / "launch.py", tmp_path)
    assert printed.splitlines() == ["True", "1 all of its units are done"]


def test_its_own_test_of_five_lines_passes(environment, tmp_path):
    python, _ = environment
    (tmp_path / "test_conformance.py").write_text(CONFORMANCE)
    printed = output_of(
        python, "-m", "pytest", "-p", "no:cacheprovider", "test_conformance.py", folder=tmp_path
    )
    assert " passed" in printed
    assert "failed" not in printed
