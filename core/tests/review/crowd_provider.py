"""A provider that carries all decisions out, by asking a server over HTTP; each request is sent once and never again."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mephisto import (
    Adapter,
    Done,
    Failed,
    Identity,
    Later,
    ProviderArgs,
    arg,
    hookimpl,
)

KINDS = ("approve", "reject", "soft_reject", "bonus", "message", "block", "unblock", "grant", "revoke")


@dataclass
class CrowdArgs(ProviderArgs):
    _provider_type: str = "crowd"
    url: str = arg("Where the server is.", "")
    repeatable: bool = arg("Whether requests may be repeated.", True)  # noqa: FBT003


def ask(config, kind, **body):
    """Send a request: 200 is done, 429 is later, 422 is a refusal; anything else is not known."""
    place = urlsplit(config.url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
    try:
        connection.request("POST", f"/{kind}", json.dumps(body))
        reply = connection.getresponse()
        told = reply.read().decode()
    finally:
        connection.close()
    if reply.status == 429:
        return Later(float(told), "The server is busy.")
    if reply.status == 422:
        return Failed(told)
    if reply.status != 200:
        raise RuntimeError(f"The server answered {reply.status}.")
    return Done()


class CrowdProvider:
    Config = CrowdArgs

    @hookimpl
    def provider_adapter(self) -> Adapter:
        return Adapter(Path(__file__))

    @hookimpl
    def provider_identify(self, data: Mapping[str, Any]) -> Identity:
        return Identity(data["name"], data["name"])

    @hookimpl
    def provider_repeatable(self, config):
        return KINDS if config.repeatable else ()

    @hookimpl
    def provider_approve(self, config, requester, worker, attempt, reason, token):
        return self._about_work("approve", config, requester, worker, attempt, reason, token)

    @hookimpl
    def provider_reject(self, config, requester, worker, attempt, reason, token):
        return self._about_work("reject", config, requester, worker, attempt, reason, token)

    @hookimpl
    def provider_soft_reject(self, config, requester, worker, attempt, reason, token):
        return self._about_work("soft_reject", config, requester, worker, attempt, reason, token)

    def _about_work(self, kind, config, requester, worker, attempt, reason, token):
        place = {"place": attempt.registration, "task": attempt.run.task_name}
        return ask(
            config, kind, account=requester.name, worker=worker.name, reason=reason, token=token, **place
        )

    @hookimpl
    def provider_bonus(self, config, requester, worker, attempt, reason, amount, token):
        said = {"place": attempt and attempt.registration, "reason": reason, "cents": amount, "token": token}
        return ask(config, "bonus", account=requester.name, worker=worker.name, **said)

    @hookimpl
    def provider_message(self, config, requester, worker, attempt, text, token):
        said = {"place": attempt.registration, "task": attempt.run.task_name, "text": text, "token": token}
        return ask(config, "message", account=requester.name, worker=worker.name, **said)

    @hookimpl
    def provider_block(self, config, requester, worker, reason, token):
        return ask(config, "block", account=requester.name, worker=worker.name, reason=reason, token=token)

    @hookimpl
    def provider_unblock(self, config, requester, worker, reason, token):
        return ask(config, "unblock", account=requester.name, worker=worker.name, reason=reason, token=token)

    @hookimpl
    def provider_grant(self, config, requester, worker, qualification, value, token):
        said = {"qualification": qualification, "value": value, "token": token}
        return ask(config, "grant", account=requester.name, worker=worker.name, **said)

    @hookimpl
    def provider_revoke(self, config, requester, worker, qualification, token):
        said = {"qualification": qualification, "token": token}
        return ask(config, "revoke", account=requester.name, worker=worker.name, **said)
