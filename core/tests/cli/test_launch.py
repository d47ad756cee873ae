"""`mephisto launch`, and `--dry-run` there and in run scripts, as processes in a researcher's folder."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

LAUNCH = "from mephisto.cli import main; main()"
YAML = """\
    # @package _global_
    defaults:
      - /mephisto/blueprint: static_task
      - /mephisto/architect: local
      - /mephisto/provider: mock
    mephisto:
      blueprint:
        data_csv: ${task_dir}/data.csv
        task_source: ${task_dir}/page.html
        units_per_assignment: 3
      task: {task_name: rating, task_title: Rate, task_description: Rate it., task_reward: 0.35, task_tags: x}
    """
NO_FILE = [
    *("blueprint=static_task", "architect=local", "provider=mock", "mephisto.architect.port=0"),
    *("mephisto.blueprint.task_source=page.html", "mephisto.blueprint.data_csv=data.csv"),
    *("mephisto.task.task_title=Rate", "mephisto.task.task_description=Rate", "mephisto.task.task_tags=x"),
    *("mephisto.task.task_reward=0.35", "mephisto.task.task_name=rating"),
]
SCRIPT = """\
    import itertools
    from mephisto.abstractions.blueprints.abstract.static_task.static_blueprint import SharedStaticTaskState
    from mephisto.tools.scripts import task_script

    @task_script(default_config_file="example")
    def main(operator, cfg):
        rows = ({"name": str(number)} for number in itertools.count())
        operator.launch_task_run(cfg.mephisto, SharedStaticTaskState(static_task_data=rows))
        operator.wait_for_runs_then_shutdown(skip_input=True, log_rate=30)

    main()
    print("after")
    """


class Researcher:
    def __init__(self, folder):
        self.folder, self.data = folder / "task", folder / "data"
        self.write("hydra_configs/conf/example.yaml", YAML)
        self.write("data.csv", "name\nAda\nBob\n")
        self.write("page.html", '<h1>${name}</h1><img src="face.png">')
        self.environment = os.environ | {
            "MEPHISTO_CONFIG_DIR": str(folder / "settings"),
            "MEPHISTO_DATA_DIR": str(self.data),
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "COLUMNS": "100",
        }

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))

    def start(self, *command, cwd=None):
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=cwd or self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command, cwd=None):
        process = self.start(*command, cwd=cwd)
        output, _ = process.communicate(timeout=60)
        return process.returncode, output

    def launch(self, *words, cwd=None):
        return self.run("-c", LAUNCH, "launch", *words, cwd=cwd)


@pytest.fixture
def researcher(tmp_path):
    return Researcher(tmp_path)


def table(output):
    """Read the lines of a dry run, by name."""
    return dict(
        re.split(r" {2,}", line, maxsplit=1) for line in output.splitlines() if re.match(r"\w.*  ", line)
    )


def test_a_dry_run_tells_what_a_launch_would_do_and_creates_nothing(researcher, tmp_path):
    status, output = researcher.launch(
        "--dir", str(researcher.folder), "conf=example", "--dry-run", cwd=tmp_path
    )
    assert status == 0, output
    told = table(output)
    assert told["Assignments"] == "2"
    assert told["Units"] == "6"
    assert told["Cost"] == "$2.10, $0.35 a unit; fees are not known"
    assert told["Preview"] == "http://localhost:3000"
    assert told["Work as x"] == "http://localhost:3000/?worker_id=x&assignment_id=1"
    page = Path(told["First page"]).read_text()
    assert "<h1>Ada</h1>" in page
    assert "<script" not in page
    assert not researcher.data.exists()
    assert sorted(path.name for path in researcher.folder.iterdir()) == [
        "data.csv",
        "hydra_configs",
        "page.html",
    ]


# The data comes from the script, and another run may have the usual port.
ENDLESS = ["mephisto.blueprint.data_csv=null", "mephisto.architect.port=0"]


def test_a_dry_run_needs_no_file_and_does_not_invent_an_address(researcher):
    status, output = researcher.launch(*NO_FILE, "--dry-run")
    assert status == 0, output
    assert "http://ADDRESS becomes known when the task is launched" in output
    assert table(output)["Units"] == "2"


def test_a_run_scripts_dry_run_reads_endless_data_only_so_far_and_ends(researcher, tmp_path):
    researcher.write("run.py", SCRIPT)
    status, output = researcher.run("run.py", *ENDLESS, "--dry-run")
    assert status == 0, output
    told = table(output)
    assert re.fullmatch(r"at least \d+", told["Assignments"])
    assert told["Units"].startswith("at least ")
    assert told["Cost"].startswith("at least $")
    assert "<h1>0</h1>" in Path(told["First page"]).read_text()
    assert "after" not in output
    assert not researcher.data.exists()


def test_a_dry_run_leaves_a_database_as_it_is(researcher):
    researcher.data.mkdir()
    assert researcher.run("-c", LAUNCH, "register", "mock", "name=me")[0] == 0
    before = (researcher.data / "mephisto.db").read_bytes()
    status, output = researcher.launch("conf=example", "--dry-run")
    assert status == 0, output
    assert [path.name for path in researcher.data.iterdir()] == ["mephisto.db"]
    assert (researcher.data / "mephisto.db").read_bytes() == before


def test_data_that_fails_while_it_is_read_is_a_mistake_of_the_rehearsal_too(researcher):
    researcher.write(
        "run.py",
        SCRIPT.replace(
            'rows = ({"name": str(number)} for number in itertools.count())',
            'rows = ({"name": str(1 // number)} for number in (1, 0))',
        ),
    )
    status, output = researcher.run("run.py", *ENDLESS, "--dry-run")
    assert status == 2
    assert "The task data ended with an error after 1 rows." in output
    assert "ZeroDivisionError" in output


def test_cfg_shows_the_configuration_and_launches_nothing(researcher):
    status, output = researcher.launch(
        "conf=example", "architect=local", "--cfg", "job", "--package", "mephisto.task"
    )
    assert status == 0, output
    assert "task_name: rating" in output
    assert not researcher.data.exists()


@pytest.mark.parametrize("words", [["conf=example", "mephisto.architect.port=0"], NO_FILE])
def test_a_launch_without_a_script_serves_until_it_is_stopped(researcher, words):
    process = researcher.start("-c", LAUNCH, "launch", *words, "--log-rate", "0.5")
    seen = []
    for line in process.stdout:
        seen.append(line)
        if "Operator running task ID" in line:
            process.send_signal(signal.SIGINT)
            break
    rest, _ = process.communicate(timeout=60)
    output = "".join(seen) + rest
    assert process.returncode == 130, output
    assert "Work as x: http://localhost:" in output
    assert "Traceback" not in output
    with sqlite3.connect(researcher.data / "mephisto.db") as connection:
        (config, arguments) = connection.execute("SELECT config, arguments FROM task_run").fetchone()
    connection.close()
    assert json.loads(config)["task"]["task_name"] == "rating"
    assert json.loads(arguments)[0] == "launch"
