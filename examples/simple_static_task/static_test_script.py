from omegaconf import DictConfig

from mephisto.abstractions.blueprints.static_html_task.static_html_blueprint import (
    BLUEPRINT_TYPE_STATIC_HTML,  # noqa: F401 - not needed for an installed blueprint
)
from mephisto.operations.operator import Operator
from mephisto.tools.scripts import task_script


@task_script(default_config_file="example")
def main(operator: Operator, cfg: DictConfig) -> None:
    operator.launch_task_run(cfg.mephisto)
    operator.wait_for_runs_then_shutdown(skip_input=True, log_rate=30)


if __name__ == "__main__":
    main()
