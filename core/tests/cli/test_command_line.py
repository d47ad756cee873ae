"""The command `mephisto`: its help teaches, its errors are calm, and its exit status tells scripts what happened."""

import shlex

import pytest
from click.testing import CliRunner

from mephisto import __version__
from mephisto.cli import COMMANDS, cli


@pytest.fixture
def run(tmp_path):
    def invoke(*arguments):
        environment = {"MEPHISTO_CONFIG_DIR": str(tmp_path), "MEPHISTO_DATA_DIR": str(tmp_path / "data")}
        return CliRunner().invoke(cli, arguments, prog_name="mephisto", env=environment)

    return invoke


def test_without_a_command_the_help_is_shown_and_that_is_no_mistake(run):
    assert run().exit_code == 0
    assert run().stdout == run("--help").stdout == run("-h").stdout


def test_the_help_lists_each_command_with_the_first_sentence_of_its_own(run):
    for name, (_, summary) in COMMANDS.items():
        command = cli.get_command(None, name)

        assert command.get_short_help_str(limit=200) == summary
        assert f"  {name}" in run("--help").stdout
        assert summary in run("--help").stdout


# What launches needs a task's files; its examples run in core/tests/cli/test_launch.py, those of preview in
# core/tests/cli/test_preview.py. Those of what looks at answers run in test_export.py, test_workers.py and test_outbox.py. What takes in an answer needs one, as in core/tests/operations/test_import_answer.py.
# Those of review serve until Ctrl-C, as in test_review.py.
WITH_DATA = {"launch", "preview", "import-answer", "export", "workers", "receipt", "review", "outbox"}


@pytest.mark.parametrize("name", [None, *(name for name in COMMANDS if name not in WITH_DATA)])
def test_every_example_of_every_help_runs(run, name):
    shown = run(*([name] if name else []), "-h").stdout
    examples = shown.partition("Examples:")[2].strip().partition("\n\n")[0].splitlines()

    assert examples
    for example in examples:
        command, *arguments = shlex.split(example.strip().partition("   ")[0])
        assert command == "mephisto"
        assert run(*arguments).exit_code == 0, example


@pytest.mark.parametrize("columns", [60, 80, 140])
@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_every_help_fits_the_terminal(site_packages, name, columns):
    shown = site_packages.mephisto(*([name] if name else []), "-h", COLUMNS=str(columns)).stdout

    assert max(map(len, shown.splitlines())) <= columns


def test_the_version_is_told(run):
    assert run("--version").stdout == f"mephisto, version {__version__}\n"


def test_an_unknown_command_is_answered_with_the_nearest_and_all_others(run):
    result = run("wutt")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: There is no command 'wutt'. Did you mean 'wut'?\n")
    assert "wut, plugins, config" in result.stderr


@pytest.mark.parametrize("arguments", [["--nope"], ["plugins", "extra"], ["wut", "--nope"]])
def test_wrong_use_ends_with_status_2(run, arguments):
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error: " in result.stderr


def test_an_error_says_what_why_and_what_to_do_without_a_traceback(run):
    result = run("wut", "architect=locl")
    what, why, remedy = result.stderr.splitlines()

    assert result.exit_code == 2
    assert what == "Error: There is no architect 'locl'. Did you mean 'local'?"
    assert why.startswith("Installed: ")
    assert remedy.startswith("Choose one of these")


def test_debug_shows_where_an_error_came_from_and_keeps_its_status(run):
    result = run("--debug", "wut", "architect=locl")

    assert result.exit_code == 2
    assert "Traceback (most recent call last)" in result.stderr
    assert "PluginNotFound: There is no architect 'locl'." in result.stderr


def test_a_terminal_that_lacks_a_sign_still_gets_the_rest(site_packages):
    site_packages.install(
        "mephisto-signs",
        {("architect", "signs"): "signs:Signs"},
        {
            "signs": """
                from dataclasses import dataclass
                from mephisto import ArchitectArgs, arg, hookimpl

                @dataclass
                class Args(ArchitectArgs):
                    place: str = arg("Where to \u2192 go.")

                class Signs:
                    Config = Args

                    @hookimpl
                    def architect_deploy(self): ...

                    @hookimpl
                    def architect_shutdown(self): ...
                """
        },
    )
    result = site_packages.mephisto("wut", "architect=signs", "place", PYTHONIOENCODING="ascii")

    assert result.returncode == 0
    assert "Where to ? go." in result.stdout
