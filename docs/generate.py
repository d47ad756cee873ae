"""Write `hooks.md` and `options.md` from the code that they describe: `python docs/generate.py`."""  # noqa: INP001 - a script

import dataclasses
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from mephisto import effects, hookspecs, shared_state
from mephisto.cli.options import Option, options_of
from mephisto.config import TaskRunArgs
from mephisto.errors import Problem
from mephisto.hookspecs import KINDS, NAME
from mephisto.plugins import load
from mephisto.views import AttemptView, RequesterView, RunView, WorkerView

FOLDER: Final = Path(__file__).parent
NOTE: Final = "<!-- Written by docs/generate.py; change the code and run it again. -->\n"

#: The plugins of this repository, in the order in which a newcomer meets them.
PLUGINS: Final = (("blueprint", "static_task"), ("architect", "local"), ("provider", "mock"))


def hooks() -> str:
    """Return the text of `hooks.md`."""
    return "\n".join(_hooks())


def options() -> str:
    """Return the text of `options.md`."""
    return "\n".join(_options())


def _hooks() -> Iterator[str]:
    title, _, text = (hookspecs.__doc__ or "").partition("\n")
    yield f"# Hooks\n\n{NOTE}"
    yield f"{title}\n{text}"
    yield "How to write a plugin, step by step: [plugins.md](plugins.md).\n"
    for kind, specs in KINDS.items():
        yield f"## {kind.capitalize()}\n\n{inspect.getdoc(specs)}\n"
        for name, spec in vars(specs).items():
            if hasattr(spec, f"{NAME}_spec"):
                yield from _hook(name, spec)
    yield "## What hooks answer with, and what they are given\n"
    found = [
        each for each in vars(effects).values() if isinstance(each, type) and dataclasses.is_dataclass(each)
    ]
    for shape in (*found, Problem, RunView, RequesterView, WorkerView, AttemptView):
        yield from _shape(shape)


def _hook(name: str, spec: Callable[..., Any]) -> Iterator[str]:
    signature = inspect.signature(spec)
    arguments = list(signature.parameters.values())[1:]
    marked = " Required." if hasattr(spec, f"{NAME}_required") else ""
    yield f"### `{name}({', '.join(argument.name for argument in arguments)})`\n"
    yield f"{inspect.getdoc(spec)}{marked}\n"
    for argument in arguments:
        yield f"- `{argument.name}`: `{_type(argument.annotation)}`"
    yield f"- answer: `{_type(signature.return_annotation)}`\n"


def _shape(shape: type[Any]) -> Iterator[str]:
    yield f"### `{shape.__name__}`\n\n{inspect.getdoc(shape)}\n"
    for field in dataclasses.fields(shape):
        yield f"- `{field.name}`: `{_type(field.type)}`{_default(field)}"
    yield ""


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default is not dataclasses.MISSING:
        return f", `{field.default!r}` if left out"
    return "" if field.default_factory is dataclasses.MISSING else ", empty if left out"


def _type(annotation: Any) -> str:
    """Return a type as one writes it, without the modules that its names come from."""
    return re.sub(r"\b(?:\w+\.)+(?=\w)", "", inspect.formatannotation(annotation)).replace("NoneType", "None")


def _options() -> Iterator[str]:
    yield f"# Options\n\n{NOTE}"
    yield (
        "Each is set in a YAML file or on the command line, by its section and its name:"
        " `mephisto.architect.port=1234`.\n`???` is an option that has no value until it is given."
        " `mephisto wut` prints the same for the plugins that are installed.\n"
    )
    yield from _table("Every task", "mephisto.task", options_of(TaskRunArgs, "mephisto.task"))
    for kind, name in PLUGINS:
        plugin = load(kind, name)
        yield from _table(
            f"The {kind} `{name}`", f"mephisto.{kind}", options_of(plugin.Config, f"mephisto.{kind}")
        )
        if kind == "blueprint":
            state = getattr(plugin, "SharedState", shared_state.SharedTaskState)
            yield from _table(
                f"The shared state of `{name}`",
                f"`{state.__name__}`, in the run script",
                options_of(state, "shared_state"),
            )


def _table(title: str, place: str, found: list[Option]) -> Iterator[str]:
    yield f"## {title}\n\nSet in: {place}\n"
    yield "| option | type | default | meaning |\n|---|---|---|---|"
    for option in found:
        required = " Required." if option.required and option.default == "???" else ""
        default = f"`{option.default}`" if str(option.default) else ""
        cells = (f"`{option.dest}`", option.type.replace("|", "or"), default, f"{option.help}{required}")
        yield f"| {' | '.join(cells)} |"
    yield ""


PAGES: Final[Mapping[str, Callable[[], str]]] = {"hooks.md": hooks, "options.md": options}


def main() -> int:
    for name, text in PAGES.items():
        (FOLDER / name).write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
