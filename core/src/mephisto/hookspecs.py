"""The contract between the core and its plugins, in the order in which a run calls it.

A plugin is a class with a `Config` dataclass and methods marked `@hookimpl`, named by an entry point in the group
`mephisto.blueprint`, `mephisto.architect` or `mephisto.provider`. An implementation takes only the arguments that
it needs. A *question* stops at its first answer, which `@required` ones must give; a *command* belongs to the one
plugin of its kind. Hooks answer with the frozen dataclasses of `mephisto.effects`; they never call into the core.

`config` is an instance of the plugin's own `Config`: an option left out is its default, or `None` where it has
none; a required one is never missing; paths are absolute.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import pluggy

from mephisto.effects import (
    Adapter,
    AssignmentData,
    Deployed,
    Done,
    Failed,
    Identity,
    Later,
    Link,
    Pages,
    Refuse,
)
from mephisto.errors import Problem
from mephisto.views import AttemptView, RequesterView, RunView, WorkerView
from mephisto.web.line import Desk

NAME: Final = "mephisto"

hookimpl = pluggy.HookimplMarker(NAME)
hookspec = pluggy.HookspecMarker(NAME)

Spec = TypeVar("Spec")


def required(spec: Spec) -> Spec:
    """Mark a hook that a plugin of its kind cannot do without."""
    vars(spec)["mephisto_required"] = True
    return spec


class BlueprintSpecs:
    """What workers do."""

    @hookspec(firstresult=True)
    def blueprint_check(self, config: Any, shared_state: Any) -> Iterable[Problem]:
        """Question: what is wrong with the options and the shared state? Asked before anything is created."""

    @required
    @hookspec(firstresult=True)
    def blueprint_tasks(self, config: Any, shared_state: Any) -> Iterable[AssignmentData]:
        """Question: what are the assignments? The answer may be lazy and endless; it is read as it is needed."""

    @required
    @hookspec(firstresult=True)
    def blueprint_build(self, config: Any, public: Path) -> Pages:
        """Question: which pages do workers see? Fill *public*, an empty folder that is served to everyone."""

    # F: blueprint_resume  ·  J: blueprint_live, for units that start together


class ArchitectSpecs:
    """Where the task is hosted."""

    @hookspec(firstresult=True)
    def architect_check(self, config: Any) -> Iterable[Problem]:
        """Question: what is wrong with the options? Asked before anything is created."""

    @hookspec(firstresult=True)
    def architect_address(self, config: Any) -> str | None:
        """Question: at which URL will it be, as far as that is known beforehand? Nothing is deployed to find out."""

    @required
    @hookspec(firstresult=True)
    def architect_deploy(self, config: Any, site: Path, desk: Desk) -> Deployed:
        """Question: where is it? Serve the folder *site* with `mephisto.web`; *desk* answers workers' pages."""

    @required
    @hookspec
    def architect_shutdown(self, config: Any, state: Mapping[str, Any]) -> None:
        """Command: free all that deploying took. *state* is what deploying answered; safe to call twice."""

    # G: architect_line, for servers that are not in this process  ·  F: architect_resume


class ProviderSpecs:
    """Who does the work, and who pays them.

    `sandbox = True` in its class says that its work is a rehearsal, for which nobody is paid.
    """

    @hookspec(firstresult=True)
    def provider_register(self, config: Any) -> Iterable[Problem]:
        """Question: what keeps this account from being registered? *config* is the plugin's `RequesterConfig`.

        Asked before the account is kept; what registering takes elsewhere is done here.
        """

    @required
    @hookspec(firstresult=True)
    def provider_adapter(self, config: Any) -> Adapter:
        """Question: which script tells the page who its worker is, and who may frame the page?"""

    @hookspec(firstresult=True)
    def provider_links(self, config: Any, run: RunView, url: str) -> Iterable[Link]:
        """Question: which addresses shall the researcher read once the task is live at *url*?"""

    @required
    @hookspec(firstresult=True)
    def provider_identify(self, config: Any, data: Mapping[str, Any]) -> Identity | Refuse:
        """Question: who is this? *data* is what the adapter's `getAgentRegistration` returned, unchecked."""

    @hookspec(firstresult=True)
    def provider_repeatable(self, config: Any) -> Iterable[str]:
        """Question: which of the commands below, such as "bonus", may be given again with the same token?

        Asked when nobody knows whether one was carried out: an exception, a lost reply, a process that was killed.
        One that is not named is then left to the researcher. *config* is that of the run, or of the newest one.
        """

    @hookspec(firstresult=True)
    def provider_approve(
        self,
        config: Any,
        requester: RequesterView,
        worker: WorkerView,
        attempt: AttemptView,
        reason: str,
        token: str,
    ) -> Done | Later | Failed:
        """Command: accept the attempt and pay for it. Until it answers `Done`, the decision stays open."""

    @hookspec(firstresult=True)
    def provider_reject(
        self,
        config: Any,
        requester: RequesterView,
        worker: WorkerView,
        attempt: AttemptView,
        reason: str,
        token: str,
    ) -> Done | Later | Failed:
        """Command: reject the attempt, and do not pay for it."""

    @hookspec(firstresult=True)
    def provider_soft_reject(
        self,
        config: Any,
        requester: RequesterView,
        worker: WorkerView,
        attempt: AttemptView,
        reason: str,
        token: str,
    ) -> Done | Later | Failed:
        """Command: pay for an attempt that the researcher will not use."""

    @hookspec(firstresult=True)
    def provider_bonus(
        self,
        config: Any,
        requester: RequesterView,
        worker: WorkerView,
        attempt: AttemptView | None,
        reason: str,
        amount: int,
        token: str,
    ) -> Done | Later | Failed:
        """Command: pay *amount* cents more."""

    @hookspec(firstresult=True)
    def provider_message(
        self,
        config: Any,
        requester: RequesterView,
        worker: WorkerView,
        attempt: AttemptView,
        text: str,
        token: str,
    ) -> Done | Later | Failed:
        """Command: bring the worker *text*, a message of the researcher's about the attempt."""

    @hookspec(firstresult=True)
    def provider_block(
        self, config: Any, requester: RequesterView, worker: WorkerView, reason: str, token: str
    ) -> Done | Later | Failed:
        """Command: keep the worker from all tasks of the account."""

    @hookspec(firstresult=True)
    def provider_unblock(
        self, config: Any, requester: RequesterView, worker: WorkerView, reason: str, token: str
    ) -> Done | Later | Failed:
        """Command: take a block back."""

    @hookspec(firstresult=True)
    def provider_grant(
        self,
        config: Any,
        requester: RequesterView,
        worker: WorkerView,
        qualification: str,
        value: int,
        token: str,
    ) -> Done | Later | Failed:
        """Command: let the worker hold *qualification* with *value*, whether or not they held it before."""

    @hookspec(firstresult=True)
    def provider_revoke(
        self, config: Any, requester: RequesterView, worker: WorkerView, qualification: str, token: str
    ) -> Done | Later | Failed:
        """Command: take *qualification* from the worker."""

    # H: provider_publish, provider_expire, provider_status, provider_cost


class RunSpecs:
    """Moments in a run that observers may watch; each is delivered after what it tells is committed.

    The first observers bring the first moments: I: run_started, unit_submitted, run_ended.
    """


KINDS: Final[Mapping[str, type]] = {
    "blueprint": BlueprintSpecs,
    "architect": ArchitectSpecs,
    "provider": ProviderSpecs,
}
