"""`mephisto launch`: a task without a run script, from a YAML file or from words alone."""

from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click

from mephisto.errors import ConfigError
from mephisto.hookspecs import KINDS
from mephisto.nearest import did_you_mean
from mephisto.plugins.discovery import installed

EXAMPLES: Final = """\b
Examples:
  mephisto launch --dir my_task conf=example
  mephisto launch conf=example --dry-run
  mephisto launch conf=example mephisto.log_level=debug
  mephisto launch conf=example +profile=mine
  mephisto launch conf=example --cfg job

\b
Without any file; what holds a comma is quoted twice:
  mephisto launch blueprint=static_task architect=local \\
    provider=mock \\
    mephisto.blueprint.task_source=page.html \\
    mephisto.blueprint.data_csv=data.csv \\
    mephisto.task.task_title=Pictures \\
    'mephisto.task.task_description="Name it."' \\
    mephisto.task.task_reward=0.3 \\
    'mephisto.task.task_tags="pictures,names"'
"""

YAML_FOLDER: Final = "hydra_configs"
#: Where nothing of the researcher's is looked for: the installed plugins, which are looked at in any case.
NO_FOLDER: Final = "mephisto://"


@click.command(epilog=EXAMPLES)
@click.argument("words", nargs=-1, metavar="[conf=NAME] [OPTION=VALUE]...")
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Folder of the task, with hydra_configs/conf/NAME.yaml in it; the working directory, if left out.",
)
@click.option("--dry-run", is_flag=True, help="Check everything, show units and cost, and create nothing.")
@click.option(
    "--log-rate",
    type=click.FloatRange(min=0, min_open=True),
    default=30,
    metavar="SECONDS",
    help="How often to say how the run stands (30).",
)
@click.option(
    "--cfg", type=click.Choice(["job", "hydra", "all"]), help="Show the configuration, launch nothing."
)
@click.option("--resolve", is_flag=True, help="With --cfg: replace what refers to other options.")
@click.option("--package", metavar="KEY", help="With --cfg: show this part only.")
@click.option("--config-dir", metavar="DIR", help="One more folder of YAML files to look in.")
@click.option("--multirun", "-m", is_flag=True, hidden=True)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def launch(
    context: click.Context,
    /,
    words: tuple[str, ...],
    directory: Path,
    log_rate: float,
    *,
    debug: bool,
    **flags: Any,
) -> None:
    """Launch a task without a run script.

    Each word sets an option, as on the command line of a run script: conf=NAME takes a YAML file of DIR,
    architect=NAME another plugin, mephisto.task.task_reward=0.5 one value, +profile=NAME a profile on top.
    'mephisto wut' explains all options.

    The command serves the task until all units are done. Ctrl-C ends it orderly; no answer is lost.
    """
    from mephisto.tools import launching

    if debug:
        context.find_root().params["debug"] = True  # where errors are shown
    directory = directory.expanduser().absolute()
    _refuse_missing(directory)
    _refuse_unknown(words)
    _refuse_nothing(directory / YAML_FOLDER / "conf", words)
    source = launching.Source(_shape(directory), _yaml_folder(directory, words), "launch")
    parsed = Namespace(
        overrides=list(_spelt_out(source, words, flags["config_dir"], may_lack=bool(flags["cfg"]))),
        help=False,
        hydra_help=False,
        info=None,
        shell_completion=False,
        debug=debug,
        **flags,
    )

    def job(operator: Any, cfg: Any) -> None:
        operator.launch_task_run_or_die(cfg.mephisto)
        operator.wait_for_runs_then_shutdown(skip_input=True, log_rate=log_rate)

    with launching.interruption_as_status():
        launching.run(source, parsed, ArgumentParser(), job)


def _refuse_missing(directory: Path) -> None:
    if not directory.is_dir():
        raise ConfigError(
            f"--dir is {'a file, and not a folder' if directory.exists() else 'a folder that does not exist'}.",
            f"It is {directory}; the working directory is {Path.cwd()}.",
            f"Name the folder in which {YAML_FOLDER}/conf stands.",
        )


def _shape(directory: Path) -> Any:
    from mephisto.composing.task_config import TaskConfig

    @dataclass
    class LaunchConfig(TaskConfig):
        defaults: list[Any] = field(default_factory=lambda: ["_self_", {"conf": None}])
        task_dir: str = str(directory)

    return LaunchConfig


def _yaml_folder(directory: Path, words: Sequence[str]) -> str:
    folder = directory / YAML_FOLDER
    if folder.is_dir():
        return str(folder)
    if any(word.startswith("conf=") for word in words):
        raise ConfigError(
            "There is no folder of YAML files.",
            f"{folder} does not exist.",
            f"Name the folder in which {YAML_FOLDER}/conf stands: --dir DIR",
        )
    return NO_FOLDER


def _refuse_unknown(words: Sequence[str]) -> None:
    """Refuse a word without dots that is none of the few there are: it is a slip of the pen."""
    for word in words:
        key, equals, _ = word.lstrip("+").partition("=")
        known = [*KINDS, "conf", "profile", "task_dir", "num_tasks"]
        if equals and key.isidentifier() and key not in known:
            raise ConfigError(
                f"There is no option {key!r}.{did_you_mean(key, known)}",
                f"It was given on the command line: {word}",
                f"Without a dot there are: {', '.join(known)}. All others begin with 'mephisto.'.",
            )


def _refuse_nothing(conf: Path, words: Sequence[str]) -> None:
    if any(_key(word) in {"conf", *KINDS} for word in words):
        return
    names = sorted(path.stem for path in conf.glob("*.yaml"))
    raise ConfigError(
        "Nothing says what to launch.",
        f"In {conf} there are: {', '.join(names)}." if names else f"{conf} holds no YAML files.",
        f"Write conf={names[0]}"
        if names
        else "Name a task's folder with --dir DIR and its file with conf=NAME, or choose a blueprint, an "
        "architect and a provider; 'mephisto launch --help' shows both.",
    )


def _key(word: str) -> str:
    return word.partition("=")[0].removeprefix("+").removeprefix("mephisto/")


def _spelt_out(source: Any, words: Sequence[str], config_dir: str | None, *, may_lack: bool) -> Iterator[str]:
    """Write `architect=local` as Hydra knows it: a choice of its own, or another one than a file makes.

    Raises `ConfigError` if words choose plugins, but not one of each kind, unless they *may_lack* some.
    """
    choices = [word for word in words if _key(word) in KINDS]
    others = [word for word in words if word not in choices]
    chosen = _chosen_by_files(source, others, config_dir) if choices else set()
    if choices and not may_lack:
        _refuse_unchosen(chosen | {_key(word) for word in choices})
    for word in choices:
        kind, _, name = word.partition("=")
        kind = _key(kind)
        yield f"{'' if kind in chosen else '+'}mephisto/{kind}={name}"
    yield from others


def _refuse_unchosen(chosen: Collection[str]) -> None:
    """Name the kinds of which no plugin is chosen, as they are chosen here."""
    names = {kind: list(installed(kind)) for kind in KINDS if kind not in chosen}
    if names:
        words = [f"{kind}={found[0] if found else 'NAME'}" for kind, found in names.items()]
        raise ConfigError(
            f"No {' and no '.join(names)} is chosen.",
            " ".join(f"Installed as {kind}: {', '.join(found) or 'none'}." for kind, found in names.items()),
            f"Add {' '.join(words)}",
        )


def _chosen_by_files(source: Any, words: Sequence[str], config_dir: str | None) -> set[str]:
    from mephisto.composing import composition

    with composition.hydra(source.shape, source.folder, source.name, config_dir) as hydra:
        return composition.chosen_kinds(hydra, words)
