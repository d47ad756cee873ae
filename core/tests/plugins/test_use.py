"""Hooks are called in one way, which says by name whose fault it is when something is wrong."""

import pytest

from mephisto import ArchitectArgs, BlueprintArgs, Deployed, MephistoError, Problem, hookimpl
from mephisto.errors import PluginFailed, PluginMisuse, PluginNotFound
from mephisto.plugins import Use, find, register, unregister


class Architect:
    Config = ArchitectArgs
    state = None

    @hookimpl
    def architect_deploy(self, config):
        return Deployed(f"http://{config}")

    @hookimpl
    def architect_shutdown(self, state):
        self.state = state


class Blueprint:
    Config = BlueprintArgs

    @hookimpl
    def blueprint_tasks(self): ...

    @hookimpl
    def blueprint_build(self): ...


@pytest.fixture
def use():
    """Use the given classes, each under the name of its kind."""
    registered = []

    def make(**plugins):
        for kind, plugin in plugins.items():
            register(kind, "mine", plugin)
            registered.append(kind)
        return Use(dict.fromkeys(plugins, "mine"))

    yield make
    for kind in registered:
        unregister(kind, "mine")


def deploy(used):
    return used.ask(used.hooks.architect_deploy, config="here", site=None, desk=None)


def test_a_question_is_answered_by_the_one_plugin_that_can(use):
    assert deploy(use(architect=Architect, blueprint=Blueprint)) == Deployed("http://here")


def test_a_use_has_instances_of_its_own(use):
    first, second = use(architect=Architect), use(architect=Architect)
    first.command(first.hooks.architect_shutdown, config=None, state={"port": 1})

    assert first.hooks is not second.hooks
    assert Architect.state is None


def test_a_name_that_nobody_offers_is_not_found(use):
    with pytest.raises(PluginNotFound):
        Use({"architect": "nobody"})


def test_a_plugin_that_cannot_be_made_is_named(use):
    class Plugin(Architect):
        def __init__(self, port): ...

    with pytest.raises(PluginFailed, match=r"architect 'mine' \(.*\) failed when it was made"):
        use(architect=Plugin)


def test_a_question_that_nobody_has_to_answer_may_go_unanswered(use):
    used = use(architect=Architect)

    assert used.ask(used.hooks.architect_check, config=None) is None
    assert used.ask_all(used.hooks.architect_check, config=None) == []


def test_none_is_no_answer_to_a_required_question(use):
    class Plugin(Architect):
        @hookimpl
        def architect_deploy(self):
            return None

    with pytest.raises(PluginMisuse, match=r"Plugin of this-process 0 answered None.*'architect_deploy'"):
        deploy(use(architect=Plugin))


def test_a_required_question_without_any_plugin_is_an_error(use):
    with pytest.raises(PluginMisuse, match="No plugin implements 'architect_deploy'"):
        deploy(use(blueprint=Blueprint))


def test_two_implementations_of_a_command_are_an_error_that_names_both(use):
    used = use(architect=Architect)
    used.add(type("Another", (Architect,), {})(), find("architect", "mine"))

    with pytest.raises(PluginMisuse, match=r"2 plugins implement 'architect_shutdown'") as caught:
        used.command(used.hooks.architect_shutdown, config=None, state={})
    assert "Architect of this-process 0 and Another of this-process 0" in caught.value.problem.why


def test_a_wrapper_may_stand_around_the_one_implementation(use):
    class Observer:
        @hookimpl(wrapper=True)
        def architect_deploy(self):
            deployed = yield
            return Deployed(deployed.url + "/seen")

    used = use(architect=Architect)
    used.add(Observer(), find("architect", "mine"))

    assert deploy(used) == Deployed("http://here/seen")


def test_a_call_without_an_argument_of_the_hook_is_an_error(use):
    used = use(architect=Architect)
    with pytest.raises(PluginMisuse, match="'architect_deploy' was called without site, desk"):
        used.ask(used.hooks.architect_deploy, config=None)


def test_a_call_with_positional_arguments_is_an_error(use):
    used = use(architect=Architect)
    with pytest.raises(PluginMisuse, match="positional"):
        used.ask(used.hooks.architect_deploy, None, None, None)


def test_what_a_hook_raises_is_reported_with_class_distribution_and_hook(use):
    class Plugin(Architect):
        @hookimpl
        def architect_deploy(self):
            raise ValueError("no port")

    with pytest.raises(PluginFailed) as caught:
        deploy(use(architect=Plugin))
    assert "Plugin of this-process 0 failed in 'architect_deploy'" in caught.value.problem.what
    assert caught.value.problem.why == "ValueError: no port"
    assert isinstance(caught.value.__cause__, ValueError)


def test_an_error_of_our_family_reaches_the_user_as_the_plugin_wrote_it(use):
    class Plugin(Architect):
        @hookimpl
        def architect_deploy(self):
            raise MephistoError("The port is taken.")

    with pytest.raises(MephistoError, match=r"^The port is taken\.$"):
        deploy(use(architect=Plugin))


def test_an_answer_that_is_a_generator_is_read_where_its_failure_has_a_name(use):
    class Plugin(Architect):
        @hookimpl
        def architect_check(self):
            yield Problem("one")
            raise ValueError("half way")

    used = use(architect=Plugin)
    with pytest.raises(PluginFailed, match="failed in 'architect_check'"):
        used.ask_all(used.hooks.architect_check, config=None)


def test_all_answers_of_a_generator_are_given(use):
    class Plugin(Architect):
        @hookimpl
        def architect_check(self):
            yield Problem("one")
            yield Problem("two")

    used = use(architect=Plugin)
    assert used.ask_all(used.hooks.architect_check, config=None) == [Problem("one"), Problem("two")]
