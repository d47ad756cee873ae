"""What a launch needs, settled and checked before anything is created."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from omegaconf import DictConfig, OmegaConf

from mephisto.composing.options import Read, read
from mephisto.config import ArchitectArgs, BlueprintArgs, ProviderArgs, TaskRunArgs
from mephisto.errors import ChecksFailed, ConfigError, PluginFailed, Problem, StoreError
from mephisto.hookspecs import KINDS
from mephisto.operations.accounts import account_name, no_account
from mephisto.operations.checks import problems_of_server, problems_of_state, problems_of_task
from mephisto.operations.extra_checks import problems_of_extras
from mephisto.operations.readiness import USUAL_WAYS, why_no_store
from mephisto.plugins import Use, load
from mephisto.qualification_rules import Requirement, requirements_of
from mephisto.shared_state import SharedTaskState, is_set
from mephisto.store import Store, gold

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """One launch: the plugins and their options, the task, the shared state, in whose name, and the configuration as stored.

    Relative paths of the configuration begin at `directory`.
    """

    use: Use
    names: Mapping[str, str]
    blueprint: BlueprintArgs
    architect: ArchitectArgs
    provider: ProviderArgs
    task: TaskRunArgs
    shared_state: SharedTaskState
    account: str
    config: Mapping[str, Any]
    directory: Path

    @property
    def task_name(self) -> str:
        return self.task.task_name or self.names["blueprint"]

    @property
    def pay_cents(self) -> int:
        return round(self.task.task_reward * 100)

    @property
    def onboarding_data(self) -> dict[str, Any] | None:
        """What each onboarding is given; None where there is none."""
        data = getattr(self.shared_state, "onboarding_data", None)
        return dict(data) if data is not None and self.onboarding_qualification else None

    @property
    def onboarding_qualification(self) -> str | None:
        return getattr(self.blueprint, "onboarding_qualification", None) or None

    @property
    def qualification_names(self) -> list[str]:
        """The qualifications that this run speaks of; they are made so that scripts find them."""
        asked = [described["qualification_name"] for described in self.shared_state.qualifications]
        blueprint, golds = self.blueprint, self.gold_names
        passed = getattr(blueprint, "passed_qualification_name", None)
        spoken_of = (blueprint.block_qualification, self.onboarding_qualification, passed, *asked)
        return [name for name in (*spoken_of, *(golds.all() if golds else ())) if name]

    @property
    def gold_names(self) -> gold.GoldNames | None:
        """The qualifications that count gold units, None if there are no such units."""
        return gold.names_of(vars(self.blueprint))

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What workers must, or must not, have in this run."""
        asked = requirements_of(self.shared_state.qualifications, self.names["provider"])
        return (*asked, *gold.requirements(self.gold_names))

    def is_set(self, name: str) -> bool:
        """Say whether the shared state sets *name* off its default."""
        return is_set(self.shared_state, name)


def task_name_of(run_config: Any) -> str:
    """Return the name of the task that a configuration is for; raise `ConfigError` if it names no blueprint either."""
    config = _resolved(run_config)
    named = read(TaskRunArgs, config.get("task") or {}, "mephisto.task", Path.cwd()).config.task_name
    return named or _chosen(config, "blueprint")


def prepare(
    run_config: Any, shared_state: SharedTaskState | None, store: Store, directory: Path | None = None
) -> Plan:
    """Settle and check a configuration, the node `mephisto` of what a script composed, for a launch that *store* keeps.

    Its relative paths begin at *directory*, the working directory if that is left out. Raises `ChecksFailed` with all
    that is wrong, `StoreError` if it is only the store, and what `mephisto.plugins.load` raises.
    """
    config, directory = _resolved(run_config), directory or Path.cwd()
    names = {kind: _chosen(config, kind) for kind in KINDS}
    plugins = {kind: load(kind, name) for kind, name in names.items()}
    option_classes = {kind: plugin.Config for kind, plugin in plugins.items()} | {"task": TaskRunArgs}
    shared_state_class = getattr(plugins["blueprint"], "SharedState", SharedTaskState)
    state = shared_state_class() if shared_state is None else shared_state

    parts = {
        part: read(options, config.get(part) or {}, f"mephisto.{part}", directory)
        for part, options in option_classes.items()
    }
    use = Use(names)
    parts["blueprint"].problems += _problems_of_blueprint(use, parts["blueprint"], state, shared_state_class)
    if parts["blueprint"].is_whole:
        parts["blueprint"].problems += problems_of_extras(
            parts["task"].config, parts["blueprint"].config, state
        )
    parts["architect"].problems += _problems_of_architect(use, parts["architect"])
    parts["task"].problems += problems_of_task(parts["task"].config)
    unusable = why_no_store(store, "mephisto.datapath=PATH" if config.get("datapath") else USUAL_WAYS)
    account = None
    if parts["provider"].is_whole and not (unusable and store.is_made):
        wanted = parts["provider"].config.requester_name
        account = account_name(store, names["provider"], wanted)
        if account is None:
            parts["provider"].problems.append(no_account(names["provider"], wanted))
    found = [problem for part in parts.values() for problem in part.problems]
    if found:
        raise ChecksFailed([*found, unusable] if unusable else found)
    if unusable:
        raise StoreError(unusable.what, unusable.why, unusable.remedy)
    return Plan(
        use=use,
        names=names,
        shared_state=state,
        account=cast("str", account),
        config=config,
        directory=directory,
        **{part: each.config for part, each in parts.items()},
    )


def _problems_of_blueprint(use: Use, blueprint: Read[Any], state: Any, expected: type) -> list[Problem]:
    found = problems_of_state(state, expected)
    if not blueprint.is_whole or not isinstance(state, expected):
        return found
    try:
        return found + use.ask_all(use.hooks.blueprint_check, config=blueprint.config, shared_state=state)
    except PluginFailed:
        if not found:
            raise
        return found  # it met what is wrong with the shared state


def _problems_of_architect(use: Use, architect: Read[Any]) -> list[Problem]:
    if not architect.is_whole:
        return []
    return [
        *problems_of_server(architect.config),
        *use.ask_all(use.hooks.architect_check, config=architect.config),
    ]


def _resolved(run_config: Any) -> dict[str, Any]:
    if not isinstance(run_config, DictConfig | Mapping):
        raise ConfigError(
            "There is no configuration to launch.",
            f"What was handed over is {type(run_config).__name__}, and no mapping.",
            "Hand over cfg.mephisto: operator.launch_task_run(cfg.mephisto, shared_state).",
        )
    node = run_config if isinstance(run_config, DictConfig) else OmegaConf.create(dict(run_config))
    return cast("dict[str, Any]", _with_text(OmegaConf.to_container(node, resolve=True)))


def _with_text(value: Any) -> Any:
    """Write paths as text, as YAML would hold them, and the database can."""
    if isinstance(value, dict):
        return {key: _with_text(inner) for key, inner in value.items()}
    return str(value) if isinstance(value, Path) else value


def _chosen(config: Mapping[str, Any], kind: str) -> str:
    name = (config.get(kind) or {}).get(f"_{kind}_type")
    if not isinstance(name, str) or name == "???":
        raise ConfigError(
            f"This configuration chooses no {kind}.",
            f"mephisto.{kind} has no '_{kind}_type'.",
            f"Add '- /mephisto/{kind}: NAME' to the defaults of your YAML; 'mephisto wut {kind}' lists the names.",
        )
    return name
