"""What the mixins read of the configuration that a script hands them."""

from typing import Any

from mephisto.config import MISSING
from mephisto.errors import ConfigError


def given(args: Any, option: str) -> Any:
    """Return an option of the blueprint in *args*, which is `cfg.mephisto`; None if it is not set."""
    value = args["blueprint"].get(option)
    return None if value == MISSING else value


def name_of(args: Any, option: str) -> str:
    """Return a qualification that an option names; raise `ConfigError` if it names none."""
    name = given(args, option)
    if not name:
        raise ConfigError(
            f"mephisto.blueprint.{option} is not set.",
            "It names a qualification that the run script asks for.",
            "Give it a name.",
        )
    return str(name)
