"""Mistakes about places: ports that are taken, and folders in which no data can be kept."""

import json
import os
import socket
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mephisto.cli import cli
from mephisto.operations import readiness
from mephisto.store.file import recognition


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_answered_with_who_holds_it_and_another_one(researcher, taken_port):
    refusal = researcher.refused("conf=example", f"mephisto.architect.port={taken_port}")
    ((what, why, remedy),) = refusal.problems
    assert refusal.status == 2
    assert what == f"Port {taken_port} on localhost is taken."
    assert f"Process {os.getpid()} (" in why
    assert why.endswith("is listening there.")
    assert remedy.startswith("End it, or choose another port: mephisto.architect.port=")
    assert 0 <= int(remedy.rpartition("=")[2]) <= 65_535


def test_a_taken_port_is_no_mystery_where_the_system_does_not_tell_who_holds_it(
    researcher, taken_port, monkeypatch
):
    import psutil

    def denied(*_):
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", denied)
    refusal = researcher.refused("conf=example", f"mephisto.architect.port={taken_port}")
    assert "Another program, perhaps another run, is listening there." in refusal.text


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_a_data_directory_below_a_file(researcher, flags, monkeypatch):
    file = researcher.write("notes.txt", "mine")
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(file / "data"))
    refusal = researcher.refused("conf=example", *flags)
    assert refusal.status == 1
    assert str(file / "data") in refusal.text
    assert "MEPHISTO_DATA_DIR=PATH" in refusal.text
    assert file.read_text() == "mine"


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_no_rights_on_the_data_directory(researcher, flags, monkeypatch):
    researcher.data.mkdir()
    monkeypatch.setattr(os, "access", lambda path, _, **__: not str(path).startswith(str(researcher.data)))
    refusal = researcher.refused("conf=example", *flags)
    assert refusal.status == 1
    assert str(researcher.data) in refusal.text
    assert "rights" in refusal.text
    assert "MEPHISTO_DATA_DIR=PATH" in refusal.text
    assert not list(researcher.data.iterdir())


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_a_data_directory_on_a_network_file_system(researcher, flags, monkeypatch):
    for module in (readiness, recognition):
        monkeypatch.setattr(module, "network_file_system", lambda _: "nfs4")
    refusal = researcher.refused("conf=example", *flags)
    assert refusal.status == 1
    assert "network file system (nfs4)" in refusal.text
    assert "answers could be lost" in refusal.text
    assert "core.main_data_directory" in refusal.text


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_a_file_of_another_program_in_the_place_of_the_database(researcher, flags):
    researcher.data.mkdir()
    (researcher.data / "mephisto.db").write_text("something else")
    result = researcher.launch("conf=example", *flags)
    assert result.status == 1
    assert "is not a database" in result.text
    assert "Move it away" in result.text
    assert (researcher.data / "mephisto.db").read_text() == "something else"


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_a_data_directory_that_is_a_link_to_nowhere(researcher, flags):
    researcher.data.symlink_to(researcher.data.parent / "gone")
    refusal = researcher.refused("conf=example", *flags)
    assert refusal.status == 1
    assert (
        f"{researcher.data} is a link to {researcher.data.parent / 'gone'}, where no folder" in refusal.text
    )
    assert "MEPHISTO_DATA_DIR=PATH" in refusal.text
    assert checked() == refusal.text.splitlines()[0].removeprefix("Error: ")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no folder here that takes nothing")
@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_a_data_directory_below_a_folder_of_the_systems_own(researcher, flags, monkeypatch):
    refusal = researcher.refused("conf=example", "mephisto.datapath=/proc/foo", *flags)
    assert refusal.status == 1
    assert "/proc/foo" in refusal.text
    assert "mephisto.datapath=PATH" in refusal.text, "The variable would not be asked."
    monkeypatch.setenv("MEPHISTO_DATA_DIR", "/proc/foo")
    refusal = researcher.refused("conf=example", *flags)
    assert "MEPHISTO_DATA_DIR=PATH" in refusal.text
    assert checked() == refusal.text.splitlines()[0].removeprefix("Error: ")


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_a_full_disk_is_refused_before_anything_is_made_there(researcher, flags, monkeypatch):
    monkeypatch.setattr(readiness, "LEAST_ROOM", 1 << 62)  # each disk is too full for that
    refusal = researcher.refused("conf=example", *flags)
    assert refusal.status == 1
    assert f"The disk of {researcher.data.parent} is full." in refusal.text
    assert "MiB are free" in refusal.text
    assert "Make room on it, or choose another folder: MEPHISTO_DATA_DIR=PATH" in refusal.text
    assert checked() == refusal.text.splitlines()[0].removeprefix("Error: ")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes any name for somebody's")
def test_a_data_directory_in_the_home_of_nobody(researcher, monkeypatch):
    monkeypatch.setenv("MEPHISTO_DATA_DIR", "~no-such-user/data")
    refusal = researcher.refused("conf=example")
    assert "~no-such-user/data is no path." in refusal.text
    assert checked() == "~no-such-user/data is no path."


def test_a_file_in_the_place_of_the_folder_of_runs(researcher):
    researcher.data.mkdir()
    (researcher.data / "runs").write_text("mine")
    refusal = researcher.refused("conf=example")
    assert refusal.status == 1
    assert refusal.text.splitlines()[:2] == [
        f"Error: The folder of runs {researcher.data / 'runs'} cannot be made.",
        f"{researcher.data / 'runs'} is a file, and not a folder.",
    ]
    assert checked() == refusal.text.splitlines()[0].removeprefix("Error: ")
    assert (researcher.data / "runs").read_text() == "mine"


def test_a_folder_of_hydras_that_cannot_be_made(researcher):
    folder = researcher.write("taken", "") / "run"
    refusal = researcher.refused("conf=example", f"hydra.run.dir={folder}")
    assert f"The folder {folder} cannot be made for the run." in refusal.text
    assert "hydra.run.dir=PATH" in refusal.text
    assert not researcher.data.exists()


def checked():
    """Return what `mephisto check` says first of the data directory, which has to be wrong."""
    result = CliRunner().invoke(cli, ["check", "--json"])
    assert result.exit_code == 1
    (found,) = [each for each in json.loads(result.stdout) if each["what"] == "Data directory"]
    assert found["is_wrong"]
    return found["found"].partition(". ")[0] + "."
