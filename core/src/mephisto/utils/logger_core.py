"""An import path of existing run scripts. Loggers are those of the standard library, configured by whoever runs."""

import functools
import logging
import os
from typing import Final

_LINE: Final = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"


def get_logger(name: str) -> logging.Logger:
    """Return the logger *name*.

    Where nothing says yet how logs are shown, as in a script that launches nothing, lines go to standard error, from
    the level on that LOG_LEVEL in the environment names, INFO if none.
    """
    if not logging.getLogger().handlers:
        level = logging.getLevelNamesMapping().get(os.environ.get("LOG_LEVEL", "").upper(), logging.INFO)
        logging.basicConfig(format=_LINE, level=level)
    return logging.getLogger(name)


def set_mephisto_log_level(verbose: bool | None = None, level: str | None = None) -> None:
    """Let everything of mephisto be logged from *level* on, "debug" say; *verbose* alone means "debug" or "info"."""
    named = level or ("debug" if verbose else "info")
    logging.getLogger("mephisto").setLevel(named.upper())


@functools.cache
def warn_once(msg: str) -> None:
    """Log a warning the first time that it is given."""
    logging.getLogger("mephisto").warning(msg)


def format_loud(target_text: str) -> str:
    """Return text that a terminal shows bold and red."""
    return f"\x1b[1;31m{target_text}\x1b[0m"
