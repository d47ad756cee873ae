"""Plugins are found without importing them; choosing one imports its module and no other; each stands for itself."""

import pytest

PLUGIN = """
from dataclasses import dataclass
from mephisto import ArchitectArgs, hookimpl

class One:
    Config = ArchitectArgs

    @hookimpl
    def architect_deploy(self): ...

    @hookimpl
    def architect_shutdown(self): ...

class Two(One): ...
class Wrong: ...
no_class = One()
"""


@pytest.fixture
def python(site_packages):
    """Run code beside three distributions: two good, one whose module cannot be imported."""
    site_packages.install(
        "mephisto-first",
        {("architect", "one"): "first_module:One", ("architect", "wrong"): "first_module:Wrong"},
        {"first_module": PLUGIN},
    )
    site_packages.install(
        "mephisto-second", {("architect", "two"): "second_module:Two"}, {"second_module": PLUGIN}
    )
    site_packages.install(
        "mephisto-broken",
        {("architect", "broken"): "broken_module:One"},
        {"broken_module": "import no_such_module"},
    )
    site_packages.install(
        "mephisto-instance", {("architect", "instance"): "first_module:no_class"}, {"first_module": PLUGIN}
    )

    def run(code):
        result = site_packages.python(code)
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run


def test_listing_imports_none_of_them(python):
    python("""
        import sys
        from mephisto.plugins.discovery import all_installed, installed

        names = list(installed("architect"))
        assert names == sorted(names)
        assert {"one", "two", "broken", "wrong", "instance", "local"} <= set(names)
        assert {offer.kind for offer in all_installed()} == {"blueprint", "architect", "provider"}
        imported = {name for name in sys.modules if name.endswith("_module") or name.startswith("mephisto_")}
        assert not imported, imported
    """)


def test_choosing_one_imports_its_module_and_no_other(python):
    python("""
        import sys
        from mephisto.plugins import load

        assert load("architect", "two").__name__ == "Two"
        assert "second_module" in sys.modules
        assert not {"first_module", "broken_module", "mephisto_architect_local"} & set(sys.modules)
    """)


def test_an_offer_knows_its_distribution_version_and_place(python, site_packages):
    said = python("""
        from mephisto.plugins import find
        offer = find("architect", "one")
        print(offer.distribution, offer.version, offer.place)
        print(offer)
    """)

    assert said.splitlines() == [
        f"mephisto-first 1.0 {site_packages.folder}",
        "architect 'one' (first_module:One, mephisto-first 1.0)",
    ]


def test_a_broken_module_is_reported_with_its_distribution_and_harms_no_other(python):
    python("""
        from mephisto.errors import PluginBroken
        from mephisto.plugins import load

        try:
            load("architect", "broken")
        except PluginBroken as error:
            assert "mephisto-broken 1.0" in error.problem.what
            assert error.problem.why == "ModuleNotFoundError: No module named 'no_such_module'"
            assert "Repair or uninstall mephisto-broken" in error.problem.remedy
        else:
            raise AssertionError
        assert load("architect", "one")
    """)


def test_a_class_that_breaks_the_contract_is_reported_with_all_that_is_wrong(python):
    python("""
        from mephisto.errors import PluginMisuse
        from mephisto.plugins import load

        try:
            load("architect", "wrong")
        except PluginMisuse as error:
            assert "first_module:Wrong, mephisto-first 1.0" in error.problem.what
            assert len(error.problem.why.splitlines()) == 3
        else:
            raise AssertionError
    """)


def test_an_entry_point_that_leads_to_no_class_is_broken(python):
    python("""
        from mephisto.errors import PluginBroken
        from mephisto.plugins import load

        try:
            load("architect", "instance")
        except PluginBroken as error:
            assert "is not a class" in error.problem.what
        else:
            raise AssertionError
    """)


def test_an_unknown_name_is_answered_with_the_nearest_and_all_that_are_installed(python):
    python("""
        from mephisto.errors import PluginNotFound
        from mephisto.plugins import find

        try:
            find("architect", "tow")
        except PluginNotFound as error:
            assert error.exit_status == 2
            assert error.problem.what == "There is no architect 'tow'. Did you mean 'two'?"
            assert error.problem.why == "Installed: broken, instance, local, one, two, wrong."
        else:
            raise AssertionError
    """)
