"""A researcher who launches from a folder of their own, in this process, and reads what comes back."""

import logging
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from mephisto.cli import cli
from mephisto.operations.operator import Operator

EXAMPLE = """\
# @package _global_
defaults:
  - /mephisto/blueprint: static_task
  - /mephisto/architect: local
  - /mephisto/provider: mock
mephisto:
  architect:
    port: 0
  blueprint:
    data_csv: ${task_dir}/data.csv
    task_source: ${task_dir}/page.html
  task:
    task_title: "Rate a character"
    task_description: "Say how good it is."
    task_reward: 0.3
    task_tags: "rating"
"""


@dataclass
class Refusal:
    """What a launch that was refused printed."""

    status: int
    text: str

    @property
    def problems(self) -> list[list[str]]:
        """The problems of a list, each as its lines: what, why, what to do."""
        found: list[list[str]] = []
        for line in self.text.splitlines()[1:]:
            if line.startswith("   ") and found:
                found[-1].append(line.strip())
            else:
                found.append([line.partition(". ")[2]])
        return found


@dataclass
class Researcher:
    folder: Path
    data: Path

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
        return path

    def launch(self, *words: str) -> Refusal:
        result = CliRunner().invoke(cli, ["launch", "--dir", str(self.folder), *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        printed = (result.stdout + result.stderr).splitlines(keepends=True)
        # What is worth knowing about a task is logged before its mistakes are listed.
        return Refusal(result.exit_code, "".join(line for line in printed if "][INFO] - " not in line))

    def refused(self, *words: str) -> Refusal:
        """Launch, and check what holds of every refusal: it is calm, says what to do, and nothing was created."""
        before = self.kept()
        refusal = self.launch(*words)
        assert refusal.status in {1, 2}, refusal.text
        assert refusal.text.startswith("Error: ")
        assert "Traceback" not in refusal.text
        assert len(refusal.text.splitlines()) >= 2, "It does not say why, or what to do."
        assert self.kept() == before, "Something was created."
        return refusal

    def kept(self) -> list[Path]:
        """All files and folders that are there, the data directory among them."""
        return sorted(path for path in self.data.parent.rglob("*") if path.parent != self.folder)


@pytest.fixture
def researcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Researcher]:
    made = Researcher(tmp_path / "task", tmp_path / "data")
    made.write("hydra_configs/conf/example.yaml", EXAMPLE)
    made.write("data.csv", "name\nAda\n")
    made.write("page.html", "<h1>${name}</h1>")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("MEPHISTO_CONFIG_DIR", str(tmp_path / "settings"))
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(made.data))
    # A launch that should have been refused, and was not, waits for nobody.
    monkeypatch.setattr(Operator, "wait_for_runs_then_shutdown", lambda operator, **_: operator.shutdown())
    root = logging.getLogger()
    before = list(root.handlers), root.level, logging.getLogger("mephisto").level
    yield made
    root.handlers[:], root.level = before[:2]  # Hydra's were made for this test's output
    logging.getLogger("mephisto").setLevel(before[2])
