"""Hydra's and OmegaConf's exceptions, as errors in three parts: what, where and why, and what to do."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, get_type_hints

from hydra.core.config_loader import ConfigLoader
from hydra.core.default_element import ResultDefault
from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from hydra.types import RunMode
from omegaconf.errors import (
    ConfigAttributeError,
    ConfigKeyError,
    InterpolationResolutionError,
    OmegaConfBaseException,
    ValidationError,
)
from yaml import YAMLError

from mephisto.composing.config_source import YamlFiles
from mephisto.composing.options import unknown_option, wrong_type
from mephisto.composing.task_config import PRIMARY
from mephisto.composing.yaml_places import Place, place_of_choice, place_of_key
from mephisto.errors import ConfigError, Problem
from mephisto.hookspecs import KINDS
from mephisto.nearest import did_you_mean
from mephisto.plugins import installed

_LOADED = re.compile(r"^In '([^']+)': ")
_SWEEP = re.compile(r"^(?:Ambiguous value for argument|Sweep parameters) '(.*)'")
_ABSENT = re.compile(r"Could not override '([^']*)'\. No match in the defaults list")
_TWICE = re.compile(r"Multiple values for (\S+)\. |(\S+) appears more than once")


@contextmanager
def explained(loader: ConfigLoader, overrides: Sequence[str]) -> Iterator[None]:
    """Raise as `ConfigError` what Hydra and OmegaConf raise in the block; *overrides* are the words of the command line."""
    try:
        yield
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError) as error:
        problem = _Explanation(loader, overrides).of(error)
        raise ConfigError(problem.what, problem.why, problem.remedy) from error


class _Explanation:
    def __init__(self, loader: ConfigLoader, overrides: Sequence[str]) -> None:
        self._loader = loader
        self._overrides = list(overrides)

    def of(self, error: Exception) -> Problem:
        first = str(error).partition("\n")[0] or type(error).__name__
        if isinstance(error, MissingConfigException):
            return self._missing(error)
        if isinstance(error, OverrideParseException):
            return _unreadable_override(error.override)
        found = next((each for each in _chain(error) if isinstance(each, OmegaConfBaseException)), None)
        return self._of_omegaconf(found, first) if found else self._of_words(first, error)

    def _of_words(self, first: str, error: Exception) -> Problem:
        """Explain what Hydra tells apart by its words only."""
        if said := _SWEEP.search(first):
            return _sweep(said[1])
        if said := _ABSENT.search(first):
            return self._not_chosen_yet(said[1])
        if said := _TWICE.search(first):
            return self._chosen_twice(said[1] or said[2], error)
        return Problem(f"The configuration cannot be composed: {first}", str(error).partition("\n")[2])

    def _of_omegaconf(self, error: OmegaConfBaseException, first: str) -> Problem:
        name = error.full_key or ""
        where = self._where(name, _LOADED.match(first))
        if isinstance(error, InterpolationResolutionError):
            return Problem(
                f"{name or 'The configuration'} refers to something that is not there.",
                f"{str(error).splitlines()[0]}. {where}".strip(),
                "`${task_dir}` is the script's folder, `${mephisto.task.task_name}` another option, `${oc.env:NAME}` a variable.",
            )
        if isinstance(error, ConfigKeyError | ConfigAttributeError):
            return self._unknown(name, error.object_type, where)
        if isinstance(error, ValidationError) and error.object_type is not None:
            options = {option.name: option for option in _fields(error.object_type)}
            key = name.rpartition(".")[2]
            if key in options:
                annotation = get_type_hints(error.object_type)[key]
                return wrong_type(name, error.value, annotation, options[key].metadata.get("help", ""), where)
        return Problem(
            f"{name or 'The configuration'} cannot be composed.", f"{str(error).splitlines()[0]}. {where}"
        )

    def _unknown(self, name: str, shape: Any, where: str) -> Problem:
        if name in {"conf", "profile"}:
            return Problem(
                f"A file of the folder {name} does not say where its keys belong.",
                where,
                "Let `# @package _global_` stand among the comments at its beginning.",
            )
        if "/" in name:
            groups = [*(f"mephisto/{kind}" for kind in KINDS), "conf", "profile"]
            return Problem(
                f"There is no group {name!r}.{did_you_mean(name, groups)}",
                where,
                f"Groups: {', '.join(groups)}.",
            )
        for kind in KINDS:
            if name.startswith(f"mephisto.{kind}.") and not dataclasses.is_dataclass(shape):
                return _option_of_nothing(name, kind, where)
        return unknown_option(name, shape, where)

    def _missing(self, error: MissingConfigException) -> Problem:
        path = error.missing_cfg_file
        if path is None:
            what, _, why = str(error).partition("\n")
            return Problem(
                what,
                why,
                "Put the YAML files beside the script, in hydra_configs/conf, or name another folder with config_path.",
            )
        group, _, name = path.rpartition("/")
        options = list(error.options or self._loader.get_group_options(group) if group else ())
        kind = group.removeprefix("mephisto/")
        spoken = kind if kind in KINDS else {"conf": "configuration"}.get(group, group or "configuration")
        where = self._where_chosen(group, name, _LOADED.match(str(error)))
        return Problem(
            f"There is no {spoken} {name!r}.{did_you_mean(name, options)}",
            where,
            f"Choose one of: {', '.join(options)}; or install the {kind} {name!r}."
            if options and kind in KINDS
            else f"Choose one of: {', '.join(options)}."
            if options
            else f"Looked in: {', '.join(map(str, self._folders(group)))}.",
        )

    def _not_chosen_yet(self, group: str) -> Problem:
        given = next((word for word in self._overrides if word.startswith(f"{group}=")), f"{group}=...")
        return Problem(
            f"{group!r} cannot be replaced, since nothing of this group is chosen yet.",
            f"It was given on the command line: {given}",
            f"Write +{given}",
        )

    def _chosen_twice(self, group: str, error: Exception) -> Problem:
        word = next((word for word in self._overrides if word.startswith(("+conf=", f"+{group}="))), "")
        return Problem(
            f"{group} is chosen twice.",
            f"The second choice is {word}" if word else str(error),
            f"Write {word.removeprefix('+')}"
            if word
            else f"Write `override /{group}: <name>` in the file that comes later.",
        )

    def _where(self, name: str, loaded: re.Match[str] | None) -> str:
        """Say where the option *name* was set: in the file that was *loaded*, else as late as possible."""
        if loaded is None:
            for word in reversed(self._overrides):
                key = word.lstrip("+~").partition("=")[0]
                if key == name or key.startswith(f"{name}.") or (name and name.startswith(f"{key}.")):
                    return f"It was given on the command line: {word}"
        for default in reversed(self._defaults()):
            if loaded is not None and default.config_path != loaded[1] and name not in {"conf", "profile"}:
                continue
            if place := self._place(name, default):
                return f"It stands in {place}."
        return ""

    def _place(self, name: str, default: ResultDefault) -> Place | None:
        package = default.package or ""
        for source in self._files():
            path = default.config_path
            if path is None or not source.is_config(path):
                continue
            if name in {"conf", "profile"}:
                return Place(source.file(path), 1) if package == name else None
            inside = name.removeprefix(f"{package}.") if package else name
            return place_of_key(source.file(path), inside.split("."))
        return None

    def _where_chosen(self, group: str, name: str, loaded: re.Match[str] | None) -> str:
        for word in self._overrides:
            key, _, value = word.lstrip("+").partition("=")
            if key.partition("@")[0] == group and name in value:
                return f"It was given on the command line: {word}"
        if loaded is None:
            return ""
        if loaded[1] == PRIMARY:
            return "The run script names it."
        for source in self._files():
            if source.is_config(loaded[1]) and (place := place_of_choice(source.file(loaded[1]), name)):
                return f"It stands in {place}."
        return f"It stands in {loaded[1]}."

    def _defaults(self) -> list[ResultDefault]:
        with suppress(Exception):  # the list itself may be what cannot be made
            return list(self._loader.compute_defaults_list(PRIMARY, self._overrides, RunMode.RUN).defaults)
        return []

    def _files(self) -> list[YamlFiles]:
        return [source for source in self._loader.get_sources() if isinstance(source, YamlFiles)]

    def _folders(self, group: str) -> list[str]:
        return [str(source.file(group).with_suffix("")) for source in self._files()]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _fields(shape: Any) -> Sequence[dataclasses.Field[Any]]:
    return dataclasses.fields(shape) if dataclasses.is_dataclass(shape) else ()


def _option_of_nothing(name: str, kind: str, where: str) -> Problem:
    _, is_named, given = where.partition(f"{name}=")
    chosen = given if is_named and name.endswith(f"._{kind}_type") else "<name>"
    return Problem(
        f"No {kind} is chosen, so there is no option {name!r}.",
        where,
        f"Choose one with +mephisto/{kind}={chosen}; installed: {', '.join(installed(kind)) or 'none'}.",
    )


def _unreadable_override(override: str) -> Problem:
    key, equals, value = override.partition("=")
    if not equals:
        return Problem(
            f"{override!r} gives no option a value.",
            "Each word of the command line is <option>=<value> or <group>=<name>.",
            f"Write {override}=..., or leave it out.",
        )
    return Problem(
        f"The value in {override!r} cannot be read.",
        "It holds a character that has a meaning of its own, such as a comma, a quote, a brace or a bracket.",
        f"Quote it twice: {_quoted(key, value)}",
    )


def _sweep(override: str) -> Problem:
    key, _, value = override.partition("=")
    return Problem(
        f"{override!r} would be several values, each for a run of its own.",
        "A comma separates values, unless the text is quoted; one command launches one run.",
        f"Quote it twice: {_quoted(key, value)}",
    )


def _quoted(key: str, value: str) -> str:
    text = value.replace("\\", "\\\\").replace('"', '\\"').replace("'", "'\\''")
    return f"'{key}=\"{text}\"'"
