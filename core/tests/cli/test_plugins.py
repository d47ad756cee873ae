"""`mephisto plugins`: everything that is installed, and why something is broken."""

import json

import pytest

GOOD = """
from dataclasses import dataclass
from mephisto import ArchitectArgs, hookimpl

@dataclass
class Args(ArchitectArgs):
    _architect_type: str = "good"

class Good:
    Config = Args

    @hookimpl
    def architect_deploy(self): ...

    @hookimpl
    def architect_shutdown(self): ...
"""
BROKEN = {
    "an import that fails": ("import nowhere_to_be_found", "No module named 'nowhere_to_be_found'"),
    "an import that ends the process": ("raise SystemExit('no driver')", "SystemExit: no driver"),
    "a missing class": ("", "has no attribute 'Bad'"),
    "something that is no class": ("Bad = 3", "is not a class"),
    "a broken contract": ("class Bad: ...", "does not implement the required hook 'architect_deploy'"),
}


@pytest.fixture
def installed(site_packages):
    def install(bad):
        site_packages.install(
            "mephisto-good", {("architect", "good"): "good_plugin:Good"}, {"good_plugin": GOOD}
        )
        site_packages.install("mephisto-bad", {("architect", "bad"): "bad_plugin:Bad"}, {"bad_plugin": bad})
        return site_packages

    return install


def test_each_plugin_is_listed_with_where_it_comes_from_and_what_it_does(installed):
    site_packages = installed(GOOD.replace("Good", "Bad"))
    found = {
        plugin["name"]: plugin for plugin in json.loads(site_packages.mephisto("plugins", "--json").stdout)
    }

    assert set(found) >= {"static_task", "local", "mock", "good", "bad"}
    assert found["good"] == {
        "kind": "architect",
        "name": "good",
        "distribution": "mephisto-good",
        "version": "1.0",
        "place": str(site_packages.folder),
        "hooks": ["architect_deploy", "architect_shutdown"],
        "reason": None,
    }


@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_is_shown_with_its_reason_and_harms_nothing(installed, source, reason):
    site_packages = installed(source)
    as_json = site_packages.mephisto("plugins", "--json")
    as_table = site_packages.mephisto("plugins", COLUMNS="140")
    found = {plugin["name"]: plugin for plugin in json.loads(as_json.stdout)}

    assert reason in found["bad"]["reason"]
    assert "mephisto-bad 1.0" in found["bad"]["reason"]
    assert found["bad"]["hooks"] == []
    assert found["good"]["reason"] is None
    assert as_table.returncode == as_json.returncode == 0
    assert as_table.stderr == as_json.stderr == ""
    assert "broken: see below" in as_table.stdout
    assert reason in as_table.stdout
    assert site_packages.mephisto("wut", "architect=good").returncode == 0


def test_what_a_plugin_prints_when_it_is_imported_stays_out_of_the_list(installed):
    result = installed("print('loading the model')").mephisto("plugins", "--json")

    assert json.loads(result.stdout)
    assert "loading the model" in result.stderr


def test_what_a_broken_plugin_would_configure_is_refused_with_the_reason(installed):
    result = installed("import nowhere_to_be_found").mephisto("wut", "architect=bad")

    assert result.returncode == 1
    assert result.stdout == ""
    assert "mephisto-bad 1.0" in result.stderr
    assert "No module named 'nowhere_to_be_found'" in result.stderr


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_the_table_fits_the_terminal(installed, columns):
    shown = installed("class Bad: ...").mephisto("plugins", COLUMNS=str(columns)).stdout
    table = shown.partition("\nBroken:")[0]

    assert "mephisto-good" in table or "mephisto-\n" in table
    assert max(map(len, table.splitlines())) <= columns
    assert "…" not in table


def test_listing_names_imports_no_plugin(installed):
    site_packages = installed("raise RuntimeError('imported')")

    for arguments in (["wut"], ["wut", "architect"], ["wut", "architect=good"]):
        result = site_packages.python(
            """
            import sys
            from mephisto.cli import cli
            cli(sys.argv[1:], standalone_mode=False)
            assert "bad_plugin" not in sys.modules
            assert ("good_plugin" in sys.modules) == ("architect=good" in sys.argv)
            """,
            *arguments,
        )
        assert result.returncode == 0, result.stderr


def test_without_any_plugin_it_says_so(site_packages):
    # No distribution is found, as in an installation of the core alone.
    result = site_packages.python(
        """
        import importlib.metadata as metadata
        from mephisto.plugins import discovery
        discovery.entry_points = lambda **_: metadata.EntryPoints(())
        from mephisto.cli import main
        main()
        """,
        "plugins",
    )

    assert result.stdout == "No plugins are installed.\n"
