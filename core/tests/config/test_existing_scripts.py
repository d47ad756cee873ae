"""What existing run scripts import, and the example's own configuration."""

import importlib
import logging
import sys
from pathlib import Path

import pytest

from mephisto.composing import composition
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
