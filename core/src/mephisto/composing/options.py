"""Options between their three shapes: a plugin's `Config` dataclass, the schema that Hydra sees, and settled values.

A run script reads `cfg.mephisto.blueprint.data_csv` as text, a plugin finds an absolute `Path`: `schema_of` makes
the first from the plugin's `Config`, `settle` the second from what was composed, and `problems_of` says what is wrong.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from mephisto.config import MISSING, default_of
from mephisto.errors import ChecksFailed, Problem
from mephisto.hookspecs import KINDS
from mephisto.nearest import did_you_mean
from mephisto.plugins.stored_options import is_path, restored

Config = TypeVar("Config")

_SPOKEN = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    Path: "a path",
    list: "a list",
    dict: "keys and values",
}

NODE_MEANS_FLASK = "server_type is 'node', from an existing configuration; it means the same as 'flask', and Node is not needed."


@dataclasses.dataclass
class Read(Generic[Config]):
    """Options as far as they could be read, and what is wrong; `is_whole` says that none is missing or unreadable.

    An option that is missing, or could not be read, is its default, or `None` where it has none.
    """

    config: Config
    problems: list[Problem]
    is_whole: bool


def schema_of(config_cls: type) -> type:
    """Return the dataclass that Hydra shall see: the same options, with `str` in the place of every `Path`."""
    types = get_type_hints(config_cls)
    return dataclasses.make_dataclass(
        config_cls.__name__,
        [
            (option.name, _as_text(types[option.name]), _field(option))
            for option in dataclasses.fields(config_cls)
        ],
        namespace={"__doc__": config_cls.__doc__, "__module__": config_cls.__module__},
    )


def settle(config_cls: type[Config], node: Mapping[Any, Any], prefix: str, base: Path) -> Config:
    """Return an instance of *config_cls* with the values of *node*, converted and checked.

    An option left out is its default, or `None` where it has none; paths are absolute, relative ones below *base*.
    *node* is a DictConfig or a plain mapping; *prefix*, such as `mephisto.blueprint`, names it in errors.
    Raises `ChecksFailed` with all that `problems_of` finds.
    """
    found = read(config_cls, node, prefix, base)
    if found.problems:
        raise ChecksFailed(found.problems)
    return found.config


def read(config_cls: type[Config], node: Mapping[Any, Any], prefix: str, base: Path) -> Read[Config]:
    """Return what `settle` would, as far as it can be made, and all that `problems_of` finds."""
    values, problems, planned = _read(config_cls, node, prefix)
    types = get_type_hints(config_cls)
    return Read(
        config_cls(**{name: restored(types[name], value, base) for name, value in values.items()}),
        [*problems, *planned],
        is_whole=not problems,
    )


def problems_of(config_cls: type, node: Mapping[Any, Any], prefix: str) -> list[Problem]:
    """List what is wrong with *node*: unknown options, wrong types and choices, missing and planned ones."""
    _, problems, planned = _read(config_cls, node, prefix)
    return [*problems, *planned]


def planned_problems(config_cls: type, node: Mapping[Any, Any], prefix: str) -> Iterator[Problem]:
    """Name each option that is set, and whose behaviour is not built yet.

    What equals the default is not set; nor, where the default is nothing, is what asks for nothing, such as "".
    """
    given = _plain(node)
    for option in dataclasses.fields(config_cls):
        reason = option.metadata.get("planned")
        value = given.get(option.name, MISSING)
        if reason and not _asks_for_nothing(value, default_of(option)):
            yield Problem(f"{prefix}.{option.name} is set to {value!r}.", reason, "Leave this option out.")


def remarks(config: object) -> list[str]:
    """Say in a line each what a researcher should know about settled options that are accepted, but mean little."""
    return [NODE_MEANS_FLASK] if getattr(config, "server_type", None) == "node" else []


def spoken_type(annotation: Any) -> str:
    """Return a type in words, `a whole number` for `int`."""
    kinds = [kind for kind in get_args(annotation) or (annotation,) if kind is not NoneType]
    if get_origin(annotation) not in {Union, UnionType}:
        kinds = [get_origin(annotation) or annotation]
    words = [_SPOKEN.get(get_origin(kind) or kind, getattr(kind, "__name__", str(kind))) for kind in kinds]
    return " or ".join(words)


def _field(option: dataclasses.Field[Any]) -> Any:
    if callable(option.default_factory):
        return dataclasses.field(default_factory=option.default_factory, metadata=option.metadata)
    default = MISSING if option.default is dataclasses.MISSING else option.default
    return dataclasses.field(
        default=str(default) if isinstance(default, Path) else default, metadata=option.metadata
    )


def _as_text(annotation: Any) -> Any:
    if annotation is Path:
        return str
    origin, arguments = get_origin(annotation), tuple(_as_text(each) for each in get_args(annotation))
    if origin in {Union, UnionType}:
        return Union[arguments]  # noqa: UP007 - made at run time, from any number of types
    return origin[arguments] if origin and arguments else annotation


def _read(
    config_cls: type, node: Mapping[Any, Any], prefix: str
) -> tuple[dict[str, Any], list[Problem], list[Problem]]:
    """Return the values, what is wrong with them, and which of them ask for what is not built yet."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    options = {option.name: option for option in dataclasses.fields(config_cls)}
    types = get_type_hints(config_cls)
    holder = OmegaConf.structured(schema_of(config_cls))
    problems, wrong = [], set()
    try:
        given = _plain(node)
    except OmegaConfBaseException as error:
        return {}, [Problem(f"{prefix} cannot be read.", str(error).splitlines()[0])], []
    for name, value in given.items():
        if name not in options:
            problems.append(unknown_option(f"{prefix}.{name}", config_cls))
            continue
        try:
            holder[name] = value
        except OmegaConfBaseException:
            wrong.add(name)
            problems.append(
                wrong_type(f"{prefix}.{name}", value, types[name], options[name].metadata.get("help", ""))
            )
    values = {}
    for name, option in options.items():
        missing = OmegaConf.is_missing(holder, name)
        value = None if missing else _python(holder[name])
        if value == "" and is_path(types[name]):
            value = None
        values[name] = value
        if name not in wrong:
            problems += _problems_of_value(option, value, f"{prefix}.{name}")
    return values, problems, list(planned_problems(config_cls, given, prefix))


def _problems_of_value(option: dataclasses.Field[Any], value: Any, name: str) -> Iterator[Problem]:
    choices = option.metadata.get("choices")
    if value is None:
        if option.metadata.get("required"):
            yield Problem(
                f"{name} is missing.",
                option.metadata.get("help", ""),
                f"Give it in the YAML file, or on the command line as {name}=...",
            )
    elif choices and value not in choices:
        yield Problem(
            f"{name} cannot be {value!r}.{did_you_mean(str(value), map(str, choices))}",
            option.metadata.get("help", ""),
            f"Choose one of {', '.join(map(str, choices))}.",
        )


def unknown_option(name: str, shape: Any, place: str = "") -> Problem:
    """Return the problem of a key that is no option of the dataclass *shape*: the nearest that is one, else all of them."""
    parent, _, key = name.rpartition(".")
    options = dataclasses.fields(shape) if dataclasses.is_dataclass(shape) else ()
    known = [
        option.name for option in options if not option.name.startswith("_") and option.name != "defaults"
    ]
    near = did_you_mean(key, known)
    if near and (asked := _words_for_wut(parent, options)):
        remedy = f"All that there are, and what they mean: mephisto wut {asked}"
    else:
        remedy = f"{parent or 'The configuration'} has: {', '.join(known)}." if known else ""
    return Problem(f"There is no option {name!r}.{near}", place, remedy)


def _words_for_wut(parent: str, options: Iterable[dataclasses.Field[Any]]) -> str:
    """Return how `mephisto wut` is asked for the options of *parent*; nothing where it knows none of them."""
    section, _, kind = parent.partition(".")
    if section != "mephisto" or kind not in {"task", *KINDS}:
        return ""
    name = next((default_of(option) for option in options if option.name == f"_{kind}_type"), MISSING)
    return kind if name == MISSING else f"{kind}={name}"


def wrong_type(name: str, value: Any, annotation: Any, help_text: str, place: str = "") -> Problem:
    """Return the problem of a value that does not fit the type of its option."""
    shown = "null" if value is None else repr(value)
    explained = f"It must be {spoken_type(annotation)}. {place}".strip()
    return Problem(f"{name} cannot be {shown}.", explained, help_text)


def _plain(node: Mapping[Any, Any]) -> dict[str, Any]:
    from omegaconf import DictConfig, OmegaConf

    if isinstance(node, DictConfig):
        node = OmegaConf.to_container(node, resolve=True)  # type: ignore[assignment]
    return {str(name): value for name, value in node.items()}


def _python(value: Any) -> Any:
    from omegaconf import OmegaConf

    return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value


def _asks_for_nothing(value: Any, default: Any) -> bool:
    without_default = default is None or default == MISSING
    return value is None or value in (MISSING, default) or (without_default and not value)
