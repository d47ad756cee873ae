"""In whose name a task is launched, for providers that ask for nothing, for a name, or for more."""

from dataclasses import dataclass

import pytest

from mephisto import ProviderArgs, RequesterArgs, arg, plugins
from mephisto.data_model.accounts import register_account
from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.accounts import account_name
from mephisto.testing.stand_ins import OpenProvider


@dataclass
class WithDefault(RequesterArgs):
    name: str = arg("Name.", "US")
    is_slow: bool = arg("Whether it is.", False)  # noqa: FBT003


@dataclass
class WithKey(RequesterArgs):
    name: str = arg("Name.", "US")
    key: str = arg("The key that it gave you.", required=True)


class ForNothing(OpenProvider):
    Config = ProviderArgs


class ForAName(ForNothing):
    RequesterConfig = RequesterArgs


class ForDefaults(ForNothing):
    RequesterConfig = WithDefault


class ForAKey(ForNothing):
    RequesterConfig = WithKey


@pytest.fixture
def accounts(tmp_path):
    """Register accounts of a provider, and choose among them."""
    db = LocalMephistoDB(tmp_path / "data")

    def chosen(provider, names, wanted=None):
        plugins.register("provider", "crowd", provider)
        for name in names:
            more = {"key": "k"} if provider is ForAKey else {}
            options = getattr(provider, "RequesterConfig", RequesterArgs)
            register_account(db.store, "crowd", options(name=name, **more))
        return account_name(db.store, "crowd", wanted)

    yield chosen
    plugins.unregister("provider", "crowd")
    db.shutdown()


@pytest.mark.parametrize(
    ("provider", "names", "launches"),
    [
        (ForDefaults, [], "US"),
        (ForDefaults, ["US", "me"], "US"),
        (ForDefaults, ["me", "you"], "US"),
        (ForAKey, ["US", "me"], "me"),
        (ForAKey, ["me"], "me"),
        (ForAKey, [], None),
        (ForAName, ["me", "you"], "you"),
        (ForAName, [], None),
        (ForNothing, ["me", "you"], "you"),
        (ForNothing, [], "crowd"),
    ],
)
def test_without_a_name_it_is_the_default_where_nothing_is_asked_and_else_the_newest(
    accounts, provider, names, launches
):
    assert accounts(provider, names) == launches


@pytest.mark.parametrize("provider", [ForNothing, ForAName, ForDefaults])
def test_the_account_that_is_named_launches_and_is_made_where_no_more_is_asked(accounts, provider):
    assert accounts(provider, ["me", "you"], "me") == "me"
    assert accounts(provider, [], "another") == "another"


def test_the_account_that_is_named_has_to_be_registered_where_more_is_asked(accounts):
    assert accounts(ForAKey, ["me", "you"], "me") == "me"
    assert accounts(ForAKey, [], "another") is None
