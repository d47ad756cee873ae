"""What breaks the contract is found when a plugin is loaded, and all of it at once."""

from dataclasses import dataclass, field

import pytest

from mephisto import ArchitectArgs, BlueprintArgs, ProviderArgs, RequesterArgs, SharedTaskState, arg, hookimpl
from mephisto.hookspecs import KINDS
from mephisto.plugins.contract import implementations, specifications, violations


class Architect:
    """One that keeps the contract."""

    Config = ArchitectArgs

    @hookimpl
    def architect_deploy(self, config, site, desk): ...

    @hookimpl
    def architect_shutdown(self): ...


class Blueprint:
    Config = BlueprintArgs

    @hookimpl
    def blueprint_tasks(self): ...

    @hookimpl
    def blueprint_build(self): ...


class Provider:
    Config = ProviderArgs

    @hookimpl
    def provider_adapter(self): ...

    @hookimpl
    def provider_identify(self, data): ...


def wrong(kind, plugin):
    return list(violations(kind, plugin))


@pytest.mark.parametrize(
    ("kind", "plugin"), [("architect", Architect), ("blueprint", Blueprint), ("provider", Provider)]
)
def test_an_implementation_takes_only_the_arguments_that_it_needs(kind, plugin):
    assert wrong(kind, plugin) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_required_hook_that_is_missing_is_named(kind):
    required = [name for name, spec in specifications(kind).items() if hasattr(spec, "mephisto_required")]
    found = wrong(kind, type("Empty", (), {}))

    assert required
    for name in required:
        assert f"It does not implement the required hook {name!r}." in found


def test_an_unknown_hook_is_named():
    class Plugin(Architect):
        @hookimpl
        def architect_deplyo(self): ...

    assert wrong("architect", Plugin) == [
        "It implements 'architect_deplyo', which is no hook of an architect."
    ]


def test_a_hook_of_another_kind_is_unknown():
    class Plugin(Provider):
        @hookimpl
        def blueprint_build(self): ...

    assert wrong("provider", Plugin) == ["It implements 'blueprint_build', which is no hook of a provider."]


@pytest.mark.parametrize(("said", "found"), [(True, 0), (False, 0), ("yes", 1), (None, 1)])
def test_a_provider_says_plainly_whether_its_work_is_a_rehearsal(said, found):
    plugin = type("Plugin", (Provider,), {"sandbox": said})
    assert wrong("provider", plugin) == ["Its 'sandbox' is neither True nor False."] * found


def test_an_argument_that_the_hook_does_not_have_is_named_with_those_it_has():
    class Plugin(Architect):
        @hookimpl
        def architect_deploy(self, config, folder): ...

    assert wrong("architect", Plugin) == [
        "Its hook 'architect_deploy' asks for the argument 'folder'; there are: config, desk, site."
    ]


@pytest.mark.parametrize("collecting", ["*rest", "**rest"])
def test_a_hook_cannot_collect_arguments(collecting):
    namespace = {"hookimpl": hookimpl, "Architect": Architect}
    source = f"class Plugin(Architect):\n  @hookimpl\n  def architect_check(self, {collecting}): ..."
    exec(source, namespace)  # noqa: S102

    (said,) = wrong("architect", namespace["Plugin"])
    assert "asks for the argument 'rest'" in said


def test_an_argument_by_keyword_only_would_never_arrive():
    class Plugin(Architect):
        @hookimpl
        def architect_check(self, *, config): ...

    (said,) = wrong("architect", Plugin)
    assert "takes the argument 'config' by keyword only" in said


def test_a_default_would_hide_the_real_value():
    class Plugin(Architect):
        @hookimpl
        def architect_check(self, config=None): ...

    (said,) = wrong("architect", Plugin)
    assert "gives the argument 'config' a default" in said


def test_a_coroutine_function_would_never_be_awaited():
    class Plugin(Architect):
        @hookimpl
        async def architect_check(self): ...

        @hookimpl
        async def architect_shutdown(self):
            yield

    assert wrong("architect", Plugin) == [
        "Its hook 'architect_check' is a coroutine function, and nobody would await it.",
        "Its hook 'architect_shutdown' is a coroutine function, and nobody would await it.",
    ]


def test_static_and_class_methods_are_hooks_too():
    class Plugin(Architect):
        @hookimpl
        @staticmethod
        def architect_check(config): ...

        @classmethod
        @hookimpl
        def architect_shutdown(cls, state): ...

        @staticmethod
        @hookimpl
        def architect_deploy(site): ...

    assert wrong("architect", Plugin) == []
    assert set(implementations(Plugin)) == {"architect_check", "architect_deploy", "architect_shutdown"}


def test_a_hook_may_be_implemented_under_another_name_and_inherited():
    class Plugin(Architect):
        @hookimpl(specname="architect_check")
        def look_around(self, config): ...

    assert wrong("architect", Plugin) == []
    assert "architect_check" in implementations(Plugin)


@pytest.mark.parametrize("config", [None, 3, dict, dataclass(type("Config", (), {})), ProviderArgs])
def test_the_options_are_a_dataclass_of_the_kind(config):
    plugin = type("Plugin", (Architect,), {"Config": config})

    assert wrong("architect", plugin) == ["Its 'Config' is not a dataclass derived from ArchitectArgs."]


def test_every_option_has_a_help():
    @dataclass
    class Args(ArchitectArgs):
        region: str = "here"
        _internal: str = "fine"

    plugin = type("Plugin", (Architect,), {"Config": Args})

    assert wrong("architect", plugin) == ["Its option 'region' has no help; make it with mephisto.arg."]


def test_a_shared_state_derives_from_ours_and_may_be_as_short_as_its_author_likes():
    @dataclass
    class State(SharedTaskState):
        rows: list[str] = field(default_factory=list)

    assert wrong("blueprint", type("Plugin", (Blueprint,), {"SharedState": State})) == []
    assert wrong("blueprint", type("Plugin", (Blueprint,), {"SharedState": dict})) == [
        "Its 'SharedState' is not a dataclass derived from SharedTaskState."
    ]


def test_what_an_account_asks_for_derives_from_ours_and_has_help():
    @dataclass
    class Args(RequesterArgs):
        key: str = arg("Secret.")
        other: str = ""

    assert wrong("provider", type("Plugin", (Provider,), {"RequesterConfig": Args})) == [
        "Its option 'other' has no help; make it with mephisto.arg."
    ]
    assert wrong("provider", type("Plugin", (Provider,), {"RequesterConfig": ProviderArgs})) == [
        "Its 'RequesterConfig' is not a dataclass derived from RequesterArgs."
    ]


def test_all_that_is_wrong_is_found_at_once():
    class Plugin:
        @hookimpl
        async def architect_deploy(self, folder=None): ...

        @hookimpl
        def unknown(self): ...

    assert len(wrong("architect", Plugin)) == 6
