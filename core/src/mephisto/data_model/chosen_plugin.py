"""Plugins that a run chose, made anew for a script."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mephisto.data_model.base import Database
from mephisto.model import task_runs
from mephisto.plugins import find, stored_options
from mephisto.plugins.use import instance


@dataclass(frozen=True)
class ChosenPlugin:
    """What was chosen: `plugin` is an instance of its class, `config` its options as the run was launched with them."""

    name: str
    plugin: Any
    config: Any


def chosen(db: Database, run_id: str, kind: str, name: str) -> ChosenPlugin:
    """Make the plugin *name* anew, with the options of a run; raises what `mephisto.plugins.load` raises.

    The run's own instance is in the process of the run, and with it the shared state.
    """
    query = select(task_runs.c.config, task_runs.c.working_directory).where(task_runs.c.id == int(run_id))
    with db.store.read() as connection:
        run = connection.execute(query).one()
    plugin = instance(find(kind, name))
    options = stored_options(type(plugin), run.config.get(kind) or {}, Path(run.working_directory))
    return ChosenPlugin(name, plugin, options)
