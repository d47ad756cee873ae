from collections.abc import Iterator
from typing import Any

from omegaconf import DictConfig

from mephisto.abstractions.blueprints.abstract.static_task.static_blueprint import SharedStaticTaskState
from mephisto.abstractions.blueprints.mixins.screen_task_required import ScreenTaskRequired
from mephisto.data_model.unit import Unit
from mephisto.operations.operator import Operator
from mephisto.tools.scripts import task_script


def screening_characters() -> Iterator[dict[str, Any]]:
    while True:
        yield {
            "character_name": "Ida the Lamplighter",
            "character_description": "I light the lamps at dusk, know every cat by name, and never miss a rumor.",
        }


def has_read_the_description(unit: Unit) -> bool:
    outputs = unit.get_assigned_agent().state.get_data()["outputs"]
    return outputs["rating"] == "good"


@task_script(default_config_file="screening_example")
def main(operator: Operator, cfg: DictConfig) -> None:
    shared_state = SharedStaticTaskState(
        screening_data_factory=screening_characters(),
        on_unit_submitted=ScreenTaskRequired.create_validation_function(
            cfg.mephisto, has_read_the_description
        ),
    )
    operator.launch_task_run(cfg.mephisto, shared_state)
    operator.wait_for_runs_then_shutdown(skip_input=True, log_rate=30)


if __name__ == "__main__":
    main()
