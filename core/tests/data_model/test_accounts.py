"""Accounts and rehearsals, as scripts register and tell them."""

import math
from dataclasses import dataclass

import pytest

from mephisto import ProviderArgs, RequesterArgs, arg, hookimpl, plugins
from mephisto.data_model.requester import Requester
from mephisto.data_model.task_run import TaskRun
from mephisto.errors import ChecksFailed, ConfigError, MephistoError, PluginNotFound, Problem
from mephisto.utils.db import EntryAlreadyExistsException


@dataclass
class Account(RequesterArgs):
    key: str = arg("The key that it gave you.", required=True)


class Paid:
    """A provider that asks for a key, and knows one."""

    Config = ProviderArgs
    RequesterConfig = Account

    @hookimpl
    def provider_register(self, config):
        if config.key != "k":
            yield Problem(f"The key of {config.name} is not known.")

    @hookimpl
    def provider_adapter(self): ...

    @hookimpl
    def provider_identify(self): ...


@pytest.fixture(autouse=True)
def paid():
    plugins.register("provider", "paid", Paid)
    yield
    plugins.unregister("provider", "paid")


def test_an_account_that_needs_only_a_name_is_made(db):
    account = Requester.get(db, db.new_requester("me", "mock"))
    assert (account.requester_name, account.provider_type, account.is_registered()) == ("me", "mock", True)
    account.register()
    account.register({"name": "me", "force_fail": False})
    assert db.find_requesters("me") == [account]
    with pytest.raises(EntryAlreadyExistsException):
        db.new_requester("me", "mock")
    with pytest.raises(PluginNotFound, match="mock"):
        db.new_requester("me", "mok")
    with pytest.raises(ConfigError, match="name of the account is empty"):
        db.new_requester(" ", "mock")


def test_an_account_is_kept_only_once_its_provider_took_it(db):
    with pytest.raises(ChecksFailed, match=r"requester\.key is missing"):
        db.new_requester("me", "paid")
    assert db.find_requesters("me") == []


def test_an_account_is_registered_once_more_as_its_provider_asks(db, new_crowd):
    new_crowd(db, "paid work", lambda number: {"n": number}, lambda _: {}).launch(provider="paid")
    (account,) = db.find_requesters(provider_type="paid")
    account.register({"key": "k"})
    for given, wrong in (
        ({}, r"requester\.key is missing"),
        ({"key": "another"}, "The key of me is not known"),
        ({"key": "k", "kye": "k"}, "no option 'requester.kye'"),
        ({"key": "k", "name": "you"}, "That is another account"),
    ):
        with pytest.raises(MephistoError, match=wrong):
            account.register(given)
    assert db.find_requesters(provider_type="paid") == [account]


def test_a_rehearsal_is_launched_by_its_default_account_whatever_else_is_registered(db, launch):
    mine = db.new_requester("mine", "mock")
    run = launch(task_name="whose")
    assert TaskRun.get(db, run.id).get_requester().requester_name == "MOCK_REQUESTER"
    assert db.find_task_runs(requester_id=mine) == []


def test_no_money_runs_out_in_a_rehearsal_and_of_other_accounts_it_is_not_known(db, new_crowd):
    assert db.find_requesters()[0].get_available_budget() == math.inf
    new_crowd(db, "paid work", lambda number: {"n": number}, lambda _: {}).launch(provider="paid")
    (paid,) = db.find_requesters(provider_type="paid")
    with pytest.raises(MephistoError, match="The provider 'paid' does not tell what it holds"):
        paid.get_available_budget()


def test_what_is_a_rehearsal_is_said_by_the_provider_and_kept_with_the_run(db, new_crowd):
    """The provider of the finished run says so; the other one does not."""
    new_crowd(db, "paid work", lambda number: {"n": number}, lambda _: {}).launch(provider="paid")
    rehearsed, real = db.find_task_runs()
    assert (rehearsed.sandbox, real.sandbox) == (True, False)
    assert [run.get_requester().is_sandbox() for run in (rehearsed, real)] == [True, False]
    for found in (db.find_units, db.find_assignments):
        assert {each.task_run_id for each in found(sandbox=True)} == {rehearsed.db_id}
        assert {each.task_run_id for each in found(sandbox=False)} == {real.db_id}
        assert len(found()) == len(found(sandbox=True)) + len(found(sandbox=False))
    assert db.find_units(sandbox=True)[0].sandbox is db.get_unit(db.find_units()[0].db_id)["sandbox"] is True
