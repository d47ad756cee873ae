"""An import path of existing run scripts. Loggers are those of the standard library, configured by whoever runs."""

import functools
import logging


def get_logger(name: str) -> logging.Logger:
    """Return the logger *name*."""
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
