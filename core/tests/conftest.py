"""What several tests of the core need: distributions that are really installed, in a folder of their own."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest


class SitePackages:
    """A folder of distributions, and Python processes that see them beside the installed ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, distribution, entry_points, modules, version="1.0"):
        """Install *modules*, source by name, and *entry_points*, module:class by kind and name."""
        information = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        information.mkdir(parents=True)
        (information / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        lines = [f"[mephisto.{kind}]\n{name} = {value}\n" for (kind, name), value in entry_points.items()]
        (information / "entry_points.txt").write_text("\n".join(lines))
        for name, source in modules.items():
            (self.folder / f"{name}.py").write_text(textwrap.dedent(source))

    def python(self, code, *arguments, **environment):
        """Run *code* and return the finished process, whose output is text."""
        return subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), *arguments],
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            env=os.environ
            | {"PYTHONPATH": str(self.folder), "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error"}
            | environment,
        )

    def mephisto(self, *arguments, **environment):
        """Run the command line."""
        return self.python("from mephisto.cli import main; main()", *arguments, **environment)


@pytest.fixture
def site_packages(tmp_path):
    return SitePackages(tmp_path / "site-packages")
