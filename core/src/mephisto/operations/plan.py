"""What a launch needs, settled and checked before anything is created."""

import dataclasses
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from omegaconf import DictConfig, OmegaConf

from mephisto.composing.options import problems_of, settle
from mephisto.config import SERVER_TYPES, ArchitectArgs, BlueprintArgs, ProviderArgs, TaskRunArgs, default_of
from mephisto.errors import ChecksFailed, ConfigError, Problem
from mephisto.hookspecs import KINDS
from mephisto.plugins import Use, load
from mephisto.qualification_rules import why_not
from mephisto.shared_state import SharedTaskState

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """One launch: the plugins and their options, the task, the shared state, and the configuration as stored."""

    use: Use
    names: Mapping[str, str]
    blueprint: BlueprintArgs
    architect: ArchitectArgs
    provider: ProviderArgs
    task: TaskRunArgs
    shared_state: SharedTaskState
    config: Mapping[str, Any]

    @property
    def task_name(self) -> str:
        return self.task.task_name or self.names["blueprint"]

    @property
    def pay_cents(self) -> int:
        return round(self.task.task_reward * 100)

    @property
    def onboarding_qualification(self) -> str | None:
        return getattr(self.blueprint, "onboarding_qualification", None) or None

    @property
    def qualification_names(self) -> list[str]:
        """The qualifications that this run speaks of; they are made so that scripts find them."""
        asked = [described["qualification_name"] for described in self.shared_state.qualifications]
        return [
            name
            for name in (self.blueprint.block_qualification, self.onboarding_qualification, *asked)
            if name
        ]

    def is_set(self, name: str) -> bool:
        """Say whether the shared state sets *name* off its default."""
        return any(
            option.name == name and getattr(self.shared_state, name) != default_of(option)
            for option in dataclasses.fields(self.shared_state)
        )


def prepare(run_config: Any, shared_state: SharedTaskState | None) -> Plan:
    """Settle and check a configuration, the node `mephisto` of what a script composed.

    Raises `ChecksFailed` with all that is wrong, and what `mephisto.plugins.load` raises.
    """
    config = _resolved(run_config)
    names = {kind: _chosen(config, kind) for kind in KINDS}
    plugins = {kind: load(kind, name) for kind, name in names.items()}
    option_classes = {kind: plugin.Config for kind, plugin in plugins.items()} | {"task": TaskRunArgs}
    shared_state_class = getattr(plugins["blueprint"], "SharedState", SharedTaskState)
    state = shared_state_class() if shared_state is None else shared_state

    problems = {
        part: list(problems_of(options, config.get(part) or {}, f"mephisto.{part}"))
        for part, options in option_classes.items()
    }
    settled = {
        part: settle(options, config.get(part) or {}, f"mephisto.{part}", Path.cwd())
        for part, options in option_classes.items()
        if not problems[part]
    }
    use = Use(names)
    if "task" in settled:
        problems["task"] += _task_problems(settled["task"])
    if "blueprint" in settled:
        problems["blueprint"] += _state_problems(state, shared_state_class) or use.ask_all(
            use.hooks.blueprint_check, config=settled["blueprint"], shared_state=state
        )
    if "architect" in settled:
        problems["architect"] += _server_problems(settled["architect"])
        problems["architect"] += use.ask_all(use.hooks.architect_check, config=settled["architect"])
    found = [problem for part in option_classes for problem in problems[part]]
    if found:
        raise ChecksFailed(found)
    return Plan(use=use, names=names, shared_state=state, config=config, **settled)


def _resolved(run_config: Any) -> dict[str, Any]:
    node = run_config if isinstance(run_config, DictConfig) else OmegaConf.create(run_config)
    return cast("dict[str, Any]", OmegaConf.to_container(node, resolve=True))


def _chosen(config: Mapping[str, Any], kind: str) -> str:
    name = (config.get(kind) or {}).get(f"_{kind}_type")
    if not isinstance(name, str) or name == "???":
        raise ConfigError(
            f"This configuration chooses no {kind}.",
            f"mephisto.{kind} has no '_{kind}_type'.",
            f"Add '- /mephisto/{kind}: NAME' to the defaults of your YAML; 'mephisto wut {kind}' lists the names.",
        )
    return name


def _server_problems(architect: ArchitectArgs) -> Iterator[Problem]:
    if architect.server_type not in SERVER_TYPES:
        yield Problem(
            f"mephisto.architect.server_type is {architect.server_type!r}.",
            f"There is one kind of server, {SERVER_TYPES[0]!r}.",
            "Leave this option out.",
        )


def _task_problems(task: TaskRunArgs) -> Iterator[Problem]:
    lowest = {
        "task_reward": (0, "A reward cannot be negative."),
        "task_lifetime_in_seconds": (1, "A task is offered for at least a second."),
        "assignment_duration_in_seconds": (1, "Workers need at least a second."),
        "no_submission_patience": (1, "A run waits for at least a second."),
        "allowed_concurrent": (0, "0 sets no limit."),
        "maximum_units_per_worker": (0, "0 sets no limit."),
        "max_num_concurrent_units": (0, "0 offers all units."),
        "callback_patience_in_seconds": (1, "A function of yours needs a moment."),
        "grace_time_in_seconds": (0, "0 waits for nobody."),
        "largest_upload_in_megabytes": (1, "Smaller files could not be sent."),
        "largest_answer_in_megabytes": (1, "Smaller answers could not be sent."),
        "most_uploads": (0, "0 takes no files."),
    }
    for name, (least, why) in lowest.items():
        if getattr(task, name) < least:
            yield Problem(
                f"mephisto.task.{name} is {getattr(task, name)}.", why, f"Set it to {least} or more."
            )


def _state_problems(state: SharedTaskState, expected: type) -> list[Problem]:
    if not isinstance(state, expected):
        return [
            Problem(
                f"The shared state is of the class {type(state).__qualname__}.",
                f"This blueprint needs a {expected.__qualname__}.",
                f"Pass one: launch_task_run(cfg.mephisto, {expected.__qualname__}(...)).",
            )
        ]
    unbuilt = [
        Problem(
            f"The shared state sets {option.name!r}.",
            option.metadata["planned"],
            f"Leave {option.name!r} out.",
        )
        for option in dataclasses.fields(state)
        if option.metadata.get("planned") and getattr(state, option.name) != default_of(option)
    ]
    wrong = [
        Problem(
            f"The shared state asks for {described!r}.",
            reason,
            "Make requirements with make_qualification_dict.",
        )
        for described in state.qualifications
        if (reason := why_not(described))
    ]
    return unbuilt + wrong
