"""`mephisto config`: what it prints is what scripts expect, what it refuses it refuses calmly."""

import json

import pytest
from click.testing import CliRunner

from mephisto.cli import cli


@pytest.fixture
def config(tmp_path):
    def run(*arguments):
        return CliRunner().invoke(
            cli, ["config", *arguments], env={"MEPHISTO_CONFIG_DIR": str(tmp_path / "settings")}
        )

    return run


def test_without_a_file_it_says_where_it_would_be_and_that_nothing_is_set(config, tmp_path):
    result = config()

    assert result.exit_code == 0
    assert result.stdout == f"{tmp_path / 'settings' / 'config.yml'}:\n\nNothing is set.\n"


def test_a_value_is_stored_and_shown(config, tmp_path):
    stored = config("core.main_data_directory", str(tmp_path))

    assert stored.stdout == f"core.main_data_directory succesfully updated to: {tmp_path}\n"
    assert config("core.main_data_directory").stdout == f"{tmp_path}\n"
    assert config().stdout == (
        f"{tmp_path / 'settings' / 'config.yml'}:\n\ncore:\n  main_data_directory: {tmp_path}\n"
    )


def test_a_value_that_is_not_set_is_an_empty_line(config):
    result = config("mturk.allowed_locales")

    assert (result.exit_code, result.stdout) == (0, "\n")


def test_a_relative_data_directory_is_stored_as_the_folder_it_is_now(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config("core.main_data_directory", "data")

    assert config("core.main_data_directory").stdout == f"{tmp_path / 'data'}\n"


def test_a_name_close_to_a_known_one_is_stored_with_a_note(config):
    result = config("core.main_data_dir", "x")

    assert result.exit_code == 0
    assert "Did you mean 'core.main_data_directory'?" in result.stderr
    assert config("mturk.allowed_locales", "US").stderr == ""


@pytest.mark.parametrize("identifier", ["core", "a.b.c"])
def test_what_names_no_setting_is_refused_with_status_2(config, identifier):
    for arguments in ([identifier], [identifier, "value"]):
        result = config(*arguments)
        assert result.exit_code == 2
        assert "Write it as <section>.<key>" in result.stderr


def test_a_broken_file_is_refused_and_kept(config, tmp_path):
    file = tmp_path / "settings" / "config.yml"
    file.parent.mkdir()
    file.write_text("core: [")

    for arguments in ([], ["core.main_data_directory"], ["core.main_data_directory", "x"]):
        result = config(*arguments)
        assert result.exit_code == 2
        assert str(file) in result.stderr
        assert "Repair the file" in result.stderr
    assert file.read_text() == "core: ["


def test_settings_can_be_read_by_a_program(config, tmp_path):
    assert json.loads(config("--json").stdout) == {"file": str(tmp_path / "settings" / "config.yml")}
    config("core.main_data_directory", str(tmp_path))
    assert json.loads(config("--json").stdout)["core"] == {"main_data_directory": str(tmp_path)}
    assert json.loads(config("core.main_data_directory", "--json").stdout) == str(tmp_path)
