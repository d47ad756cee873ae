"""What turns a function into a run script: `@task_script`."""

import functools
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from mephisto.composing.task_config import TaskConfig, build_default_task_config
from mephisto.config import MISSING
from mephisto.errors import ConfigError, MephistoError, PluginMisuse
from mephisto.tools import launching
from mephisto.tools.command_line import DEBUG, parser

Answer = TypeVar("Answer")


def task_script(
    config: type[TaskConfig] | None = None,
    default_config_file: str | None = None,
    config_path: str = "hydra_configs",
    plugins: Sequence[type] = (),
) -> Callable[[Callable[[Any, Any], Answer]], Callable[[], Answer]]:
    """Make a function of an operator and a configuration the main function of a run script.

    *config* is a dataclass derived from `TaskConfig`; *default_config_file* is enough where nothing is added to it.
    *config_path* is the folder of YAML files, relative to the script's. *plugins* are plugin classes of the script's own.

    The function that it returns takes no arguments, reads the command line, and returns what yours returns. Errors of
    mephisto end the process with a message; raises `ConfigError` at once if neither of the first two is given.
    """
    if config is None and default_config_file is not None:
        config = build_default_task_config(default_config_file)
    if not (isinstance(config, type) and issubclass(config, TaskConfig)):
        raise ConfigError(
            "This task_script has no configuration.",
            f"Its config is {config!r}."
            if config is not None
            else "Neither config nor default_config_file is given.",
            'Write @task_script(default_config_file="example"), or @task_script(config=MyTaskConfig).',
        )
    shape = config

    def decorator(fn: Callable[[Any, Any], Answer]) -> Callable[[], Answer]:
        @functools.wraps(fn)
        def main() -> Answer:
            with _shown_errors():
                for plugin in plugins:
                    _register(plugin)
                return _main(fn, shape, config_path)

        return main

    return decorator


def load_db_and_process_config(cfg: Any, print_config: bool = False) -> tuple[Any, Any]:
    """Return the database that *cfg* names, and *cfg*."""
    if print_config:
        from omegaconf import OmegaConf

        sys.stdout.write(OmegaConf.to_yaml(cfg))
    return launching.open_database(cfg), cfg


def process_config_and_get_operator(cfg: Any, print_config: bool = False) -> tuple[Any, Any]:
    """Return an operator on the database that *cfg* names, and *cfg*; shut the operator down when it has ended."""
    from mephisto.operations.operator import Operator

    db, cfg = load_db_and_process_config(cfg, print_config)
    return Operator(db), cfg


@contextmanager
def _shown_errors() -> Iterator[None]:
    try:
        yield
    except MephistoError as error:
        if DEBUG in sys.argv:
            traceback.print_exc()
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        launching.exit_interrupted()


def _main(fn: Callable[[Any, Any], Answer], shape: type[TaskConfig], config_path: str) -> Answer:
    script = Path(os.path.abspath(sys.argv[0]))  # noqa: PTH100 - links are kept, `..` is not
    reader = parser(script.name)
    words = reader.parse_intermixed_args()
    directory = words.config_path or config_path
    folder = directory if "://" in directory else str(script.parent / directory)
    return launching.run(launching.Source(shape, folder, script.stem), words, reader, fn)


def _register(plugin: type) -> None:
    from mephisto.plugins import register
    from mephisto.plugins.contract import DATACLASSES

    config = getattr(plugin, "Config", None)
    for kind, bases in DATACLASSES.items():
        if isinstance(config, type) and issubclass(config, bases["Config"]):
            name = getattr(config, f"_{kind}_type", MISSING)
            if name == MISSING:
                raise PluginMisuse(
                    f"The {kind} {plugin.__qualname__} has no name.",
                    f"Its Config does not give _{kind}_type a default.",
                    f'Write `_{kind}_type: str = "my_{kind}"` in {config.__qualname__}.',
                )
            register(kind, name, plugin)
            return
    raise PluginMisuse(
        f"{plugin!r} is no plugin.",
        "It has no Config derived from BlueprintArgs, ArchitectArgs or ProviderArgs.",
        "The contract is mephisto.hookspecs.",
    )
