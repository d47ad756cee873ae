"""The tutorial comes true: what it says of options (section 2.1), of run scripts and of fields of one's own (3.1, 3.2)."""

import pytest

from mephisto.testing.worker import Worker

SCRIPT = "static_test_script.py"

BODY = """\
    operator.launch_task_run(cfg.mephisto)
    operator.wait_for_runs_then_shutdown(skip_input=True, log_rate=30)


if __name__ == "__main__":
    main()
"""

SHORT = (
    """\
from mephisto.operations.operator import Operator

# static_test_script.py
from mephisto.abstractions.blueprints.static_html_task.static_html_blueprint import (
    BLUEPRINT_TYPE_STATIC_HTML,
)
from mephisto.tools.scripts import task_script
from omegaconf import DictConfig

@task_script(default_config_file="example")
def main(operator: Operator, cfg: DictConfig) -> None:
"""
    + BODY
)

EXPLICIT = (
    """\
from dataclasses import dataclass
from typing import Any
from mephisto.operations.operator import Operator
from omegaconf import DictConfig

# modified static_test_script.py
from mephisto.abstractions.blueprints.static_html_task.static_html_blueprint import (
    BLUEPRINT_TYPE_STATIC_HTML,
)

from mephisto.tools.scripts import task_script
from mephisto.operations.hydra_config import build_default_task_config

@dataclass
class MyTaskConfig(build_default_task_config('example')):
    custom_args: Any = 4

@task_script(config=MyTaskConfig)
def main(operator: Operator, cfg: DictConfig) -> None:
"""
    + BODY
)


@pytest.mark.parametrize(("script", "words"), [(SHORT, []), (EXPLICIT, ["custom_args=9"])])
def test_3_1_and_3_2_the_script_launches_a_task_that_ends_with_its_answers(
    researcher, my_config, script, words
):
    researcher.write("hydra_configs/conf/my_config.yaml", my_config)
    researcher.write(SCRIPT, script)
    words = ["conf=my_config", "mephisto.architect.port=0", *words]
    with researcher.launch("python", SCRIPT, *words) as running:
        registration = {"worker_name": "x", "agent_registration_id": "1-x"}
        with Worker(running.url, registration) as worker:
            assert "Tutorial Character" in worker.accept_unit()
            worker.confirm(worker.submit({"rating": "good"}))
        assert running.exit_status() == 0
    assert researcher.rows("SELECT data FROM submission") == [('{"rating":"good"}',)]


@pytest.mark.parametrize(("words", "value"), [([], "4"), (["custom_args=9"], "9")])
def test_3_1_an_argument_of_ones_own_has_a_default_and_is_set_like_any_other(researcher, words, value):
    researcher.write(SCRIPT, EXPLICIT)
    shown = researcher.run("python", SCRIPT, *words, "--cfg", "job")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert f"custom_args: {value}\n" in shown.stdout


def table(researcher, *words):
    """Return the rows of each table that a command prints, by title."""
    answer = researcher.run(*words, COLUMNS="140")
    assert (answer.returncode, answer.stderr) == (0, "")
    tables, title, previous = {}, "", ""
    for line in answer.stdout.splitlines():
        if line.startswith("╭"):
            title = previous.strip()
        elif line.startswith("│"):
            cells = [cell.strip() for cell in line.strip("│").split("│")]
            if cells[0]:
                tables.setdefault(title, []).append(cells)
        previous = line
    return answer.stdout, tables


def test_2_1_the_options_of_the_local_architect(researcher):
    _, tables = table(researcher, "mephisto", "wut", "architect=local")
    header, *rows = tables["Architect Arguments"]
    assert header == ["dest", "type", "default", "help", "choices", "required"]
    assert [(dest, kind, default, required) for dest, kind, default, _, _, required in rows] == [
        ("server_type", "str", "flask", "False"),
        ("server_source_path", "str", "???", "False"),
        ("hostname", "str", "localhost", "False"),
        ("port", "int", "3000", "False"),
    ]


def test_2_1_the_options_of_the_static_blueprint(researcher):
    printed, tables = table(researcher, "mephisto", "wut", "blueprint=static_task")
    header, *rows = tables["Blueprint Arguments"]
    assert header == ["dest", "type", "default", "help", "choices", "required"]
    assert [(dest, kind, default, required) for dest, kind, default, _, _, required in rows] == [
        ("block_qualification", "str", "???", "False"),
        ("tips_location", "str", "???", "False"),
        ("gold_qualification_base", "str", "???", "False"),
        ("max_gold_units", "int", "???", "False"),
        ("use_golds", "bool", "False", "False"),
        ("min_golds", "int", "1", "False"),
        ("max_incorrect_golds", "int", "0", "False"),
        ("onboarding_qualification", "str", "???", "False"),
        ("passed_qualification_name", "str", "???", "False"),
        ("max_screening_units", "int", "???", "False"),
        ("use_screening_task", "bool", "False", "False"),
        ("units_per_assignment", "int", "1", "False"),
        ("task_source_review", "str", "", "False"),
        ("extra_source_dir", "str", "???", "False"),
        ("data_json", "str", "???", "False"),
        ("data_jsonl", "str", "???", "False"),
        ("data_csv", "str", "???", "False"),
        ("task_source", "str", "???", "True"),
        ("preview_source", "str", "???", "False"),
        ("onboarding_source", "str", "???", "False"),
    ]
    assert [choices for *_, choices, _ in rows] == ["None"] * len(rows)
    assert "Additional SharedTaskState args from SharedStaticTaskState" in printed
