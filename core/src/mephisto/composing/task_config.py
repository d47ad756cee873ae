"""The shape of a run script's configuration, as Hydra composes it."""

import os
import sys
from dataclasses import dataclass, field
from typing import Any

from mephisto.config import MISSING, TaskRunArgs, arg

PRIMARY = "taskconfig"


def _script_directory() -> str:
    return os.path.dirname(os.path.abspath(sys.argv[0]))  # noqa: PTH100, PTH120 - links are kept, `..` is not


@dataclass
class DatabaseArgs:
    """Where answers are kept."""

    _database_type: str = arg(
        "Kind of database. Both 'singleton' and 'local' mean the one database of this machine.",
        "singleton",
        choices=("singleton", "local"),
    )


@dataclass
class MephistoConfig:
    """What a launch reads. The first three come from the groups `mephisto/blueprint`, `/provider` and `/architect`."""

    blueprint: Any = MISSING
    provider: Any = MISSING
    architect: Any = MISSING
    task: TaskRunArgs = field(default_factory=TaskRunArgs)
    database: DatabaseArgs = field(default_factory=DatabaseArgs)
    log_level: str = arg(
        "From which level on log lines of mephisto are shown.",
        "info",
        choices=("debug", "info", "warning", "error", "critical"),
    )
    datapath: str | None = arg("Folder for the data of this run, in place of the usual data directory.", None)


@dataclass
class TaskConfig:
    """The whole configuration of a run script; subclass it, or `build_default_task_config`, for fields of your own."""

    defaults: list[Any] = field(default_factory=lambda: ["_self_"])
    mephisto: MephistoConfig = field(default_factory=MephistoConfig)
    task_dir: str = field(
        default_factory=_script_directory,
        metadata={"help": "Folder of the run script; YAML files refer to it as ${task_dir}."},
    )
    num_tasks: int = arg("How many tasks a run script makes; only run scripts read it.", 5)


RunScriptConfig = TaskConfig  # its name in older run scripts


def build_default_task_config(conf_name: str) -> type[TaskConfig]:
    """Return a `TaskConfig` that composes `conf/<conf_name>.yaml` unless `conf=...` names another; subclass it freely."""
    name = conf_name.removesuffix(".yaml")

    @dataclass
    class DefaultTaskConfig(TaskConfig):
        defaults: list[Any] = field(default_factory=lambda: ["_self_", {"conf": name}])

    return DefaultTaskConfig


def register_script_config(name: str, module: Any) -> None:
    """Let Hydra find the dataclass *module* as the primary configuration *name*."""
    from hydra.core.config_store import ConfigStore

    ConfigStore.instance().store(name=name, node=module)
