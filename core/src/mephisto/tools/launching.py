"""From the words of a command line to a launch: what run scripts and `mephisto launch` have in common."""

import functools
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from mephisto.composing.task_config import TaskConfig
from mephisto.errors import StoreError

Answer = TypeVar("Answer")

INTERRUPTED = 130


@dataclass(frozen=True)
class Source:
    """Where a configuration comes from: its shape, the folder of its YAML files, and the name that it goes by."""

    shape: type[TaskConfig]
    folder: str
    name: str


def run(
    source: Source, words: Namespace, reader: ArgumentParser, job: Callable[[Any, Any], Answer]
) -> Answer:
    """Compose what *words*, a parsed command line, ask for, and return what *job* returns for an operator and it.

    Ends the process where something failed, and where the words ask for something else than a launch.
    """
    from mephisto.composing import composition

    if words.multirun:
        raise composition.multirun_refused()
    with composition.hydra(source.shape, source.folder, source.name, words.config_dir) as hydra:
        if composition.shown(hydra, words, reader):
            sys.exit(0)
        debugging = ["mephisto.log_level=debug"] if words.debug else []
        config = composition.compose(hydra, [*words.overrides, *debugging])
        directory = data_directory_of(config)
        if words.dry_run:
            from mephisto.tools.rehearsing import rehearsal

            with rehearsal(config, directory) as folder:
                composition.run(hydra, config, folder / "runs" / "0", functools.partial(_rehearse, job))
            sys.exit(0)
        run_id = _new_id()
        with _folder_of(run_id, directory) as folder:
            return composition.run(hydra, config, folder, functools.partial(_launch, run_id, job))


@contextmanager
def interruption_as_status() -> Iterator[None]:
    """End the process with status 130 when it is interrupted in the block."""
    try:
        yield
    except KeyboardInterrupt:
        exit_interrupted()


def exit_interrupted() -> NoReturn:
    """End the process with status 130; one more Ctrl-C changes nothing any more."""
    from mephisto.operations.interruption import ignore_interruptions

    ignore_interruptions()  # Python, on its way out, would show where it met it
    sys.exit(INTERRUPTED)


def data_directory_of(cfg: Any) -> Path:
    """Return the folder that *cfg* names for its data, or the usual one."""
    from mephisto.settings import data_directory, folder_named

    named = cfg.mephisto.get("datapath")
    return folder_named(named) if named else data_directory()


def open_database(cfg: Any) -> Any:
    """Return the database that *cfg* names."""
    from mephisto.data_model.database import LocalMephistoDB

    return LocalMephistoDB(data_directory_of(cfg) if cfg.mephisto.get("datapath") else None)


def _launch(run_id: int, job: Callable[[Any, Any], Answer], cfg: Any) -> Answer:
    from mephisto.operations.operator import Operator

    return _operate(functools.partial(Operator, first_run_id=run_id), job, cfg)


def _rehearse(job: Callable[[Any, Any], Answer], cfg: Any) -> Answer:
    from mephisto.tools.rehearsing import Rehearser

    return _operate(Rehearser, job, cfg)


def _operate(operator_class: Callable[[Any], Any], job: Callable[[Any, Any], Answer], cfg: Any) -> Answer:
    from mephisto.operations.interruption import counted_interruptions

    db = open_database(cfg)
    try:
        operator = operator_class(db)
        try:
            answer = job(operator, cfg)
        except KeyboardInterrupt:  # while the script itself was at work, and not waiting for its runs
            operator.stop()
            raise
        finally:
            operator.shutdown()
    finally:
        with counted_interruptions():  # what is being written is finished, whatever is pressed meanwhile
            db.shutdown()
    if operator.exit_status == INTERRUPTED:
        exit_interrupted()
    if operator.exit_status:
        sys.exit(operator.exit_status)
    return answer


def _new_id() -> int:
    from mephisto.store.ids import Ids

    return Ids().new()


@contextmanager
def _folder_of(run_id: int, directory: Path) -> Iterator[Path]:
    """Give the folder of a run in *directory*; if that is unusable, one until the launch is refused with all that is wrong."""
    from mephisto.operations.readiness import why_no_data

    problem = why_no_data(directory)
    if problem is None:
        yield directory / "runs" / str(run_id)
        return
    try:
        temporary = tempfile.TemporaryDirectory(prefix="mephisto-")
    except OSError as error:
        raise StoreError(problem.what, problem.why, problem.remedy) from error
    with temporary as name:
        yield Path(name)
