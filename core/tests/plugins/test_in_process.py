"""A class that a script registers is found like an installed one, in this process only, until it is taken back."""

import importlib.metadata

import pytest

from mephisto import ArchitectArgs, hookimpl
from mephisto.errors import PluginMisuse, PluginNotFound
from mephisto.plugins import find, installed, load, register, unregister


class Architect:
    Config = ArchitectArgs

    @hookimpl
    def architect_deploy(self): ...

    @hookimpl
    def architect_shutdown(self): ...


@pytest.fixture
def offered():
    """Register a class under a name, for the length of a test."""
    names = []

    def offer(name, plugin=Architect):
        register("architect", name, plugin)
        names.append(name)

    yield offer
    for name in names:
        unregister("architect", name)


def test_a_registered_class_is_found_by_name_and_kind(offered):
    offered("mine")

    assert load("architect", "mine") is Architect
    assert "mine" in installed("architect")
    assert "mine" not in installed("provider")


def test_it_says_that_it_comes_from_this_process(offered):
    offered("mine")
    offer = find("architect", "mine")

    assert (offer.distribution, offer.version) == ("this-process", "0")
    assert str(offer).startswith(f"architect 'mine' ({__name__}:Architect")


def test_a_class_defined_in_a_function_can_be_registered(offered):
    class Local(Architect): ...

    offered("mine", Local)

    assert load("architect", "mine") is Local


def test_it_hides_an_installed_one_until_it_is_taken_back(offered):
    real = load("architect", "local")
    offered("local")
    assert load("architect", "local") is Architect
    unregister("architect", "local")

    assert load("architect", "local") is real


def test_registering_again_replaces(offered):
    class Newer(Architect): ...

    offered("mine")
    offered("mine", Newer)

    assert load("architect", "mine") is Newer


def test_taking_back_what_was_never_registered_does_nothing():
    unregister("architect", "never")

    with pytest.raises(PluginNotFound):
        find("architect", "never")


def test_it_has_to_keep_the_contract_like_any_other(offered):
    offered("mine", type("Wrong", (), {}))

    with pytest.raises(PluginMisuse, match="architect_deploy"):
        load("architect", "mine")


def test_other_distributions_are_still_found(offered):
    offered("mine")

    assert importlib.metadata.version("mephisto-core")
    assert "local" in installed("architect")
