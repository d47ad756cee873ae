"""Which of the decisions a provider carries out, and calling its hooks with what the rows say."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from mephisto.effects import Done, Failed, Later
from mephisto.errors import PluginMisuse
from mephisto.model import agents, requesters, task_runs, tasks, workers
from mephisto.plugins import Use, load, stored_options
from mephisto.plugins.contract import implementations
from mephisto.store.rows import AnyRow
from mephisto.views import AttemptView, RequesterView, RunView, WorkerView

Answer = Done | Later | Failed

#: What each command is told beside config, requester, worker and token.
_TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "approve": ("attempt", "reason"),
    "reject": ("attempt", "reason"),
    "soft_reject": ("attempt", "reason"),
    "bonus": ("attempt", "reason", "amount"),
    "message": ("attempt", "text"),
    "block": ("reason",),
    "unblock": ("reason",),
    "grant": ("qualification", "value"),
    "revoke": ("qualification",),
}
_RUN: Final = select(
    task_runs.c.id, task_runs.c.config, task_runs.c.working_directory, tasks.c.name.label("task_name")
).join_from(task_runs, tasks)


class ProviderHooks:
    """The hooks of one provider that carry decisions out; the plugin is made when one is called first."""

    def __init__(self, name: str) -> None:
        """Load the plugin; raises what `mephisto.plugins.load` raises."""
        self.name = name
        self._plugin = load("provider", name)
        self._implemented = implementations(self._plugin)
        self._use: Use | None = None

    def serves(self, kind: str) -> bool:
        """Say whether the provider carries out decisions of this kind."""
        return f"provider_{kind}" in self._implemented

    def may_repeat(self, connection: Connection, action: AnyRow) -> bool:
        """Say whether something may be asked for again with the same token, if nobody knows whether it was done."""
        use = self._made()
        config = self._config(_run_of(connection, action))
        named: Iterable[str] = use.ask_all(use.hooks.provider_repeatable, config=config)
        return action.kind in set(named)

    def call(self, connection: Connection, action: AnyRow) -> Callable[[], Answer]:
        """Read what the hook is told, and return its call."""
        use = self._made()
        run = _run_of(connection, action)
        told = {
            "config": self._config(run),
            "requester": _requester(connection, action.requester_id),
            "worker": _worker(connection, action.worker_id),
            "token": action.token,
        }
        for name in _TOLD[action.kind]:
            told[name] = (
                _attempt(connection, action.agent_id, run) if name == "attempt" else action.payload[name]
            )
        hook = getattr(use.hooks, f"provider_{action.kind}")

        def ask() -> Answer:
            answer = use.ask(hook, **told)
            if not isinstance(answer, Done | Later | Failed):
                raise PluginMisuse(
                    f"The provider {self.name!r} answered {answer!r}: hook 'provider_{action.kind}'.",
                    "It answers Done, Later or Failed.",
                )
            return answer

        return ask

    def _made(self) -> Use:
        if self._use is None:
            self._use = Use({"provider": self.name})
        return self._use

    def _config(self, run: AnyRow | None) -> Any:
        """Make the provider's options as the run has them."""
        if run is None:
            return stored_options(self._plugin, {}, Path.cwd())
        return stored_options(self._plugin, run.config.get("provider") or {}, Path(run.working_directory))


def _run_of(connection: Connection, action: AnyRow) -> AnyRow | None:
    """Return the run that something is about, or else the account's newest."""
    if action.agent_id is not None:
        of_agent = select(agents.c.task_run_id).where(agents.c.id == action.agent_id).scalar_subquery()
        return connection.execute(_RUN.where(task_runs.c.id == of_agent)).first()
    newest = _RUN.where(task_runs.c.requester_id == action.requester_id).order_by(task_runs.c.id.desc())
    return connection.execute(newest.limit(1)).first()


def _attempt(connection: Connection, agent_id: int | None, run: AnyRow | None) -> AttemptView | None:
    if agent_id is None or run is None:
        return None
    place = connection.execute(select(agents.c.registration).where(agents.c.id == agent_id)).scalar_one()
    title = str((run.config.get("task") or {}).get("task_title") or "")
    return AttemptView(str(agent_id), place, RunView(str(run.id), run.task_name, title))


def _requester(connection: Connection, requester_id: int) -> RequesterView:
    name = connection.execute(select(requesters.c.name).where(requesters.c.id == requester_id)).scalar_one()
    return RequesterView(str(requester_id), name)


def _worker(connection: Connection, worker_id: int) -> WorkerView:
    name = connection.execute(select(workers.c.name).where(workers.c.id == worker_id)).scalar_one()
    return WorkerView(str(worker_id), name)
