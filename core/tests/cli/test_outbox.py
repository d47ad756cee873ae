"""`mephisto outbox`: what providers have not done is listed, tried again, and dismissed."""

import json
import shlex
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from mephisto import Done, Failed, Identity, Later, ProviderArgs, hookimpl, plugins
from mephisto.cli import cli
from mephisto.data_model.database import LocalMephistoDB

NO_BALANCE = "The account has no balance."


@pytest.fixture
def answers():
    """What a provider answers to the next approvals; Done once it is empty. It keeps who was approved of by token."""

    class Answers(list):
        def __init__(self):
            super().__init__()
            self.approved = {}

    given = Answers()

    @dataclass
    class Args(ProviderArgs):
        _provider_type: str = "payer"

    class Payer:
        Config = Args

        @hookimpl
        def provider_identify(self, data) -> Identity:
            return Identity(data["name"], data["name"])

        @hookimpl
        def provider_adapter(self):
            raise NotImplementedError

        @hookimpl
        def provider_repeatable(self):
            return ("approve",)

        @hookimpl
        def provider_soft_reject(self, worker, token):
            return self.provider_approve(worker, token)

        @hookimpl
        def provider_approve(self, worker, token):
            answer = given.pop(0) if given else Done()
            if isinstance(answer, Done):
                given.approved[token] = worker.name
            return answer

    plugins.register("provider", "payer", Payer)
    yield given
    plugins.unregister("provider", "payer")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("MEPHISTO_DATA_DIR", str(tmp_path / "data"))

    def invoke(*arguments, exit_status=0):
        done = CliRunner().invoke(cli, ["outbox", *arguments])
        assert done.exit_code == exit_status, done.output
        return done.output

    return invoke


@pytest.fixture
def failed(run, answers, new_crowd):
    """The answers of x and y are approved, the provider refused x's and shall do y's later; return both ids."""
    db = LocalMephistoDB()
    crowd = new_crowd(db, "pictures", lambda number: {"row": number}, lambda _: {"good": True})
    terms = crowd.launch(rows=2, per_row=1, provider="payer")
    for worker in ("x", "y"):
        crowd.answer(terms, worker)
    answers += [Failed(NO_BALANCE), Later(3600, "Closed until morning.")]
    for agent in db.find_agents():
        agent.approve_work()
    db.shutdown()
    return [action["id"] for action in json.loads(run("--json"))]


def test_what_is_not_done_is_listed_with_who_why_and_since_when(run, failed, monkeypatch):
    first, second = json.loads(run("--json"))
    assert (first["what"], first["worker"], first["row"]) == ("Approve, worker x, row 1 of pictures", "x", 1)
    assert (first["state"], first["why"], first["attempts"]) == ("failed", NO_BALANCE, 1)
    assert (second["state"], second["why"]) == ("ready", "Closed until morning.")
    assert first["since"] < second["since"]
    monkeypatch.setenv("COLUMNS", "160")
    shown = run()
    for part in (failed[0], "Approve, worker x, row 1 of pictures", NO_BALANCE, first["since"][:10]):
        assert part in shown


def test_what_failed_is_tried_again_and_the_list_gets_shorter(run, failed, answers):
    answers.append(Failed("Still no balance."))
    assert "Still no balance." in run("retry", failed[0], exit_status=1)
    assert "1 thing is done of 1." in run("retry", "--all")
    assert list(answers.approved.values()) == ["x"]
    assert [action["worker"] for action in json.loads(run("--json"))] == ["y"]


def test_what_was_decided_otherwise_since_is_told_and_not_asked_for(run, failed, answers):
    db = LocalMephistoDB()
    answers.append(Later(3600, "Closed until morning."))
    db.find_agents()[0].soft_reject_work()
    db.shutdown()
    told = run("retry", "--all")
    assert f"decided otherwise since. 'mephisto outbox dismiss {failed[0]}' lets it be." in told
    assert "0 things are done of 1." in told
    assert answers.approved == {}


def test_with_nothing_failed_what_is_due_is_done(run, failed, answers):
    run("dismiss", failed[0])
    assert run("retry", "--all") == "Nothing failed. What was due is done.\n"


def test_what_was_done_by_other_means_is_dismissed(run, failed, answers):
    assert "Approve, worker x, row 1 of pictures: dismissed." in run("dismiss", failed[0])
    assert [action["worker"] for action in json.loads(run("--json"))] == ["y"]
    assert answers.approved == {}


def test_mistakes_are_named(run, failed):
    assert "There is nothing open with the id '17'" in run("retry", "17", exit_status=1)
    assert "it has not failed" in run("dismiss", failed[1], exit_status=1)
    assert "Either name IDs, or give --all" in run("retry", exit_status=2)
    assert "Either name IDs, or give --all" in run("retry", "--all", failed[0], exit_status=2)


def test_with_nothing_open_it_says_so(run):
    assert run() == "Providers have done all that was asked for.\n"
    assert json.loads(run("--json")) == []


def test_the_examples_run(run, failed, answers):
    shown = run("-h").partition("Examples:")[2].strip()
    examples = [line.partition("   ")[0] for line in map(str.strip, shown.splitlines())]
    assert len(examples) == 5
    answers += [Failed(NO_BALANCE)] * 2
    for example in examples:
        words = shlex.split(example)[2:]
        may_fail = "retry" in words
        done = CliRunner().invoke(
            cli, ["outbox", *(failed[0] if word.isdecimal() else word for word in words)]
        )
        assert done.exit_code == (1 if may_fail else 0), done.output
