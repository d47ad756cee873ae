"""What a dataclass of options says about each of them, as commands show it."""

import dataclasses
import inspect
import types
import typing
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Final

import mephisto
from mephisto.config import default_of
from mephisto.plugins.discovery import Offer

CORE = "mephisto-core"


@dataclasses.dataclass(frozen=True)
class Option:
    """One option. `section` is where it is set: a section of the configuration, or the run script."""

    dest: str
    type: str
    default: Any
    help: str | None
    choices: tuple[Any, ...] | None
    required: bool
    origin: str
    section: str

    def as_row(self) -> dict[str, str]:
        """Return the columns of a table."""
        return {
            "dest": self.dest,
            "type": self.type,
            "default": str(self.default),
            "help": str(self.help),
            "choices": "\n".join(map(str, self.choices)) if self.choices else "None",
            "required": str(self.required),
        }

    def as_json(self) -> dict[str, Any]:
        """Return all that is known, for another program."""
        fields = dataclasses.asdict(self)
        return {"from" if key == "origin" else key: value for key, value in fields.items()}


#: What a default is that can be shown as it is, to people and to programs.
_PLAIN: Final = (str, int, float, list, dict, types.NoneType)


def options_of(config: type[Any], section: str, offer: Offer | None = None) -> list[Option]:
    """List the options of the dataclass *config*, in the order of its fields; *offer* is the plugin it belongs to."""
    hints = _hints(config)
    return [
        Option(
            dest=field.name,
            type=_name_of_type(hints.get(field.name, field.type)),
            default=_shown(default_of(field)),
            help=" ".join(_sentences(field)) or None,
            choices=tuple(field.metadata["choices"]) if field.metadata.get("choices") else None,
            required=bool(field.metadata.get("required")),
            origin=_origin(config, field.name, offer),
            section=section,
        )
        for field in dataclasses.fields(config)
        if not field.name.startswith("_")
    ]


def about(config: type[Any]) -> str:
    """Return the docstring that the author of *config* wrote, or nothing."""
    text = vars(config).get("__doc__") or ""
    generated = text.startswith(f"{config.__name__}(")  # what a dataclass gets for want of one
    return "" if generated else inspect.cleandoc(text)


def _sentences(field: dataclasses.Field[Any]) -> Iterator[str]:
    for key in ("help", "planned"):
        if text := field.metadata.get(key):
            yield text


def _hints(config: type[Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(config)
    except NameError:  # an annotation that only a type checker can see
        return {}


def _name_of_type(hint: Any) -> str:
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        members = [member for member in typing.get_args(hint) if member is not types.NoneType]
        return " | ".join(dict.fromkeys(map(_name_of_type, members)))
    if isinstance(hint, type) and issubclass(hint, PurePath):
        return "str"
    return str(getattr(hint, "__name__", hint))


def _shown(default: Any) -> Any:
    """Return a default that says the same on every machine."""
    if default is dataclasses.MISSING:
        return mephisto.MISSING
    if isinstance(default, PurePath):
        return str(default)
    if isinstance(default, _PLAIN):
        return default
    return str(getattr(default, "__name__", type(default).__name__)).strip("_")


def _origin(config: type[Any], option: str, offer: Offer | None) -> str:
    """Say which distribution declares *option*."""
    declaring = next(base for base in config.__mro__ if option in inspect.get_annotations(base))
    package = declaring.__module__.partition(".")[0]
    if package == "mephisto":
        return f"{CORE} {mephisto.__version__}"
    if offer and package == offer.entry_point.module.partition(".")[0]:
        return f"{offer.distribution} {offer.version}"
    return package
