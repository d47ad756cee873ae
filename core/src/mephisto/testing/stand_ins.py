"""The plainest plugin of each kind: they make a run whole in which one other plugin is tested."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mephisto.config import ArchitectArgs, BlueprintArgs, ProviderArgs
from mephisto.effects import Adapter, AssignmentData, Deployed, Identity, Pages, Refuse
from mephisto.hookspecs import hookimpl
from mephisto.web import Desk, create_app, serve

NAME: Final = "stand_in"

ADAPTER: Final = Path(__file__).with_name("adapter.js")
PAGE: Final = "page.html"
TEMPLATE: Final = "<form><p>${question}</p><input name=answer></form>\n"


@dataclass
class PlainBlueprintArgs(BlueprintArgs):
    _blueprint_type: str = NAME


class PlainBlueprint:
    """One question for one worker."""

    Config = PlainBlueprintArgs

    @hookimpl
    def blueprint_tasks(self) -> Iterable[AssignmentData]:
        return [AssignmentData({"question": "How are you?"})]

    @hookimpl
    def blueprint_build(self, public: Path) -> Pages:
        (public / PAGE).write_text(TEMPLATE, encoding="utf-8")
        return Pages(PAGE)


@dataclass
class LoopbackArchitectArgs(ArchitectArgs):
    _architect_type: str = NAME


class LoopbackArchitect:
    """A server on any free port of this machine."""

    Config = LoopbackArchitectArgs
    stop: Callable[[], None] | None = None

    @hookimpl
    def architect_deploy(self, site: Path, desk: Desk) -> Deployed:
        server = serve(create_app(site, desk), "127.0.0.1", 0)
        self.stop = server.stop
        return Deployed(server.url)

    @hookimpl
    def architect_shutdown(self) -> None:
        if self.stop:
            self.stop()
            self.stop = None


@dataclass
class OpenProviderArgs(ProviderArgs):
    _provider_type: str = NAME


class OpenProvider:
    """Knows everyone who names themselves."""

    Config = OpenProviderArgs

    @hookimpl
    def provider_adapter(self) -> Adapter:
        return Adapter(ADAPTER)

    @hookimpl
    def provider_identify(self, data: Mapping[str, Any]) -> Identity | Refuse:
        name = data.get("worker_name")
        if isinstance(name, str) and name:
            return Identity(name, registration=name)
        return Refuse("This address does not say who you are.")


def registration(worker: str) -> dict[str, Any]:
    """Return what the adapter of `OpenProvider` says about *worker*."""
    return {"worker_name": worker}


STAND_INS: Final[Mapping[str, type]] = {
    "blueprint": PlainBlueprint,
    "architect": LoopbackArchitect,
    "provider": OpenProvider,
}
