"""What Hydra does around a run script: log lines to the console, no `outputs/` folder, a help that teaches."""

from collections.abc import Mapping
from typing import Any, Final

LINE: Final = "[%(asctime)s][%(name)s][%(levelname)s] - %(message)s"
LOG_LINES: Final = {
    "version": 1,
    "formatters": {"line": {"format": LINE}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stdout"}
    },
    "root": {"level": "INFO", "handlers": ["console"]},
    "disable_existing_loggers": False,
}

HELP: Final = {
    "app_name": "${hydra.job.name}",
    "header": "${hydra.help.app_name} launches a human task with mephisto.",
    "footer": "Every option with its meaning: mephisto wut blueprint=<name>, architect=<name>, provider=<name>, task",
    "template": """\
${hydra.help.header}

Each option of the configuration below can be set, in hydra_configs/conf/<name>.yaml or on the command line:

  python ${hydra.job.name}.py conf=my_config                        another file of the folder conf
  python ${hydra.job.name}.py mephisto.architect.port=1234          one option
  python ${hydra.job.name}.py 'mephisto.task.task_tags="a,b"'       text with a comma or a space is quoted twice
  python ${hydra.job.name}.py mephisto/architect=local              another plugin
  python ${hydra.job.name}.py +profile=my_profile                   a profile on top, from hydra_configs/profile or
                                                        ~/.mephisto/hydra_configs/profile
  python ${hydra.job.name}.py --cfg job                             show the configuration and launch nothing
  python ${hydra.job.name}.py --dry-run                             check everything, show the cost, create nothing
  python ${hydra.job.name}.py --debug                               show the traceback of an error

What can be chosen as group=name:

$APP_CONFIG_GROUPS
The configuration as it stands now ('???' has no value yet):

$CONFIG
${hydra.help.footer}
""",
}

# `sweep` is never used, but Hydra resolves it; the folder of a run is set when it begins.
OUTPUT: Final = {"run": {"dir": "???"}, "sweep": {"dir": ".", "subdir": "."}}

CHOICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "hydra/job_logging": {"default": LOG_LINES, "mephisto_default": LOG_LINES},
    "hydra/output": {"default": OUTPUT},
    "hydra/help": {"default": HELP},
}
