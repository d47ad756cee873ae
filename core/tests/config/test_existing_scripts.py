"""What existing run scripts import, and the example's own configuration."""

import importlib
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mephisto import arg
from mephisto.composing import composition
from mephisto.errors import MephistoError
from mephisto.operations.hydra_config import build_default_task_config
from mephisto.plugins import register, unregister
from mephisto.shared_state import SharedTaskState
from mephisto.testing.stand_ins import PlainBlueprint

EXAMPLE = Path(__file__).parents[3] / "examples" / "simple_static_task"


@pytest.mark.parametrize(
    ("module", "name", "found"),
    [
        ("blueprints.static_html_task.static_html_blueprint", "StaticHTMLBlueprint", "StaticBlueprint"),
        (
            "blueprints.static_html_task.static_html_blueprint",
            "StaticHTMLBlueprintArgs",
            "StaticBlueprintArgs",
        ),
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
        (
            "blueprints.parlai_chat.parlai_chat_task_runner",
            "There is nothing to import from 'parlai_chat_task",
        ),
        (
            "blueprints.parlai_chat.parlai_chat_agent_state",
            "There is nothing to import from 'parlai_chat_agent",
        ),
        (
            "blueprints.parlai_chat.parlai_chat_task_builder",
            "There is nothing to import from 'parlai_chat_task_b",
        ),
        ("architects.mock_architect", "There is nothing to import from 'architects'."),
        ("providers.mock.mock_provider", "There is nothing to import from 'providers'."),
    ],
)
def test_an_import_path_without_anything_behind_it_says_what_is_missing(path, missing):
    with pytest.raises(ImportError, match=missing) as raised:
        importlib.import_module(f"mephisto.abstractions.{path}")
    assert isinstance(raised.value, MephistoError)
    assert "'mephisto plugins' lists what is installed." in str(raised.value)


OF_BLUEPRINTS = [
    ("remote_procedure", "remote_procedure_blueprint", "REMOTE_PROCEDURE", "SharedRemoteProcedureTaskState"),
    ("parlai_chat", "parlai_chat_blueprint", "PARLAI_CHAT", "SharedParlAITaskState"),
    ("mock", "mock_blueprint", "MOCK", "MockSharedState"),
]


@pytest.fixture(params=OF_BLUEPRINTS, ids=[name for name, *_ in OF_BLUEPRINTS])
def known(request):
    """The module of a blueprint that scripts know, and what its shared state is called there."""
    name, module, constant, shared_state = request.param
    found = importlib.import_module(f"mephisto.abstractions.blueprints.{name}.{module}")
    assert getattr(found, f"BLUEPRINT_TYPE_{constant}") == found.BLUEPRINT_TYPE == name
    return found, shared_state


@pytest.fixture
def install(known):
    """Offer a class as the blueprint."""
    name = known[0].BLUEPRINT_TYPE
    yield lambda plugin: register("blueprint", name, plugin)
    unregister("blueprint", name)


def test_a_blueprint_that_somebody_installs_is_found_where_scripts_import_it(known, install):
    @dataclass
    class State(SharedTaskState):
        function_registry: dict[str, Any] = arg("What pages may call.", default_factory=dict)

    class Installed(PlainBlueprint):
        SharedState = State

    install(Installed)
    module, shared_state = known
    assert getattr(module, shared_state) is State
    assert getattr(module, shared_state)(function_registry={"add": sum}).function_registry == {"add": sum}


def test_a_blueprint_without_a_shared_state_of_its_own_has_that_of_all(known, install):
    install(PlainBlueprint)
    module, shared_state = known
    assert getattr(module, shared_state) is SharedTaskState


def test_one_that_is_not_installed_says_so_as_an_import_that_fails(known, site_packages):
    module, shared_state = known
    with pytest.raises(ImportError) as raised:
        getattr(module, shared_state)
    assert isinstance(raised.value, MephistoError)
    done = site_packages.python(f"from {module.__name__} import {shared_state}")
    name = module.BLUEPRINT_TYPE
    assert f"{shared_state} comes with the blueprint {name!r}, which is not installed." in done.stderr
    assert "Installed: " in done.stderr
    assert "'mephisto plugins' lists what is installed." in done.stderr
    other = site_packages.python(f"from {module.__name__} import Nothing")
    assert "ImportError: cannot import name 'Nothing'" in other.stderr


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
