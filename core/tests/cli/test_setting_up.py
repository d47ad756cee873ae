"""`mephisto register`, `check` and `completion`: each says what to do, and what fails leaves nothing behind."""

import json

import pytest
from click.testing import CliRunner

from mephisto.cli import COMMANDS, cli


@pytest.fixture
def mephisto(tmp_path):
    def run(words, **variables):
        environment = {
            "MEPHISTO_CONFIG_DIR": str(tmp_path / "s"),
            "MEPHISTO_DATA_DIR": str(tmp_path / "data"),
        }
        return CliRunner().invoke(cli, words.split(), env=environment | {"COLUMNS": "100"} | variables)

    return run


def accounts(mephisto):
    return [account["requester_name"] for account in json.loads(mephisto("requesters --json").stdout)]


def test_register_alone_lists_the_providers_with_accounts_and_a_type_alone_its_arguments(mephisto):
    assert "  * mock\n" in mephisto("register").stdout
    assert json.loads(mephisto("register --json").stdout) == ["mock"]
    shown = mephisto("register mock").stdout
    assert "Arguments" in shown
    assert "To register: mephisto register mock name=..." in shown
    assert [option["dest"] for option in json.loads(mephisto("register mock --json").stdout)] == [
        "name",
        "force_fail",
    ]
    assert accounts(mephisto) == []


def test_an_account_is_registered_once(mephisto):
    for _ in range(2):
        result = mephisto("register mock name=me")
        assert (result.exit_code, result.stdout) == (0, 'Registered requester "me" successfully.\n')
    assert accounts(mephisto) == ["me"]


@pytest.mark.parametrize(
    ("words", "status", "parts"),
    [
        ("mock name=me force_fail=True", 2, ["The account 'me' was refused.", "Leave force_fail out."]),
        ("mock nme=me", 2, ["no argument 'nme'. Did you mean 'name'?", "Arguments: name, force_fail."]),
        ("mock me", 2, ["'me' gives no argument a value.", "me=..."]),
        ("mock force_fail=perhaps", 2, ["cannot be 'perhaps'", "true or false"]),
        ("mock name=", 2, ["The name of the account is empty.", "name=me"]),
        ("mok name=me", 2, ["no provider 'mok'. Did you mean 'mock'?"]),
    ],
)
def test_what_fails_says_why_and_leaves_no_account(mephisto, words, status, parts, tmp_path):
    result = mephisto(f"register {words}")
    assert result.exit_code == status
    for part in parts:
        assert part in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "data").exists()


def test_no_account_is_kept_where_no_data_can_be(mephisto, tmp_path):
    (tmp_path / "data").symlink_to(tmp_path / "gone")
    result = mephisto("register mock name=me")
    assert result.exit_code == 1
    assert "where no folder can be found" in result.stderr
    assert not (tmp_path / "gone").exists()


REGISTERED = """
    from dataclasses import dataclass
    from mephisto import ProviderArgs, Refuse, RequesterArgs, arg, hookimpl

    @dataclass
    class Args(ProviderArgs):
        _provider_type: str = "paid"

    @dataclass
    class Account(RequesterArgs):
        key: str = arg("The key that it gave you.", required=True)

    class Paid:
        Config = Args
        RequesterConfig = Account

        @hookimpl
        def provider_register(self, config):
            if config.key == "broken":
                raise RuntimeError("no answer")

        @hookimpl
        def provider_adapter(self): ...

        @hookimpl
        def provider_identify(self):
            return Refuse("No.")
    """


@pytest.fixture
def paid(site_packages, tmp_path):
    site_packages.install(
        "mephisto-paid", {("provider", "paid"): "paid_module:Paid"}, {"paid_module": REGISTERED}
    )

    def run(*words):
        return site_packages.mephisto(*words, MEPHISTO_DATA_DIR=str(tmp_path / "data"), COLUMNS="100")

    return run


def test_all_that_is_missing_is_named_at_once(paid, tmp_path):
    result = paid("register", "paid")
    assert "To register: mephisto register paid name=... key=..." in result.stdout
    refused = paid("register", "paid", "x=1")
    assert refused.returncode == 2
    for part in ["no argument 'x'", "'name' is missing.", "'key' is missing.", "The key that it gave you."]:
        assert part in refused.stderr
    assert not (tmp_path / "data").exists()


def test_a_provider_that_raises_is_named_and_leaves_no_account(paid, tmp_path):
    result = paid("register", "paid", "name=me", "key=broken")
    assert result.returncode == 1
    assert "RuntimeError: no answer" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "data").exists()
    assert paid("register", "paid", "name=me", "key=k").returncode == 0


def test_check_is_content_with_a_new_machine_and_makes_nothing(mephisto, tmp_path):
    result = mephisto("check")
    assert result.exit_code == 0
    assert result.stdout.endswith("Mephisto seems to be set up correctly.\n")
    assert all(line.startswith(("ok    ", "      ")) for line in result.stdout.splitlines()[:-2])
    assert not list(tmp_path.iterdir())
    assert {finding["is_wrong"] for finding in json.loads(mephisto("check --json").stdout)} == {False}


def foreign_database(data):
    data.mkdir()
    (data / "mephisto.db").write_text("mine")


@pytest.mark.parametrize(
    ("spoil", "parts"),
    [
        (foreign_database, ["wrong Database:", "is not a database", "Move it away"]),
        (
            lambda data: data.write_text(""),
            ["wrong Data directory:", "is a file", "core.main_data_directory"],
        ),
    ],
)
def test_check_says_what_is_wrong_and_what_to_do_and_looks_at_the_rest(mephisto, spoil, parts, tmp_path):
    spoil(tmp_path / "data")
    result = mephisto("check")
    assert result.exit_code == 1
    for part in [*parts, "ok    The provider mock", "Something went wrong."]:
        assert part in " ".join(result.stdout.split()) or part in result.stdout
    assert json.loads(mephisto("check --json").stdout)


def test_check_finds_settings_that_cannot_be_read(mephisto, tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "config.yml").write_text("core: [")
    result = mephisto("check")
    assert result.exit_code == 1
    assert "wrong Settings:" in result.stdout
    assert "Repair the file" in result.stdout


def test_check_names_a_plugin_that_does_not_load(site_packages, tmp_path):
    site_packages.install("mephisto-bad", {("provider", "bad"): "bad_module:Bad"}, {"bad_module": "1 / 0"})
    result = site_packages.mephisto("check", MEPHISTO_DATA_DIR=str(tmp_path / "data"))
    assert result.returncode == 1
    assert "wrong The provider bad:" in result.stdout
    assert "ZeroDivisionError" in result.stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_prints_a_script_of_the_shell(mephisto, shell):
    result = mephisto(f"completion {shell}")
    assert result.exit_code == 0
    assert "_MEPHISTO_COMPLETE" in result.stdout


def test_completing_commands_imports_none_of_them(site_packages):
    code = "import sys\nfrom mephisto.cli import main\ntry:\n    main()\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    words = {"_MEPHISTO_COMPLETE": "zsh_complete", "COMP_WORDS": "mephisto r", "COMP_CWORD": "1"}
    result = site_packages.python(code, **words)
    found = {name for name in COMMANDS if f"\n{name}\n" in result.stdout}
    assert found == {name for name in COMMANDS if name.startswith("r")}
    assert "sqlalchemy" not in result.stderr
    assert "mephisto.cli.run" not in result.stderr.split()
