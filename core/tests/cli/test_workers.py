"""`mephisto workers` and `mephisto receipt`: who worked, what is decided about them, and whose a receipt is."""

import json
import shlex

import pytest
from benchmarks.read_back import TASK, fill
from click.testing import CliRunner
from sqlalchemy import select

from mephisto.cli import cli
from mephisto.data_model.database import LocalMephistoDB
from mephisto.model import submissions


@pytest.fixture
def db(tmp_path, monkeypatch):
    """Four workers, `worker 0` and on, each with an answer."""
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("benchmarks.read_back.CHUNK", 4)
    monkeypatch.setattr("benchmarks.read_back.WORKERS", 4)
    opened = LocalMephistoDB()
    fill(opened.store, 4)
    yield opened
    opened.shutdown()


@pytest.fixture
def run(db):
    def invoke(*arguments, exit_status=0):
        done = CliRunner().invoke(cli, list(arguments))
        assert done.exit_code == exit_status, done.output
        return done.output

    return invoke


def listed(run, *filters):
    return [worker["name"] for worker in json.loads(run("workers", "--json", *filters))]


def test_workers_are_listed_and_filtered(db, run):
    db.find_agents()[0].approve_work("good")
    run("workers", "grant", "worker 1", "good at pictures", "2")
    run("workers", "block", "worker 2", "--reason", "a bot")
    assert len(listed(run)) == 4
    assert listed(run, "--qualification", "good at pictures") == ["worker 1"]
    assert listed(run, "--blocked") == ["worker 2"]
    assert len(listed(run, "--task", TASK, "--last", "3")) == 3
    assert listed(run, "--provider", "another") == []
    first = next(each for each in json.loads(run("workers", "--json")) if each["name"] == "worker 0")
    assert (first["answers"], first["approved"], first["rejected"]) == (1, 1, 0)
    assert "worker 3" in run("workers")
    assert "No such workers." in run("workers", "--provider", "another")


def test_what_is_decided_is_shown_with_who_when_and_why(db, run):
    db.find_agents()[0].reject_work("empty")
    assert "worker 0 holds q = 3." in run("workers", "grant", "worker 0", "q", "3", "--reason", "careful")
    assert "worker 0 is blocked." in run("workers", "block", "worker 0", "--reason", "a bot")
    assert "was blocked already" in run("workers", "block", "worker 0")
    shown = run("workers", "show", "worker 0")
    assert f"{TASK}: 1 answer, 1 attempt\n" in shown
    for part in ("completed → rejected", ": empty", "grant q 3", ": careful", "by me: a bot", "q = 3", TASK):
        assert part in shown
    assert "is blocked no more" in run("workers", "unblock", "worker 0", "--requester", "me")
    assert "was not blocked" in run("workers", "unblock", "worker 0")
    assert "does not hold q any more" in run("workers", "revoke", "worker 0", "q")
    assert "does not hold q." in run("workers", "revoke", "worker 0", "q")
    told = json.loads(run("workers", "show", "worker 0", "--json"))
    assert [each["kind"] for each in told["decisions"]] == ["work", "grant", "block", "unblock", "revoke"]
    assert (told["blocks"], told["qualifications"]) == ([], {})


def test_mistakes_are_named(run):
    assert "Did you mean" in run("workers", "show", "wroker 0", exit_status=1)
    assert f"Tasks: {TASK}." in run("workers", "--task", "nope", exit_status=1)
    assert "Qualifications: none yet." in run("workers", "--qualification", "zzz", exit_status=1)
    run("workers", "grant", "worker 1", "good at pictures")
    assert "Did you mean 'good at pictures'?" in run(
        "workers", "--qualification", "good at picture", "--json", exit_status=1
    )
    assert "There is no account" in run("workers", "block", "worker 0", "--requester", "you", exit_status=1)
    assert "There is no receipt" in run("receipt", "NOTHING", exit_status=1)
    assert "'caf\\udce9' cannot be looked for" in run("workers", "show", "caf\udce9", exit_status=2)


def test_a_receipt_says_what_it_is_for(db, run):
    with db.store.read() as connection:
        code = connection.execute(select(submissions.c.receipt_code)).scalars().first()
    agent = db.find_agents()[0]
    agent.approve_work("fine")
    shown = run("receipt", f" {code[:3]}-{code[3:]}")
    for part in (code, TASK, "worker 0 (mock)", "approved", "completed → approved", ": fine", agent.db_id):
        assert part in shown
    told = json.loads(run("receipt", code, "--json"))
    assert (told["task"], told["worker"], told["status"]) == (TASK, "worker 0", "approved")
    assert told["decisions"][0]["reason"] == "fine"


def test_the_examples_run(db, run):
    with db.store.read() as connection:
        code = connection.execute(select(submissions.c.receipt_code)).scalars().first()
    for name, count in (("workers", 5), ("receipt", 2)):
        shown = run(name, "-h").partition("Examples:")[2].strip()
        examples = [line.partition("   ")[0] for line in map(str.strip, shown.splitlines())]
        assert len(examples) == count
        for example in examples:
            words = shlex.split(example)[1:]
            words = [TASK if word == "my-task" else word for word in words]
            words = [f"worker {0}" if word == "x" else word for word in words]
            run(*(code if word.upper().startswith("7K3WQ") else word for word in words))
