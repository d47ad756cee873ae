"""Tasks made of one HTML page and a table of data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mephisto import (
    AssignmentData,
    BlueprintArgs,
    GoldArgs,
    GoldSharedState,
    OnboardingArgs,
    OnboardingSharedState,
    Pages,
    Problem,
    ScreeningArgs,
    ScreeningSharedState,
    SharedTaskState,
    arg,
    hookimpl,
)


@dataclass
class StaticBlueprintArgs(ScreeningArgs, OnboardingArgs, GoldArgs, BlueprintArgs):
    """Tasks of the static blueprint need an HTML page to show to workers, and a table whose values fill it in."""

    _blueprint_type: str = "static_task"
    units_per_assignment: int = arg("How many workers do each assignment.", 1)
    task_source_review: str = arg(
        "Path to the page on which finished work is reviewed.",
        "",
        planned="Review pages of one's own are not built yet.",
    )
    extra_source_dir: Path | None = arg(
        "Path to a folder of files that the HTML may refer to (such as images, video, CSS, scripts). Everyone can read them."
    )
    data_json: Path | None = arg("Path to a JSON file of task data: a list of objects.")
    data_jsonl: Path | None = arg("Path to a JSON Lines file of task data: one object a line.")
    data_csv: Path | None = arg("Path to a CSV file of task data: a header, then one assignment a row.")
    task_source: Path = arg("Path to the HTML file of the task.", required=True)
    preview_source: Path | None = arg("Path to an HTML file that workers see before they accept the task.")
    onboarding_source: Path | None = arg("Path to an HTML file for the onboarding.")


@dataclass
class SharedStaticTaskState(ScreeningSharedState, OnboardingSharedState, GoldSharedState, SharedTaskState):
    static_task_data: Iterable[Mapping[str, Any]] = field(
        default_factory=list,
        metadata={
            "help": "Task data from the run script, in place of a file: a list of dicts, or a generator."
        },
    )


class StaticBlueprint:
    """Show an HTML template, its `${variables}` filled in from one row of data, and collect what its form holds."""

    Config = StaticBlueprintArgs
    SharedState = SharedStaticTaskState

    @hookimpl
    def blueprint_check(
        self, config: StaticBlueprintArgs, shared_state: SharedStaticTaskState
    ) -> Iterable[Problem]:
        from mephisto_blueprint_static import _check

        return _check.problems(config, shared_state)

    @hookimpl
    def blueprint_tasks(
        self, config: StaticBlueprintArgs, shared_state: SharedStaticTaskState
    ) -> Iterable[AssignmentData]:
        from mephisto_blueprint_static import _data

        for row in _data.rows(config, shared_state):
            yield AssignmentData(row, config.units_per_assignment)

    @hookimpl
    def blueprint_build(self, config: StaticBlueprintArgs, public: Path) -> Pages:
        from mephisto_blueprint_static import _build

        return _build.build(config, public)
