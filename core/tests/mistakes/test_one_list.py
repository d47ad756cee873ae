"""Once a configuration composes, all that is wrong comes in one list, wherever it is wrong, and nothing is created."""

import subprocess
import sys

import pytest

from mephisto.data_model.database import LocalMephistoDB
from mephisto.errors import ChecksFailed, StoreError
from mephisto.operations.operator import Operator

SCRIPT = """
from dataclasses import dataclass

from mephisto import ProviderArgs, RequesterArgs, arg
from mephisto.tools.scripts import task_script
from mephisto_blueprint_static import SharedStaticTaskState
from mephisto_provider_mock import MockProvider

@dataclass
class PaidArgs(ProviderArgs):
    _provider_type: str = "paid"

@dataclass
class PaidRequesterArgs(RequesterArgs):
    key: str = arg("What the account is opened with.", required=True)

class PaidProvider(MockProvider):
    Config = PaidArgs
    RequesterConfig = PaidRequesterArgs

@task_script(default_config_file="example", plugins=[PaidProvider])
def main(operator, cfg):
    operator.launch_task_run_or_die(cfg.mephisto, SharedStaticTaskState(worker_can_do_unit=7))

main()
"""
WRONG = (
    "mephisto.blueprint.task_source=gone.html",
    "mephisto.architect.port=99999",
    "mephisto.task.task_reward=-1",
    "mephisto.task.submission_timeout=5",
)


@pytest.fixture
def elsewhere(researcher, monkeypatch):
    """What is temporary goes into a folder of the test's own, which is looked at like all others."""
    folder = researcher.data.parent / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def refused(researcher, *command):
    """Run a command in a process of its own; return its exit status and what is wrong, and check that nothing was made."""
    before = researcher.kept()
    done = subprocess.run(
        [sys.executable, *command], cwd=researcher.folder, capture_output=True, text=True, check=False
    )
    assert researcher.kept() == before, "Something was created."
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    numbered = [line.partition(". ")[2] for line in lines if line[:1].isdigit()]
    assert lines[0] == (
        f"Error: {len(numbered)} things are wrong with this configuration. Nothing was created."
    )
    return done.returncode, numbered


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_of_a_run_script(researcher, elsewhere, flags):
    """The data directory, the account and the functions of the script stand among what the options get wrong."""
    file = researcher.write("notes.txt", "mine")
    script = researcher.write("run.py", SCRIPT)
    words = ["mephisto/provider=paid", f"mephisto.datapath={file}/data", *WRONG]
    status, found = refused(researcher, str(script), *words, *flags)
    assert status == 2
    assert found == [
        "worker_can_do_unit of the shared state is 7.",
        "mephisto.blueprint.task_source does not exist.",
        "mephisto.architect.port is 99999.",
        "No account is registered with the provider 'paid'.",
        "mephisto.task.submission_timeout is set to 5.",
        "mephisto.task.task_reward is -1.",
        f"The data directory {file / 'data'} cannot be made.",
    ]


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_of_mephisto_launch(researcher, elsewhere, flags):
    """A database that is not ours is left as it is, and one of the list, too."""
    researcher.data.mkdir()
    (researcher.data / "mephisto.db").write_text("something else")
    command = ["-c", "from mephisto.cli import main; main()", "launch", "conf=example", *WRONG, *flags]
    status, found = refused(researcher, *command)
    assert status == 2
    assert found == [
        "mephisto.blueprint.task_source does not exist.",
        "mephisto.architect.port is 99999.",
        "mephisto.task.submission_timeout is set to 5.",
        "mephisto.task.task_reward is -1.",
        f"{researcher.data / 'mephisto.db'} is not a database.",
    ]
    assert (researcher.data / "mephisto.db").read_text() == "something else"


def test_of_an_operator_that_a_notebook_makes(researcher):
    file = researcher.write("notes.txt", "mine")
    config = {
        "blueprint": {
            "_blueprint_type": "static_task",
            "data_csv": str(researcher.folder / "data.csv"),
            "task_source": str(researcher.folder / "page.html"),
        },
        "architect": {"_architect_type": "local", "port": 0},
        "provider": {"_provider_type": "mock"},
        "task": {"task_title": "T", "task_description": "D", "task_reward": -1, "task_tags": "a"},
    }
    operator = Operator(LocalMephistoDB(file / "data"))
    with pytest.raises(ChecksFailed, match=r"task_reward is -1(.|\n)*notes\.txt is a file") as caught:
        operator.launch_task_run_or_die(config)
    assert len(caught.value.problems) == 2
    config["task"]["task_reward"] = 0
    with pytest.raises(StoreError, match=r"^The data directory .* cannot be made"):
        operator.launch_task_run_or_die(config)
    operator.shutdown()


def test_what_is_missing_or_not_built_yet_hides_nothing_else(researcher):
    text = (researcher.folder / "hydra_configs/conf/example.yaml").read_text()
    researcher.write("hydra_configs/conf/nameless.yaml", text.replace("task_title:", "task_name:"))
    words = [
        *WRONG[2:],
        "mephisto.blueprint.task_source_review=x.html",
        "mephisto.blueprint.data_csv=gone.csv",
    ]
    refusal = researcher.refused("conf=nameless", *words)
    assert [problem[0] for problem in refusal.problems] == [
        "mephisto.blueprint.task_source_review is set to 'x.html'.",
        "mephisto.blueprint.data_csv does not exist.",
        "mephisto.task.task_title is missing.",
        "mephisto.task.submission_timeout is set to 5.",
        "mephisto.task.task_reward is -1.",
    ]
