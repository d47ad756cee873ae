"""What a person has set for all their runs on this machine, and where data is kept.

The settings stand in a YAML file of our own, `mephisto/config.yml` in the platform's folder for a user's
configuration; `MEPHISTO_CONFIG_DIR` names another folder. They are sections of values: `core.main_data_directory`.
"""

import os
from contextlib import suppress
from pathlib import Path
from types import NoneType
from typing import Any

import platformdirs

from mephisto.errors import ConfigError

DATA_DIRECTORY = "core.main_data_directory"
DATA_DIRECTORY_VARIABLE = "MEPHISTO_DATA_DIR"


def settings_file() -> Path:
    """Return where the settings stand, whether or not they exist yet."""
    folder = os.environ.get("MEPHISTO_CONFIG_DIR")
    return (
        Path(folder).expanduser() if folder else platformdirs.user_config_path("mephisto", appauthor=False)
    ) / "config.yml"


def data_directory() -> Path:
    """Return the absolute folder in which runs keep their data; it need not exist yet.

    It is `MEPHISTO_DATA_DIR`, else the setting `core.main_data_directory`, else the platform's folder for a
    user's data. Raises `ConfigError` if the settings cannot be read.
    """
    named = os.environ.get(DATA_DIRECTORY_VARIABLE) or get(DATA_DIRECTORY)
    if named is None or named == "":
        return platformdirs.user_data_path("mephisto", appauthor=False).absolute()
    if not isinstance(named, str):
        raise _broken(settings_file(), f"{DATA_DIRECTORY} must be a path, not {named!r}.")
    return folder_named(named)


def folder_named(text: str) -> Path:
    """Return the absolute folder that *text* means; raise `ConfigError` if it begins with the home of nobody."""
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise ConfigError(
            f"{text} is no path.",
            str(error),
            "A path begins with '~/' for your own home, or with '~NAME/' for that of somebody who is known here.",
        ) from error


def read() -> dict[str, dict[str, Any]]:
    """Return all settings by section, none where there is no file; raise `ConfigError` if it is broken."""
    path = settings_file()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise _broken(path, str(error)) from error
    return _parsed(path, text)


def get(identifier: str) -> Any:
    """Return the value of `section.key`, or `None` if it is not set; raise `ConfigError` if it is no identifier."""
    section, key = _split(identifier)
    return read().get(section, {}).get(key)


def set(identifier: str, value: str) -> None:  # noqa: A001 - read, get, set: used as settings.set
    """Store *value* under `section.key`, whole or not at all; raise `ConfigError` if the file is in the way."""
    section, key = _split(identifier)
    settings = read()
    settings.setdefault(section, {})[key] = value
    _replace(settings_file(), settings)


def _split(identifier: str) -> tuple[str, str]:
    section, dot, key = identifier.partition(".")
    if not (section and dot and key) or "." in key:
        raise ConfigError(
            f"{identifier!r} does not name a setting.",
            "A setting has a section and a key, with one dot between them.",
            f"Write it as <section>.<key>, for instance {DATA_DIRECTORY}.",
        )
    return section, key


def _parsed(path: Path, text: str) -> dict[str, dict[str, Any]]:
    import yaml

    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _broken(path, f"It is not valid YAML: {' '.join(str(error).split())}") from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _broken(path, "It must hold sections, each with keys and values.")
    for section, values in found.items():
        if not isinstance(values, dict | NoneType):
            raise _broken(path, f"The section {section!r} must hold keys and values.")
    return {str(section): values or {} for section, values in found.items()}


def _replace(path: Path, settings: dict[str, dict[str, Any]]) -> None:
    import yaml

    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
    path = path.resolve()  # a link to the file stays a link
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        raise ConfigError(
            f"The setting could not be stored in {path}.",
            str(error),
            "Make the folder writable, or name another with MEPHISTO_CONFIG_DIR.",
        ) from error


def _broken(path: Path, why: str) -> ConfigError:
    return ConfigError(
        f"The settings in {path} cannot be read.", why, "Repair the file, or move it away to start anew."
    )
