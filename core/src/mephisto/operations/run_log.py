"""The log file of a run: everything that is logged while it lives, in its folder."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FILE_NAME: Final = "run.log"
FORMAT: Final = "[%(asctime)s][%(name)s][%(levelname)s] - %(message)s"


class _RunLogHandler(logging.FileHandler):
    """Writes into a run's folder, and lets warnings be seen where nothing else would show them.

    Python shows them on standard error as long as there is no handler at all; a log file alone would end that.
    """

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        last_resort = logging.lastResort
        if last_resort and record.levelno >= last_resort.level and self._shows(record):
            last_resort.handle(record)

    def _shows(self, record: logging.LogRecord) -> bool:
        """Say whether it is on this handler to show *record*: on the oldest of those of runs, if there are no others."""
        handlers = list(_handlers(record.name))
        return handlers[:1] == [self] and all(isinstance(each, _RunLogHandler) for each in handlers)


def _handlers(name: str) -> Iterator[logging.Handler]:
    """Yield what is handed all that the logger *name* logs."""
    logger: logging.Logger | None = logging.getLogger(name)
    while logger:
        yield from logger.handlers
        logger = logger.parent if logger.propagate else None


@contextmanager
def run_log(folder: Path) -> Iterator[Path]:
    """Write what is logged into *folder*, which is made, until the context ends; give the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    handler = _RunLogHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield path
    finally:
        root.removeHandler(handler)
        handler.close()
