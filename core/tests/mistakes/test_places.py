"""Mistakes about places: ports that are taken, and folders in which no data can be kept."""

import os
import socket

import pytest

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
