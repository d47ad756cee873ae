from collections.abc import Mapping
from typing import Any

from omegaconf import DictConfig

from mephisto.abstractions.blueprints.abstract.static_task.static_blueprint import SharedStaticTaskState
from mephisto.operations.operator import Operator
from mephisto.tools.scripts import task_script


def has_read_the_instructions(data: Mapping[str, Any]) -> bool:
    outputs = data["outputs"] or {}
    return outputs.get("purpose") == "description"


@task_script(default_config_file="onboarding_example")
def main(operator: Operator, cfg: DictConfig) -> None:
    shared_state = SharedStaticTaskState(
        onboarding_data={"example_description": "A small creature with a lantern that walks at night."},
        validate_onboarding=has_read_the_instructions,
    )
    operator.launch_task_run(cfg.mephisto, shared_state)
    operator.wait_for_runs_then_shutdown(skip_input=True, log_rate=30)


if __name__ == "__main__":
    main()
