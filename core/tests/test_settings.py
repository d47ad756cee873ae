"""Settings: in a file of their own, replaced whole, and never silently ignored when it is broken."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mephisto import ConfigError, settings


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MEPHISTO_CONFIG_DIR", str(tmp_path / "settings"))
    monkeypatch.delenv("MEPHISTO_DATA_DIR", raising=False)
    return tmp_path / "settings"


def broken(content):
    path = settings.settings_file()
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        settings.read()
    return caught.value.problem


def test_without_a_file_nothing_is_set_and_nothing_is_made(folder):
    assert settings.read() == {}
    assert settings.get("core.main_data_directory") is None
    assert not folder.exists()


def test_what_was_set_is_read_back_beside_what_was_there():
    settings.set("core.main_data_directory", "/data")
    settings.set("mturk.allowed_locales", "Côte d'Ivoire")

    assert settings.get("core.main_data_directory") == "/data"
    assert settings.read() == {
        "core": {"main_data_directory": "/data"},
        "mturk": {"allowed_locales": "Côte d'Ivoire"},
    }


def test_an_empty_file_or_section_sets_nothing(folder):
    folder.mkdir()
    settings.settings_file().write_text("# nothing yet\n")
    assert settings.read() == {}
    settings.settings_file().write_text("core:\n")
    assert settings.get("core.main_data_directory") is None


@pytest.mark.parametrize("identifier", ["", "core", "core.", ".key", "a.b.c"])
def test_a_setting_is_named_by_section_and_key(identifier):
    with pytest.raises(ConfigError, match=r"<section>\.<key>") as caught:
        settings.get(identifier)
    assert caught.value.exit_status == 2
    with pytest.raises(ConfigError, match=r"<section>\.<key>"):
        settings.set(identifier, "x")


@pytest.mark.parametrize("content", [b"core: [", b"- a list", b"core: text", b"core: {a: \xff}"])
def test_a_broken_file_is_an_error_in_three_parts(content):
    problem = broken(content)

    assert str(settings.settings_file()) in problem.what
    assert problem.why
    assert "Repair the file" in problem.remedy


def test_a_broken_file_is_not_overwritten():
    broken(b"core: [")
    with pytest.raises(ConfigError):
        settings.set("core.main_data_directory", "/data")

    assert settings.settings_file().read_bytes() == b"core: ["


def test_a_setting_that_cannot_be_stored_leaves_the_old_file_and_nothing_else(folder, monkeypatch):
    settings.set("core.main_data_directory", "/old")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(ConfigError, match="No space left"):
        settings.set("core.main_data_directory", "/new")

    assert settings.get("core.main_data_directory") == "/old"
    assert [path.name for path in folder.iterdir()] == ["config.yml"]


def test_a_linked_file_stays_a_link(folder, tmp_path):
    folder.mkdir()
    (tmp_path / "dotfiles.yml").write_text("")
    settings.settings_file().symlink_to(tmp_path / "dotfiles.yml")
    settings.set("core.main_data_directory", "/data")

    assert settings.settings_file().is_symlink()
    assert "/data" in (tmp_path / "dotfiles.yml").read_text()


def test_data_is_kept_where_the_environment_says_else_the_setting_else_the_platform(tmp_path, monkeypatch):
    platform = settings.data_directory()
    settings.set("core.main_data_directory", str(tmp_path / "set"))
    by_setting = settings.data_directory()
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(tmp_path / "environment"))
    by_environment = settings.data_directory()

    assert platform.is_absolute()
    assert platform.name == "mephisto"
    assert by_setting == tmp_path / "set"
    assert by_environment == tmp_path / "environment"
    assert not by_environment.exists()


def test_the_data_directory_is_absolute_and_knows_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEPHISTO_DATA_DIR", "here")
    assert settings.data_directory() == tmp_path / "here"
    monkeypatch.setenv("MEPHISTO_DATA_DIR", "~/there")
    assert settings.data_directory() == Path.home() / "there"


def test_a_data_directory_that_is_no_path_is_an_error(folder):
    folder.mkdir()
    settings.settings_file().write_text("core: {main_data_directory: [a, b]}")
    with pytest.raises(ConfigError, match="must be a path"):
        settings.data_directory()


def test_without_our_variable_the_file_is_in_the_users_configuration(monkeypatch):
    monkeypatch.delenv("MEPHISTO_CONFIG_DIR")

    assert settings.settings_file().parts[-2:] == ("mephisto", "config.yml")


def test_reading_where_there_is_no_file_imports_no_yaml():
    code = "import sys; from mephisto import settings; settings.data_directory(); assert 'yaml' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
