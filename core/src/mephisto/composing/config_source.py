"""Where Hydra finds a run script's configuration.

- `yaml://<folder>`     the script's own YAML files; a `@package` header counts wherever it stands in the first comments
- `profiles://<folder>` the same, but only the group `profile`
- `mephisto://`         the installed plugins as the groups `mephisto/<kind>`, of which only the chosen ones are imported,
                        and our choices for Hydra itself: log lines to the console, no `outputs/` folder, our help

The sources are registered in this process, when a script composes; no other Hydra application sees them.
"""

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from hydra._internal.config_search_path_impl import ConfigSearchPathImpl
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.object_type import ObjectType
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigLoadError, ConfigResult, ConfigSource
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import MarkedYAMLError, YAMLError

from mephisto.composing.hydra_choices import CHOICES
from mephisto.composing.older_forms import package_of, with_choices_of_today
from mephisto.composing.options import schema_of
from mephisto.errors import ConfigError, PluginMisuse
from mephisto.hookspecs import KINDS
from mephisto.plugins import find, installed
from mephisto.plugins.loading import load_offer

_GROUPS: Final = (*(f"mephisto/{kind}" for kind in KINDS), *CHOICES)
_PACKAGE = re.compile(r"#\s*@\s*package\s+(\S+)\s*$")


class Remarks(dict[Path, str]):
    """What should be said about files that were read; Hydra copies their source each time it composes."""

    def __deepcopy__(self, _: Any) -> "Remarks":
        return self


class YamlFiles(FileConfigSource):
    """YAML files in a folder. `remarks` holds what should be said about those that were read."""

    def __init__(self, provider: str, path: str) -> None:
        super().__init__(provider, path)
        self.remarks = Remarks()

    @staticmethod
    def scheme() -> str:
        return "yaml"

    def file(self, config_path: str) -> Path:
        """Return where *config_path* stands in this folder, whether or not it exists."""
        return Path(self.path) / self._normalize_file_name(config_path)

    def load_config(self, config_path: str) -> ConfigResult:
        """Read a file; raise `ConfigError` with its line if it is no YAML, or not UTF-8."""
        file = self.file(config_path)
        if not file.is_file():
            raise ConfigLoadError(f"Config not found : {file}")
        try:
            text = file.read_text(encoding="utf-8-sig")
            config = OmegaConf.load(io.StringIO(text))
        except UnicodeDecodeError as error:
            raise _not_utf8(file) from error
        except (YAMLError, OSError) as error:
            raise _unreadable(file, error) from error
        if not isinstance(config, DictConfig):
            raise ConfigError(
                f"{file} holds a list.",
                "A configuration holds keys and values.",
                "Name each value with a key.",
            )
        package, about_package = package_of(
            config_path.strip("/").rpartition("/")[0], _package(text.splitlines())
        )
        config, about_choices = with_choices_of_today(config)
        if not text.strip():
            self.remarks[file] = f"{file} is empty: it sets nothing."
        elif config and (remarks := [*about_package, *about_choices]):
            self.remarks[file] = "\n".join(
                [f"{file} is in an older form, which is read as it was meant.", *remarks]
            )
        return ConfigResult(self.provider, f"{self.scheme()}://{self.path}", config, {"package": package})


class Profiles(YamlFiles):
    """Profiles in a folder, of which nothing else is read."""

    @staticmethod
    def scheme() -> str:
        return "profiles"

    def is_group(self, config_path: str) -> bool:
        return _is_profile(config_path) and super().is_group(config_path)

    def is_config(self, config_path: str) -> bool:
        return _is_profile(config_path) and super().is_config(config_path)

    def available(self) -> bool:
        return self.is_group("profile")


class InstalledPlugins(ConfigSource):
    """The installed plugins, and our choices for Hydra itself."""

    @staticmethod
    def scheme() -> str:
        return "mephisto"

    def available(self) -> bool:
        return True

    def is_group(self, config_path: str) -> bool:
        # The researcher's groups are groups before they have a file; else Hydra takes +profile=x for a key of theirs.
        return config_path.strip("/") in {"", "mephisto", "hydra", "conf", "profile", *_GROUPS}

    def is_config(self, config_path: str) -> bool:
        group, _, name = config_path.removesuffix(".yaml").strip("/").rpartition("/")
        return name in _names(group)

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        group = config_path.strip("/")
        configs = _names(group)
        start = f"{group}/" if group else ""
        below = [each.removeprefix(start).partition("/")[0] for each in _GROUPS if each.startswith(start)]
        return sorted(
            {
                *(configs if results_filter != ObjectType.GROUP else ()),
                *(below if results_filter != ObjectType.CONFIG else ()),
            }
        )

    def load_config(self, config_path: str) -> ConfigResult:
        """Return one plugin's options, importing it; raise what loading a plugin raises."""
        group, _, name = config_path.removesuffix(".yaml").strip("/").rpartition("/")
        config = (
            OmegaConf.create(CHOICES[group][name])
            if group in CHOICES
            else _options(group.partition("/")[2], name)
        )
        package = "hydra" if group == "hydra/output" else None
        return ConfigResult(self.provider, f"{self.scheme()}://{self.path}", config, {"package": package})


def search_path(directory: str) -> ConfigSearchPath:
    """Return where a script's configuration is looked for, *directory* being its own folder of YAML files."""
    plugins = Plugins.instance()
    for source in (YamlFiles, Profiles, InstalledPlugins):
        plugins.register(source)
    path = ConfigSearchPathImpl()
    path.append("main", directory if "://" in directory else f"yaml://{directory}")
    path.append("mephisto", "mephisto://")  # before Hydra, whose choices some of ours replace
    path.append("hydra", "pkg://hydra.conf")
    path.append("mephisto-profiles-user", f"profiles://{Path.home() / '.mephisto' / 'hydra_configs'}")
    for found in plugins.discover(SearchPathPlugin):
        addition = found()
        if isinstance(addition, SearchPathPlugin):
            addition.manipulate_search_path(path)
    path.append("schema", "structured://")
    return path


def _package(lines: Iterable[str]) -> str | None:
    for line in lines:
        text = line.strip()
        if found := _PACKAGE.match(text):
            return found[1]
        if text and text != "---" and not text.startswith("#"):
            break
    return None


def _not_utf8(file: Path) -> ConfigError:
    for number, line in enumerate(file.read_bytes().split(b"\n"), 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            return ConfigError(
                f"{file}, line {number}: this is not UTF-8.",
                f"The byte 0x{line[error.start]:02x} does not belong to any text in UTF-8.",
                "Save the file again with the encoding UTF-8.",
            )
    return ConfigError(f"{file} is not UTF-8.", "", "Save the file again with the encoding UTF-8.")


def _unreadable(file: Path, error: Exception) -> ConfigError:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    why = error.problem if isinstance(error, MarkedYAMLError) else str(error)
    return ConfigError(
        f"{file}{f', line {mark.line + 1}, column {mark.column + 1}' if mark else ''} is no valid YAML.",
        f"{(why or 'It cannot be read')[0].upper()}{(why or 'It cannot be read')[1:]}.",
        "Check the indentation, quotes and colons there; a text that holds ': ' or '#' needs quotes.",
    )


def _is_profile(config_path: str) -> bool:
    return config_path.strip("/").partition("/")[0] == "profile"


def _names(group: str) -> list[str]:
    top, _, kind = group.partition("/")
    return list(installed(kind)) if top == "mephisto" and kind in KINDS else list(CHOICES.get(group, ()))


def _options(kind: str, name: str) -> Any:
    offer = find(kind, name)
    try:
        options = OmegaConf.structured(schema_of(load_offer(offer).Config))
    except (OmegaConfBaseException, NameError, TypeError) as error:
        raise PluginMisuse(
            f"The options of the {offer} cannot be read from a configuration.",
            str(error).splitlines()[0],
            "Options are numbers, text, true or false, paths, or lists and dicts of these.",
        ) from error
    options[f"_{kind}_type"] = name
    return options
