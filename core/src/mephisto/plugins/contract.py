"""What makes a class a plugin of its kind. All that is wrong is found at once, when it is loaded."""

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from mephisto.config import ArchitectArgs, BlueprintArgs, ProviderArgs, RequesterArgs
from mephisto.hookspecs import KINDS, NAME, RunSpecs
from mephisto.shared_state import SharedTaskState

# The dataclasses that a plugin of each kind names, and what they derive from; only `Config` must be there.
DATACLASSES: Final[Mapping[str, Mapping[str, type]]] = {
    "blueprint": {"Config": BlueprintArgs, "SharedState": SharedTaskState},
    "architect": {"Config": ArchitectArgs},
    "provider": {"Config": ProviderArgs, "RequesterConfig": RequesterArgs},
}


def specifications(kind: str) -> dict[str, Callable[..., Any]]:
    """Map each hook that a plugin of *kind* may implement to its specification."""
    return {
        name: spec
        for specs in (KINDS[kind], RunSpecs)
        for name, spec in vars(specs).items()
        if hasattr(spec, f"{NAME}_spec")
    }


def implementations(plugin: type) -> dict[str, Callable[..., Any]]:
    """Map the name of each hook that *plugin* implements to its function, which takes what the hook asks for."""
    found = {}
    for attribute, value in inspect.getmembers_static(plugin):
        function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
        # A method may be marked as a hook before it is made static, or after.
        options = getattr(value, f"{NAME}_impl", None) or getattr(function, f"{NAME}_impl", None)
        if options is not None and inspect.isroutine(function):
            found[options.get("specname") or attribute] = value.__get__(object(), plugin)
    return found


def violations(kind: str, plugin: type) -> Iterator[str]:
    """Say, in one sentence each, how *plugin* breaks the contract of *kind*."""
    specs = specifications(kind)
    implemented = implementations(plugin)
    for name, spec in specs.items():
        if hasattr(spec, f"{NAME}_required") and name not in implemented:
            yield f"It does not implement the required hook {name!r}."
    for name, function in implemented.items():
        if name in specs:
            yield from _violations_of_hook(name, function, specs[name])
        else:
            yield f"It implements {name!r}, which is no hook of {_article(kind)} {kind}."
    for attribute, base in DATACLASSES[kind].items():
        if attribute == "Config" or hasattr(plugin, attribute):
            yield from _violations_of_dataclass(attribute, base, getattr(plugin, attribute, None))
    if kind == "provider" and not isinstance(getattr(plugin, "sandbox", False), bool):
        yield "Its 'sandbox' is neither True nor False."


def _violations_of_hook(name: str, function: Callable[..., Any], spec: Callable[..., Any]) -> Iterator[str]:
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        yield f"Its hook {name!r} is a coroutine function, and nobody would await it."
    allowed = set(inspect.signature(spec).parameters) - {"self"}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in allowed:
            offered = ", ".join(sorted(allowed))
            yield f"Its hook {name!r} asks for the argument {parameter.name!r}; there are: {offered}."
        elif parameter.kind is parameter.KEYWORD_ONLY:
            yield f"Its hook {name!r} takes the argument {parameter.name!r} by keyword only, and would not get it."
        if parameter.default is not parameter.empty:
            yield f"Its hook {name!r} gives the argument {parameter.name!r} a default, which would hide the real value."


def _violations_of_dataclass(attribute: str, base: type, found: Any) -> Iterator[str]:
    if not (isinstance(found, type) and dataclasses.is_dataclass(found) and issubclass(found, base)):
        yield f"Its {attribute!r} is not a dataclass derived from {base.__name__}."
        return
    for option in dataclasses.fields(found):
        shown = attribute != "SharedState" and not option.name.startswith("_")
        if shown and not option.metadata.get("help"):
            yield f"Its option {option.name!r} has no help; make it with mephisto.arg."


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeiou" else "a"
