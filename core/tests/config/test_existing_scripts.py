"""What existing run scripts import, and the example's own configuration."""

import importlib
import logging
import sys
from pathlib import Path

import pytest

from mephisto.composing import composition
from mephisto.errors import MephistoError
from mephisto.operations.hydra_config import build_default_task_config

EXAMPLE = Path(__file__).parents[3] / "examples" / "simple_static_task"


@pytest.mark.parametrize(
    ("module", "name", "found"),
    [
        ("blueprints.static_html_task.static_html_blueprint", "StaticHTMLBlueprint", "StaticBlueprint"),
        (
            "blueprints.abstract.static_task.static_blueprint",
            "SharedStaticTaskState",
            "SharedStaticTaskState",
        ),
        ("databases.local_database", "LocalMephistoDB", "LocalMephistoDB"),
        ("databases.local_singleton_database", "MephistoSingletonDB", "LocalMephistoDB"),
        ("database", "MephistoDB", "LocalMephistoDB"),
        ("blueprint", "SharedTaskState", "SharedTaskState"),
        ("blueprint", "BlueprintArgs", "BlueprintArgs"),
        ("blueprints.mixins.onboarding_required", "OnboardingSharedState", "OnboardingSharedState"),
        ("blueprints.mixins.onboarding_required", "OnboardingRequiredArgs", "OnboardingArgs"),
    ],
)
def test_import_paths_lead_to_the_real_homes(module, name, found):
    imported = importlib.import_module(f"mephisto.abstractions.{module}")
    assert getattr(imported, name).__name__ == found
    with pytest.raises(AttributeError, match="Nothing"):
        _ = imported.Nothing


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("blueprints.remote_procedure.remote_procedure_blueprint", "The blueprint 'remote_procedure' is not"),
        ("blueprints.parlai_chat.parlai_chat_blueprint", "The blueprint 'parlai_chat' is not part of"),
        ("blueprints.static_react_task.static_react_blueprint", "The blueprint 'static_react_task' is not"),
        ("blueprints.mock.mock_blueprint", "The blueprint 'mock' is not part of Mephisto yet."),
        ("architects.mock_architect", "There is nothing to import from 'architects'."),
        ("providers.mock.mock_provider", "There is nothing to import from 'providers'."),
    ],
)
def test_an_import_path_without_anything_behind_it_says_what_is_missing(path, missing):
    with pytest.raises(ImportError, match=missing) as raised:
        importlib.import_module(f"mephisto.abstractions.{path}")
    assert isinstance(raised.value, MephistoError)
    assert "'mephisto plugins' lists what is installed." in str(raised.value)


def test_the_names_of_the_static_blueprint():
    from mephisto.abstractions.blueprints.static_html_task import static_html_blueprint

    assert static_html_blueprint.BLUEPRINT_TYPE_STATIC_HTML == "static_task"
    assert static_html_blueprint.BLUEPRINT_TYPE == "static_task"


def test_the_examples_configuration_composes(monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE / "static_test_script.py")])
    shape = build_default_task_config("example")
    with composition.hydra(shape, str(EXAMPLE / "hydra_configs"), "static_test_script") as hydra:
        mephisto = composition.compose(hydra, []).mephisto
    assert mephisto.task.task_name == "html-static-task-example"
    assert (mephisto.task.task_reward, mephisto.blueprint.units_per_assignment) == (0.3, 2)
    assert Path(mephisto.blueprint.data_csv) == EXAMPLE / "data.csv"


LOGGING = """
from mephisto.utils.logger_core import get_logger

get_logger("mine").info("A line of a script.")
get_logger("mine").debug("Another one.")
"""


def test_what_a_script_logs_is_seen_without_a_launch(site_packages, monkeypatch):
    done = site_packages.python(LOGGING)
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith(" - mine - INFO - A line of a script.\n")
    assert done.stderr.count("\n") == 1
    monkeypatch.setenv("LOG_LEVEL", "debug")
    assert site_packages.python(LOGGING).stderr.count("\n") == 2


def test_what_scripts_write_for_people(caplog, capsys):
    from mephisto.utils.console_writer import ConsoleWriter
    from mephisto.utils.logger_core import format_loud, set_mephisto_log_level, warn_once

    logger = logging.getLogger("mephisto")
    before = logger.level
    set_mephisto_log_level(level="error")
    assert logger.level == logging.ERROR
    set_mephisto_log_level(verbose=True)
    assert logger.level == logging.DEBUG
    for _ in range(2):
        warn_once("Only once.")
    logger.setLevel(before)
    assert caplog.messages.count("Only once.") == 1
    assert "Look" in format_loud("Look")
    writer = ConsoleWriter()
    for say in (writer.info, writer.debug, writer.warning, writer.error):
        say("Hello")
    assert capsys.readouterr().out.count("Hello") == 4
