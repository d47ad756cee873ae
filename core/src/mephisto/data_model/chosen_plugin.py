"""Plugins that a run chose, made anew for a script."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from sqlalchemy import select

from mephisto.composing.options import settle
from mephisto.data_model.base import Database
from mephisto.data_model.errors import MephistoDBException
from mephisto.model import task_runs
from mephisto.plugins import find, stored_options
from mephisto.plugins.use import instance
from mephisto.store.rows import AnyRow


@dataclass(frozen=True)
class ChosenPlugin:
    """What was chosen: `plugin` is an instance of its class, `config` its options as the run was launched with them."""

    name: str
    plugin: Any
    config: Any


@dataclass(frozen=True)
class ChosenBlueprint(ChosenPlugin):
    """A blueprint, with the options and the shared state that a script gives, where it gives them."""

    shared_state: Any = None


def chosen(db: Database, run_id: str, kind: str, name: str) -> ChosenPlugin:
    """Make the plugin *name* anew, with the options of a run; raises what `mephisto.plugins.load` raises.

    The run's own instance is in the process of the run, and with it the shared state.
    """
    plugin = instance(find(kind, name))
    return ChosenPlugin(name, plugin, _of_run(_launched(db, run_id), kind, plugin))


def chosen_blueprint(
    db: Database, run_id: str, name: str, args: Mapping[str, Any] | None, shared_state: Any
) -> ChosenBlueprint:
    """Make the blueprint *name* as `chosen` does, with the options that *args* has if it is given.

    Raises `MephistoError` for those of another blueprint, and what `settle` raises.
    """
    plugin: Any = instance(find("blueprint", name))
    run = _launched(db, run_id)
    if args is None:
        return ChosenBlueprint(name, plugin, _of_run(run, "blueprint", plugin), shared_state)
    given, base = _options_in(args, name), Path(run.working_directory)
    config = settle(type(plugin).Config, given, "mephisto.blueprint", base)
    return ChosenBlueprint(name, plugin, config, shared_state)


def _launched(db: Database, run_id: str) -> AnyRow:
    query = select(task_runs.c.config, task_runs.c.working_directory).where(task_runs.c.id == int(run_id))
    with db.store.read() as connection:
        return connection.execute(query).one()


def _of_run(run: AnyRow, kind: str, plugin: Any) -> Any:
    return stored_options(type(plugin), run.config.get(kind) or {}, Path(run.working_directory))


def _options_in(args: Mapping[str, Any], name: str) -> Any:
    node = args if OmegaConf.is_config(args) else OmegaConf.create(dict(args))
    options: Any = node.get("blueprint")
    is_there = isinstance(options, Mapping)
    chosen_there = options.get("_blueprint_type", name) if is_there else None
    if chosen_there != name:
        raise MephistoDBException(
            f"These args have no options of the blueprint {name!r}.",
            f"They choose the blueprint {chosen_there!r}."
            if is_there
            else "There is no 'blueprint' in them.",
            "Give args that are shaped as task_run.args are: cfg.mephisto, and not cfg.",
        )
    return options
