"""Each check that plugins of every kind pass can fail."""

import dataclasses

import pytest

from mephisto import ArchitectArgs, ConfigError, arg, hookimpl
from mephisto.testing import ArchitectTests
from mephisto.testing.stand_ins import LoopbackArchitect


def test_a_name_that_nobody_offers_is_not_discovered():
    class Missing(ArchitectTests):
        name = "nowhere"

    with pytest.raises(AssertionError, match="There is no architect 'nowhere'"):
        Missing().test_it_is_discovered()


def test_a_front_door_that_imports_flask_is_heavy(install):
    class Heavy(ArchitectTests):
        name = "heavy"

    install("architect", "heavy", "heavy_front_door", "import flask\nclass Plugin: ...\n")
    Heavy().test_it_is_discovered()
    with pytest.raises(AssertionError, match="Importing heavy_front_door imports flask; import"):
        Heavy().test_its_front_door_is_light()


def test_a_front_door_that_cannot_be_imported_shows_why(install):
    class Unfinished(ArchitectTests):
        name = "unfinished"

    install("architect", "unfinished", "unfinished_front_door", "import what_nobody_has\n")
    with pytest.raises(AssertionError, match="No module named 'what_nobody_has'"):
        Unfinished().test_its_front_door_is_light()


def test_an_entry_point_that_leads_to_no_class_is_named(install):
    class NoClass(ArchitectTests):
        name = "no_class"

    install("architect", "no_class", "no_class_front_door", "Plugin = 3\n")
    with pytest.raises(AssertionError, match="'no_class' leads to 3, not to a class"):
        NoClass().test_it_keeps_its_contract()


def test_each_breach_of_the_contract_has_its_line(trying):
    class Plugin:
        Config = ArchitectArgs

        @hookimpl
        def architect_deploi(self): ...

        @hookimpl
        async def architect_deploy(self, prot): ...

    with pytest.raises(AssertionError) as failed:
        trying(ArchitectTests, Plugin).test_it_keeps_its_contract()
    lines = str(failed.value).splitlines()
    assert [line for line in lines if "required hook 'architect_shutdown'" in line]
    assert [line for line in lines if "'architect_deploi', which is no hook" in line]
    assert [line for line in lines if "is a coroutine function" in line]
    assert [line for line in lines if "the argument 'prot'" in line]


def test_help_has_to_end_with_a_period(trying):
    @dataclasses.dataclass
    class Args(ArchitectArgs):
        port: int = arg("Port to serve on", 0)
        host: str = "localhost"

    class Plugin(LoopbackArchitect):
        Config = Args

    with pytest.raises(AssertionError) as failed:
        trying(ArchitectTests, Plugin).test_each_option_has_a_sentence_of_help()
    assert len(str(failed.value).splitlines()) == 2
    failed.match("'port' is 'Port to serve on'")
    failed.match("'host' is None")


@pytest.mark.parametrize("options", [{"prot": 0}, {"port": "first"}, {}], ids=["unknown", "type", "missing"])
def test_options_that_do_not_settle(trying, options):
    @dataclasses.dataclass
    class Args(ArchitectArgs):
        _architect_type: str = "broken"
        port: int = arg("Port to serve on.", required=True)

    class Plugin(LoopbackArchitect):
        Config = Args

    trying(ArchitectTests, Plugin, options={"port": 0}).test_its_options_settle()
    with pytest.raises(ConfigError):
        trying(ArchitectTests, Plugin, options=options).test_its_options_settle()


def test_options_that_name_another_plugin(trying):
    with pytest.raises(AssertionError, match="says _architect_type = 'stand_in'"):
        trying(ArchitectTests, LoopbackArchitect).test_its_options_settle()
