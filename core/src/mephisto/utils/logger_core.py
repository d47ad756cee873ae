"""An import path of existing run scripts. Loggers are those of the standard library, configured by whoever runs."""

import logging


def get_logger(name: str) -> logging.Logger:
    """Return the logger *name*."""
    return logging.getLogger(name)
