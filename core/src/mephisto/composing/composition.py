"""Composing a run script's configuration with Hydra, and running a job with it.

Hydra's own entry point, `hydra.main`, is not used: up to 1.3.8 it fails on Python 3.14 before it reads anything, it
composes twice, and it ends the process at the first mistake.
"""

import logging
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from hydra import version
from hydra._internal.callbacks import Callbacks
from hydra._internal.hydra import Hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import run_job
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig, OmegaConf, read_write

from mephisto.composing.config_source import YamlFiles, search_path
from mephisto.composing.errors import explained
from mephisto.composing.hydra_choices import LINE
from mephisto.composing.options import problems_of, unknown_option
from mephisto.composing.task_config import (
    PRIMARY,
    DatabaseArgs,
    MephistoConfig,
    TaskConfig,
    register_script_config,
)
from mephisto.errors import ConfigError, StoreError
from mephisto.hookspecs import KINDS
from mephisto.plugins import installed

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)


@contextmanager
def hydra(config: type[TaskConfig], directory: str, job: str, more: str | None = None) -> Iterator[Hydra]:
    """Start Hydra for the script *job*, whose YAML files stand in *directory*, and in *more*, and whose shape is *config*.

    Hydra's and OmegaConf's errors in the block are raised as `ConfigError`.
    """
    version.setbase("1.3")
    register_script_config(PRIMARY, config)
    path = search_path(directory)
    if more is not None:
        path.prepend("command-line", f"yaml://{more}", "schema")
    started = Hydra.create_main_hydra2(job, path)
    try:
        yield started
    finally:
        GlobalHydra.instance().clear()


def compose(started: Hydra, overrides: Sequence[str]) -> DictConfig:
    """Return the whole configuration, Hydra's own node included, once nothing in it contradicts itself.

    Raises `ConfigError` for the first mistake, or what loading a chosen plugin raises. What should be said about the
    files is logged first.
    """
    with _remarks(started), explained(started.config_loader, overrides):
        config = started.compose_config(PRIMARY, list(overrides), RunMode.RUN)
        HydraConfig.instance().set_config(config)  # so that ${hydra:...} can be resolved
        if config.hydra.mode == RunMode.MULTIRUN:
            raise multirun_refused()
        for kind in KINDS:
            _check_choice(kind, config.mephisto.get(kind), config)
        _check_keys(config.mephisto, "mephisto")
        OmegaConf.to_container(config.mephisto, resolve=True)
    _check_values(config.mephisto)
    return config


def chosen_kinds(started: Hydra, overrides: Sequence[str]) -> set[str]:
    """Return the kinds of plugins that the configuration chooses one of, as far as *overrides* can be composed."""
    with explained(started.config_loader, overrides):
        found = started.config_loader.compute_defaults_list(PRIMARY, list(overrides), RunMode.RUN)
        choices = found.overrides.known_choices
    return {kind for kind in KINDS if choices.get(f"mephisto/{kind}")}


def shown(started: Hydra, words: Namespace, reader: ArgumentParser) -> bool:
    """Print what the command line asks to see in place of a launch; answer whether it asks for anything."""
    with _remarks(started), explained(started.config_loader, words.overrides):
        if words.help:
            started.app_help(PRIMARY, reader, words)
        elif words.hydra_help:
            started.hydra_help(PRIMARY, reader, words)
        elif words.cfg:
            started.show_cfg(PRIMARY, words.overrides, words.cfg, words.package, resolve=words.resolve)
        elif words.info:
            started.show_info(words.info, PRIMARY, words.overrides)
        elif words.shell_completion:
            started.shell_completion(PRIMARY, words.overrides)
        else:
            return False
    return True


def run(started: Hydra, config: DictConfig, directory: Path, job: Callable[[DictConfig], Answer]) -> Answer:
    """Return what *job* returns, called as Hydra calls a job: in its logging, with the folder *directory* made for it.

    Folders that are made for it and stay empty are removed again. What *job* raises is raised with no frame of Hydra's in
    its traceback; raises `StoreError` if its folder cannot be made.
    """
    answers: list[Answer] = []
    failures: list[tuple[Exception, TracebackType | None]] = []

    def task(job_config: DictConfig) -> None:
        logging.getLogger("mephisto").setLevel(config.mephisto.log_level.upper())
        try:
            answers.append(job(job_config))
        except Exception as error:
            failures.append((error, error.__traceback__))
            raise

    with read_write(config.hydra):
        config.hydra.output_subdir = None  # the run's row keeps the configuration
        if OmegaConf.is_missing(config.hydra.run, "dir"):
            config.hydra.run.dir = str(directory)
    context = HydraContext(config_loader=started.config_loader, callbacks=Callbacks(config))
    folder = Path(config.hydra.run.dir).absolute()
    new = list(takewhile(lambda each: not os.path.lexists(each), (folder, *folder.parents)))
    try:
        _make(folder)
        run_job(task, config, "hydra.run.dir", None, context)
    finally:
        with suppress(OSError):  # something was put there: it stays
            for each in new:
                each.rmdir()
    for error, traceback in failures:
        raise error.with_traceback(traceback)
    return answers[0]


@contextmanager
def _remarks(started: Hydra) -> Iterator[None]:
    """Log, at the end of the block, what should be said about the files that were read in it."""
    try:
        yield
    finally:
        for source in started.config_loader.get_sources():
            if isinstance(source, YamlFiles):
                with _log_lines():
                    for remark in source.remarks.values():
                        logger.warning(remark)
                source.remarks.clear()


@contextmanager
def _log_lines() -> Iterator[None]:
    """Let log lines look as they will look later: logging is set up when a job begins."""
    root = logging.getLogger()
    if root.handlers:
        yield
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(LINE))
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be made for the run.",
            f"The system says: {error}",
            "See what is in its way, or choose another folder: hydra.run.dir=PATH; without it, it is in the data directory.",
        ) from error


def multirun_refused() -> ConfigError:
    """Return the reason why one command launches one run."""
    return ConfigError(
        "--multirun is refused.",
        "Every job would be a live run: each publishes its units, and pays for them.",
        "Launch the runs one by one, each with its own command.",
    )


def _check_choice(kind: str, node: Any, config: DictConfig) -> None:
    names = list(installed(kind))
    chosen = config.hydra.runtime.choices.get(f"mephisto/{kind}")
    article = "an" if kind[0] in "aeiou" else "a"
    if isinstance(node, str):
        raise ConfigError(
            f"mephisto.{kind} is the text {node!r}.",
            f"{article.capitalize()} {kind} is chosen as one of a group, with a slash in place of the dot.",
            f"Write mephisto/{kind}={node}",
        )
    if node is None or chosen is None:
        raise ConfigError(
            f"No {kind} is chosen.",
            f"Installed: {', '.join(names) or 'none'}.",
            f"Put `- /mephisto/{kind}: <name>` into the defaults of the YAML file, or mephisto/{kind}=<name> on the command line.",
        )
    named = node.get(f"_{kind}_type")
    if chosen in names and named != chosen:
        raise ConfigError(
            f"mephisto.{kind}._{kind}_type is {named!r}, but the {kind} {chosen!r} is chosen.",
            "Setting the name does not choose the plugin.",
            f"Choose it in the defaults: `- override /mephisto/{kind}: {named}`, or with mephisto/{kind}={named}.",
        )


def _check_keys(node: Any, name: str) -> None:
    """Find keys that were added with `+`, which Hydra allows and nobody would read."""
    if not isinstance(node, DictConfig):
        return
    shape = OmegaConf.get_type(node)
    options = {option.name for option in fields(shape)} if is_dataclass(shape) else None
    for key in map(str, node):
        option = f"{name}.{key}"
        if options is not None and key not in options:
            problem = unknown_option(option, shape, "A '+' does not make an option that nobody reads.")
            raise ConfigError(problem.what, problem.why, problem.remedy)
        if not OmegaConf.is_missing(node, key) and not OmegaConf.is_interpolation(node, key):
            _check_keys(node[key], option)


def _check_values(mephisto: DictConfig) -> None:
    for problem in (
        *problems_of(DatabaseArgs, mephisto.database, "mephisto.database"),
        *problems_of(MephistoConfig, {"log_level": mephisto.log_level.lower()}, "mephisto"),
    ):
        raise ConfigError(problem.what, problem.why, problem.remedy)
