"""Older forms of configuration files: read as they were meant, with a word about the form of today."""

import re
from collections.abc import Iterator
from typing import Any, Final

from omegaconf import DictConfig, OmegaConf

from mephisto.hookspecs import KINDS

_RELATIVE: Final = re.compile(rf"(override )?(mephisto/(?:{'|'.join(KINDS)}))")
_CHOICE: Final = re.compile(rf"(?:override )?/?mephisto/({'|'.join(KINDS)})")
#: Groups whose files hold parts of the whole configuration.
_WHOLE: Final = ("conf", "profile")


def package_of(group: str, header: str | None) -> tuple[str | None, list[str]]:
    """Return where the keys of a file of *group* belong, *header* being what the file says, and what to say about it."""
    if header is None and group in _WHOLE:
        return "_global_", ["Its first line should be: # @package _global_"]
    return header, []


def with_choices_of_today(config: DictConfig) -> tuple[DictConfig, list[str]]:
    """Return *config* with its plugins chosen as they are today, and in a line each what to write instead."""
    found = config.get("defaults", [])
    defaults = OmegaConf.to_container(found) if OmegaConf.is_config(found) else found
    if not isinstance(defaults, list):
        return config, []  # a mistake, which is explained elsewhere
    remarks: list[str] = []
    defaults = [_with_slash(default, remarks) for default in defaults]
    chosen = {match[1] for default in defaults for key in _keys(default) if (match := _CHOICE.fullmatch(key))}
    for kind, name in _named_by_hand(config):
        if kind not in chosen:
            defaults.insert(0, {f"/mephisto/{kind}": name})
            remarks.append(
                f"In the place of _{kind}_type: {name}, its defaults should have: - /mephisto/{kind}: {name}"
            )
    if not remarks:
        return config, []
    today = config.copy()
    today["defaults"] = defaults
    return today, remarks


def _keys(default: Any) -> list[str]:
    return [str(key) for key in default] if isinstance(default, dict) else []


def _with_slash(default: Any, remarks: list[str]) -> Any:
    if not isinstance(default, dict):
        return default
    changed = {}
    for key, name in default.items():
        match = _RELATIVE.fullmatch(str(key))
        today = f"{match[1] or ''}/{match[2]}" if match else key
        if match:
            remarks.append(f"In the place of `- {key}: {name}` there should be: - {today}: {name}")
        changed[today] = name
    return changed


def _named_by_hand(config: DictConfig) -> Iterator[tuple[str, str]]:
    values = OmegaConf.to_container(config)
    sections = values.get("mephisto") if isinstance(values, dict) else None
    for kind in KINDS:
        options = sections.get(kind) if isinstance(sections, dict) else None
        name = options.get(f"_{kind}_type") if isinstance(options, dict) else None
        if isinstance(name, str) and "${" not in name:
            yield kind, name
