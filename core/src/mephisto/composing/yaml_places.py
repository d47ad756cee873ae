"""On which line of which file a key, or a choice, of a configuration stands."""

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Place:
    """A line in a file."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


def place_of_key(file: Path, keys: list[str]) -> Place | None:
    """Find the nested *keys* in a YAML file, or as many of them as stand there, but at least one."""
    node, line = _parsed(file), None
    for key in keys:
        found = [
            (name, value)
            for name, value in (node.value if isinstance(node, yaml.MappingNode) else ())
            if isinstance(name, yaml.ScalarNode) and name.value == key
        ]
        if not found:
            break
        name, node = found[0]
        line = name.start_mark.line + 1
    else:
        return Place(file, line) if line else None
    return None


def place_of_choice(file: Path, choice: str) -> Place | None:
    """Find the item of a file's defaults whose value is *choice*."""
    node = _parsed(file)
    for name, items in node.value if isinstance(node, yaml.MappingNode) else ():
        if name.value == "defaults" and isinstance(items, yaml.SequenceNode):
            for item in items.value:
                values = [value for _, value in item.value] if isinstance(item, yaml.MappingNode) else [item]
                if any(value.value == choice for value in values):
                    return Place(file, item.start_mark.line + 1)
    return None


def _parsed(file: Path) -> yaml.Node | None:
    try:
        return yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return None
