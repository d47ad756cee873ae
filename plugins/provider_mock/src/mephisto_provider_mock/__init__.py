"""A crowd of one: you, in your own browser, under as many names as you like."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mephisto import Adapter, Identity, Link, Problem, ProviderArgs, Refuse, RequesterArgs, arg, hookimpl


@dataclass
class MockProviderArgs(ProviderArgs):
    _provider_type: str = "mock"


@dataclass
class MockRequesterArgs(RequesterArgs):
    name: str = arg("Name under which the account is registered here.", "MOCK_REQUESTER")
    force_fail: bool = arg("Whether registering fails, to try out what happens then.", False)  # noqa: FBT003 - its default


class MockProvider:
    """Workers are whoever opens the page with `?worker_id=...&assignment_id=...`; nothing is published or paid."""

    Config = MockProviderArgs
    RequesterConfig = MockRequesterArgs
    sandbox = True

    @hookimpl
    def provider_register(self, config: MockRequesterArgs) -> Iterable[Problem]:
        if config.force_fail:
            yield Problem(
                f"The account {config.name!r} was refused.",
                "force_fail is true, which asks for that.",
                "Leave force_fail out.",
            )

    @hookimpl
    def provider_adapter(self) -> Adapter:
        return Adapter(Path(__file__).with_name("adapter.js"), self_service=True)

    @hookimpl
    def provider_links(self, url: str) -> Iterable[Link]:
        yield Link("Preview", url)
        for worker in ("x", "y"):
            yield Link(f"Work as {worker}", f"{url}/?worker_id={worker}&assignment_id=1")

    @hookimpl
    def provider_identify(self, data: Mapping[str, Any]) -> Identity | Refuse:
        name, registration = data.get("worker_name"), data.get("agent_registration_id")
        if isinstance(name, str) and name and isinstance(registration, str) and registration:
            # You are every worker here, so a live attempt may move to another browser of yours.
            return Identity(worker_name=name, registration=registration, trusted=True)
        return Refuse("This address does not say who you are: it needs worker_id and assignment_id.")
