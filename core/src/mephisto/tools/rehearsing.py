"""`--dry-run`: a run script, or `mephisto launch`, goes through its launch, and nothing is created."""

import logging
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from mephisto.counting import counted
from mephisto.data_model.database import LocalMephistoDB
from mephisto.errors import StoreError
from mephisto.operations.operator import Operator
from mephisto.operations.plan import Plan
from mephisto.operations.readiness import why_no_data
from mephisto.operations.rehearsal import UNKNOWN_ADDRESS, Rehearsed, gone_on_with, rehearse
from mephisto.settings import DATA_DIRECTORY_VARIABLE
from mephisto.store.file.recognition import FILE_NAME, recognise
from mephisto.store.reading import copy_database
from mephisto.store.rows import AnyRow

logger = logging.getLogger(__name__)

PAGES: Final = "mephisto-dry-run-"
#: How long the first page of a dry run is kept.
KEPT_SECONDS: Final = 24 * 3600


class Rehearser(Operator):
    """Tells what each launch would do in place of launching; so there never is a run to wait for."""

    def __init__(self, db: LocalMephistoDB) -> None:
        super().__init__(db)
        self._told: list[int] = []

    def _brought_up(self, plan: Plan, before: AnyRow | None) -> str:
        """Tell what would be launched or gone on with, and return the run's id, or one that names nothing."""
        store = self.db.store
        _delete_old_pages()
        found = None if before is None else gone_on_with(store, before)
        rehearsed = rehearse(plan, Path(tempfile.mkdtemp(prefix=PAGES)), found)
        sys.stdout.write("\n".join(lines(rehearsed)) + "\n")
        self._told.append(before.id if before else store.ids.new())
        return str(self._told[-1])

    def _own(self) -> Collection[int]:
        return self._told


@contextmanager
def rehearsal(cfg: Any, directory: Path) -> Iterator[Path]:
    """Give a folder that is thrown away at the end; *cfg* and this process use a copy in it of the database of *directory*.

    Where a launch will be refused for that directory, it stays the one that is used: nothing is written there.
    """
    before = os.environ.get(DATA_DIRECTORY_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="mephisto-") as name:
        if not _is_usable(directory):
            yield Path(name)
            return
        copy_database(directory, Path(name))
        cfg.mephisto.datapath = None
        os.environ[DATA_DIRECTORY_VARIABLE] = name
        try:
            yield Path(name)
        finally:
            if before is None:
                del os.environ[DATA_DIRECTORY_VARIABLE]
            else:
                os.environ[DATA_DIRECTORY_VARIABLE] = before


def _is_usable(directory: Path) -> bool:
    if why_no_data(directory):
        return False
    try:
        recognise((directory / FILE_NAME).absolute())
    except StoreError:  # told with all else that is wrong
        return False
    return True


def lines(rehearsed: Rehearsed) -> Iterator[str]:
    """Yield what a launch would do, for people."""
    plan, before = rehearsed.plan, rehearsed.before
    least = "" if rehearsed.is_all else "at least "
    yield f'Dry run of "{plan.task_name}": all checks passed. Nothing was created, and nobody was asked to work.'
    yield ""
    yield f"Title        {plan.task.task_title}"
    yield f"Blueprint    {plan.names['blueprint']}"
    yield f"Architect    {plan.names['architect']}"
    yield f"Provider     {plan.names['provider']}"
    if before:
        yield f"Goes on      with {before.described}"
        yield f"Assignments  {before.known.count}, and {least}{rehearsed.assignments} new"
        yield f"Units        {before.units} left, and {least}{rehearsed.units} new"
    else:
        yield f"Assignments  {least}{rehearsed.assignments}"
        yield f"Units        {least}{rehearsed.units}"
    unit = "a new unit" if before else "a unit"
    yield f"Cost         {least}{_dollars(rehearsed.cost_cents)}, {_dollars(plan.pay_cents)} {unit}; fees are not known"
    if rehearsed.extra:
        most = rehearsed.extra.most
        kind, units = str(rehearsed.extra.kind).capitalize(), counted(most, "unit")
        yield f"{kind:12} up to {units} besides, which cost up to {_dollars(most * plan.pay_cents)} more"
    if any(UNKNOWN_ADDRESS in link.url for link in rehearsed.links):
        yield f"             {UNKNOWN_ADDRESS} becomes known when the task is launched"
    for link in rehearsed.links:
        yield f"{link.label:12} {link.url}"
    yield f"First page   {rehearsed.page}"


def _delete_old_pages() -> None:
    """Delete what dry runs of this user left behind more than a day ago."""
    for path in Path(tempfile.gettempdir()).glob(f"{PAGES}*"):
        try:
            if _is_old_and_own(path.lstat()):
                shutil.rmtree(path)
        except OSError:  # in a folder that everybody writes to, anything may be in the way
            logger.debug("%s, of an earlier dry run, could not be deleted.", path, exc_info=True)


def _is_old_and_own(found: os.stat_result) -> bool:
    is_own = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return stat.S_ISDIR(found.st_mode) and is_own and time.time() - found.st_mtime > KEPT_SECONDS


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02}"
