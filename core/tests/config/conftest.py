"""A researcher's folder: a run script, its YAML files, a home directory; composed here or run as a process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from omegaconf import DictConfig

from mephisto import ArchitectArgs, Deployed, arg, hookimpl
from mephisto.composing import composition
from mephisto.errors import MephistoError
from mephisto.operations.hydra_config import TaskConfig, build_default_task_config
from mephisto.plugins import register, unregister

EXAMPLE = """\
#@package _global_
defaults:
  - /mephisto/blueprint: static_task
  - /mephisto/architect: local
  - /mephisto/provider: mock
mephisto:
  blueprint:
    data_csv: ${task_dir}/data.csv
    task_source: ${task_dir}/server_files/demo_task.html
    units_per_assignment: 2
  task:
    task_name: html-static-task-example
    task_title: "Test static task"
    task_description: "This is a simple test of static tasks."
    task_reward: 0.3
    task_tags: "static,task,testing"
"""

SCRIPT = """\
from mephisto.tools.scripts import task_script
from omegaconf import OmegaConf


@task_script(default_config_file="example")
def main(operator, cfg):
    print(OmegaConf.to_yaml(cfg, resolve=True))


main()
"""


@dataclass
class OtherArgs(ArchitectArgs):
    _architect_type: str = "other"
    region: str = arg("Where it stands.", "here")


class OtherArchitect:
    Config = OtherArgs

    @hookimpl
    def architect_deploy(self) -> Deployed:
        return Deployed("http://other")

    @hookimpl
    def architect_shutdown(self) -> None:
        """Nothing was taken."""


@dataclass
class Folder:
    path: Path
    home: Path

    def write(self, name: str, text: str) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
        return file

    def conf(self, name: str, text: str) -> Path:
        return self.write(f"hydra_configs/conf/{name}.yaml", text)

    def compose(self, *words: str, config: type[TaskConfig] | None = None) -> DictConfig:
        shape = config or build_default_task_config("example")
        with composition.hydra(shape, str(self.path / "hydra_configs"), "run") as hydra:
            return composition.compose(hydra, words)

    def refusal(self, *words: str, config: type[TaskConfig] | None = None) -> MephistoError:
        with pytest.raises(MephistoError) as caught:
            self.compose(*words, config=config)
        return caught.value

    def run(self, *words: str, script: str = SCRIPT, **variables: str) -> subprocess.CompletedProcess[str]:
        self.write("run.py", script)
        return subprocess.run(
            [sys.executable, "run.py", *words],
            cwd=self.path,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    made = Folder(tmp_path / "task", tmp_path / "home")
    made.home.mkdir()
    made.conf("example", EXAMPLE)
    monkeypatch.setattr(sys, "argv", [str(made.path / "run.py")])
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(made.home))
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(tmp_path / "data"))
    return made


@pytest.fixture
def other_architect() -> Iterator[type[Any]]:
    register("architect", "other", OtherArchitect)
    yield OtherArchitect
    unregister("architect", "other")
