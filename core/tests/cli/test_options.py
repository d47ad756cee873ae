"""What is said of an option follows from its dataclass, whatever its author wrote there."""

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from mephisto import BlueprintArgs, arg
from mephisto.cli.options import about, options_of
from mephisto.cli.tables import print_table


def quietly(*_):
    return None


@dataclasses.dataclass
class Options(BlueprintArgs):
    """What its author wrote.

    A second paragraph.
    """

    _hidden: str = "hidden"
    path: Path = arg("A path.", required=True)
    maybe: Path | None = arg("A path, perhaps.")
    number: int | str = arg("A number.", 3, choices=[1, 2, 3])
    names: dict[str, str] = arg("Names.", default_factory=dict)
    anything: Any = arg("Anything.", None)
    call: Callable[..., None] = arg("Called.", quietly)
    many: Iterable[int] = arg("Many.", default_factory=lambda: [1, 2])
    later: str = arg("What it does.", "", planned="It is not built yet.")
    bare: int = 0


@pytest.fixture
def options():
    return {option.dest: option for option in options_of(Options, "mephisto.blueprint")}


def test_private_fields_are_no_options(options):
    assert "_hidden" not in options
    assert "_blueprint_type" not in options


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("path", "str"),
        ("maybe", "str"),
        ("number", "int | str"),
        ("names", "dict"),
        ("anything", "Any"),
        ("call", "Callable"),
        ("many", "Iterable"),
    ],
)
def test_a_type_is_named_as_people_write_it(options, name, type_):
    assert options[name].type == type_


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("path", "???"),
        ("number", 3),
        ("names", {}),
        ("anything", None),
        ("call", "quietly"),
        ("many", [1, 2]),
    ],
)
def test_a_default_is_a_value_and_the_same_everywhere(options, name, default):
    assert options[name].default == default


def test_what_is_not_built_yet_says_so(options):
    assert options["later"].help == "What it does. It is not built yet."


def test_a_field_without_metadata_has_no_help_and_no_choices(options):
    row = options["bare"].as_row()

    assert (row["help"], row["choices"], row["required"]) == ("None", "None", "False")
    assert options["number"].as_row()["choices"] == "1\n2\n3"


def test_an_option_comes_from_the_class_that_declares_it(options):
    assert options["block_qualification"].origin == "mephisto-core 0.1.0"
    assert options["path"].origin == __name__.partition(".")[0]


def test_an_annotation_that_cannot_be_resolved_is_shown_as_it_stands():
    odd = dataclasses.make_dataclass("Odd", [("value", "Unimported", arg("Odd."))])

    assert [option.type for option in options_of(odd, "x")] == ["Unimported"]


def test_only_a_docstring_that_someone_wrote_is_help():
    assert about(Options) == "What its author wrote.\n\nA second paragraph."
    assert about(dataclasses.make_dataclass("Bare", [("value", int)])) == ""


def test_a_help_text_is_text_and_no_markup(capsys):
    print_table("T", [{"dest": "a", "help": "[red]not red[/red] :smile: [/]"}], sentences="help")

    assert "[red]not red[/red] :smile: [/]" in capsys.readouterr().out
