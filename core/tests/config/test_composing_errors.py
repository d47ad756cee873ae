"""Each mistake is answered with its key, where it stands, the nearest valid name, and what to do."""

from pathlib import Path

import pytest

from mephisto import plugins
from mephisto.errors import ConfigError, PluginBroken


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        (
            "mephisto.architect.prot=1",
            ["no option 'mephisto.architect.prot'", "mean 'port'?", "line: mephisto"],
        ),
        ("mephisto.bluprint.data_csv=x", ["no option 'mephisto.bluprint'", "mean 'blueprint'?"]),
        ("custom_arg=1", ["no option 'custom_arg'", "has: mephisto, task_dir, num_tasks."]),
        ("mephisto/architect=locl", ["no architect 'locl'", "mean 'local'?", "Choose one of: local"]),
        ("mephisto/architct=local", ["no group 'mephisto/architct'", "mean 'mephisto/architect'?"]),
        ("conf=exmple", ["no configuration 'exmple'", "mean 'example'?", "command line: conf=exmple"]),
        (
            "+profile=mine",
            [
                "no profile 'mine'",
                str(Path("hydra_configs/profile")),
                str(Path(".mephisto/hydra_configs/profile")),
            ],
        ),
        ("profile=mine", ["Write +profile=mine"]),
        ("mephisto.architect.port=abc", ["port cannot be 'abc'", "a whole number", "Port to launch"]),
        ("mephisto.architect.port=null", ["port cannot be null", "a whole number"]),
        ("mephisto.task.force_rebuild=maybe", ["cannot be 'maybe'", "true or false"]),
        ("mephisto.task.task_tags=a,b", ["""'mephisto.task.task_tags="a,b"'"""]),
        ("mephisto.architect.port=range(1,3)", ["one command launches one run"]),
        ("mephisto.task.task_title=it's", ["""'mephisto.task.task_title="it'\\''s"'"""]),
        ("mephisto.task.task_title", ["gives no option a value"]),
        ("+mephisto.architect.foo=1", ["no option 'mephisto.architect.foo'", "has: server_type"]),
        ("+mephisto.task.task_nme=1", ["no option 'mephisto.task.task_nme'", "mean 'task_name'?"]),
        ("mephisto.task.task_name=${nope}", ["task_name refers to", "'nope' not found", "command line"]),
        ("mephisto.blueprint=static_task", ["Write mephisto/blueprint=static_task"]),
        ("~mephisto/architect", ["No architect is chosen", "- /mephisto/architect: <name>"]),
        ("mephisto.architect._architect_type=other", ["override /mephisto/architect: other"]),
        ("mephisto.log_level=inof", ["mephisto.log_level cannot be 'inof'", "mean 'info'?"]),
        ("mephisto.database._database_type=sqlite", ["Choose one of singleton, local."]),
        ("hydra.mode=MULTIRUN", ["--multirun is refused", "pays"]),
        ("conf=null", ["cannot be composed"]),
        ("+conf=example", ["is chosen twice", "Write conf=example"]),
    ],
)
def test_a_mistake_on_the_command_line(folder, word, parts):
    error = folder.refusal(word)
    assert isinstance(error, ConfigError)
    for part in parts:
        assert part in str(error)


@pytest.mark.parametrize(
    ("old", "new", "line", "parts"),
    [
        ("data_csv:", "data_cvs:", 9, ["no option 'mephisto.blueprint.data_cvs'", "mean 'data_csv'?"]),
        ("assignment: 2", "assignment: two", 11, ["units_per_assignment cannot be 'two'", "a whole number"]),
        ("assignment: 2", "assignment: [2]", 11, ["units_per_assignment cannot be [2]"]),
        ("${task_dir}/data", "${task_dr}/data", 9, ["data_csv refers to", "'task_dr' not found"]),
        ("architect: local", "architect: locl", 5, ["no architect 'locl'", "mean 'local'?"]),
        ("  blueprint:", " blueprint: a: b", 8, ["no valid YAML", "column 14"]),
        ("  task:", "  tsak:", 12, ["no option 'mephisto.tsak'", "mean 'task'?"]),
        ("mephisto:\n", "unknown: 3\nmephisto:\n", 7, ["no option 'unknown'"]),
    ],
)
def test_a_mistake_in_a_file_is_answered_with_its_line(folder, old, new, line, parts):
    text = (folder.path / "hydra_configs/conf/example.yaml").read_text()
    text = "# mine\n" + text.replace("#@package", "# @package")
    assert old in text
    file = folder.conf("mine", text.replace(old, new, 1))
    error = str(folder.refusal("conf=mine"))
    for part in [f"{file}, line {line}", *parts]:
        assert part in error


def test_a_mistake_in_a_profile_names_the_profile(folder):
    profile = folder.write(
        "hydra_configs/profile/mine.yaml", "# @package _global_\nmephisto:\n  architect:\n    prot: 3\n"
    )
    assert f"{profile}, line 4" in str(folder.refusal("+profile=mine"))


def test_a_profile_that_chooses_a_kind_again_is_told_to_override_it(folder, other_architect):
    folder.write(
        "hydra_configs/profile/mine.yaml", "# @package _global_\ndefaults:\n  - /mephisto/architect: other\n"
    )
    error = str(folder.refusal("+profile=mine"))
    assert "mephisto/architect is chosen twice." in error
    assert "`override /mephisto/architect: <name>`" in error


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("# @package _global_\ndefaults: 3\n", "must be a list"),
        ("# @package _global_\nmephisto: {a: 1, a: 2}\n", "duplicate key"),
        ("- 1\n", "holds a list"),
    ],
)
def test_a_file_of_the_wrong_shape(folder, text, part):
    folder.conf("mine", text)
    assert part in str(folder.refusal("conf=mine"))


def test_a_file_that_is_no_text(folder):
    (folder.path / "hydra_configs/conf/mine.yaml").write_bytes(b"# \xff\xfe\n")
    assert "mine.yaml, line 1: this is not UTF-8." in str(folder.refusal("conf=mine"))


def test_a_missing_folder_is_named(folder):
    (folder.path / "hydra_configs").rename(folder.path / "elsewhere")
    assert str(folder.path / "hydra_configs") in str(folder.refusal())


def test_the_script_is_named_where_it_chose_what_is_missing(folder):
    (folder.path / "hydra_configs/conf/example.yaml").rename(folder.path / "hydra_configs/conf/exampel.yaml")
    error = str(folder.refusal())
    assert "'example'. Did you mean 'exampel'?" in error
    assert "The run script names it." in error


def test_a_broken_plugin_hurts_only_who_chooses_it(folder, monkeypatch):
    folder.write("site/broken-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    folder.write(
        "site/broken-1.dist-info/entry_points.txt", "[mephisto.architect]\nbroken = broken_module:Broken\n"
    )
    folder.write("site/broken_module.py", "raise RuntimeError('it does not start')\n")
    monkeypatch.syspath_prepend(folder.path / "site")
    folder.compose()
    with pytest.raises(PluginBroken, match="RuntimeError: it does not start"):
        folder.compose("mephisto/architect=broken")


def test_options_that_no_configuration_can_hold_are_the_plugins_mistake(folder, other_architect):
    from dataclasses import dataclass

    from mephisto import ArchitectArgs, arg

    @dataclass
    class OddArgs(ArchitectArgs):
        _architect_type: str = "odd"
        odd: complex = arg("A number of another kind.", 3)

    class Odd(other_architect):
        Config = OddArgs

    plugins.register("architect", "odd", Odd)
    try:
        with pytest.raises(plugins.loading.PluginMisuse, match="'odd'"):
            folder.compose("mephisto/architect=odd")
    finally:
        plugins.unregister("architect", "odd")
