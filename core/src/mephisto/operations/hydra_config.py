"""Import path of existing run scripts: the shape of a configuration."""

from mephisto.composing.task_config import (
    DatabaseArgs,
    MephistoConfig,
    RunScriptConfig,
    TaskConfig,
    build_default_task_config,
    register_script_config,
)

__all__ = [
    "DatabaseArgs",
    "MephistoConfig",
    "RunScriptConfig",
    "TaskConfig",
    "build_default_task_config",
    "register_script_config",
]
