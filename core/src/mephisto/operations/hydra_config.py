"""Import path of existing run scripts: the shape of a configuration."""

from mephisto.composing.task_config import DatabaseArgs as DatabaseArgs
from mephisto.composing.task_config import MephistoConfig as MephistoConfig
from mephisto.composing.task_config import RunScriptConfig as RunScriptConfig
from mephisto.composing.task_config import TaskConfig as TaskConfig
from mephisto.composing.task_config import build_default_task_config as build_default_task_config
from mephisto.composing.task_config import register_script_config as register_script_config
