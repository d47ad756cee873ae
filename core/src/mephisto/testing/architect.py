"""What an architect has to keep: it serves what it is given, and frees all that it took."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import requests

from mephisto.effects import Deployed
from mephisto.testing.plugin import PluginTests
from mephisto.testing.stand_ins import ADAPTER, PAGE, TEMPLATE
from mephisto.testing.worker import SECONDS
from mephisto.web import Packet, Reply, Site
from mephisto.web.site import ADAPTER_FILE, PUBLIC_FOLDER


class ClosedDesk:
    """A desk at which nobody sits."""

    def handle(self, packet: Packet) -> Reply:
        return Reply({"error": f"Nobody answers {packet['packet_type']!r} here."}, status=404)

    def upload(self, packet: Packet, stream: BinaryIO) -> Reply:  # noqa: ARG002 - the protocol's arguments
        return self.handle(packet)


class ArchitectTests(PluginTests):
    """Checks of an architect. `options` should let it take a free port, if it takes any."""

    kind = "architect"

    @contextmanager
    def deployed(self, folder: Path) -> Iterator[tuple[Deployed, Callable[[], None]]]:
        """Deploy a small site; give what deploying answered, and what shuts it down, which is done in any case."""
        use, config = self.use(), self.config()
        desk = ClosedDesk()
        answer = use.ask(use.hooks.architect_deploy, config=config, site=small_site(folder), desk=desk)
        state: Mapping[str, Any] = getattr(answer, "state", {})
        shut_down = partial(use.command, use.hooks.architect_shutdown, config=config, state=state)
        try:
            yield answer, shut_down
        finally:
            shut_down()

    def test_it_serves_what_it_deploys(self, tmp_path: Path) -> None:
        with self.deployed(tmp_path) as (answer, _):
            for path in ("/", f"/{PAGE}"):
                status = status_of(answer.url + path)
                assert status == requests.codes.ok, f"GET {path} answered {status}."

    def test_its_answer_can_be_stored(self, tmp_path: Path) -> None:
        with self.deployed(tmp_path) as (answer, _):
            assert isinstance(answer, Deployed), f"architect_deploy answered {answer!r}, not a Deployed."
            assert not answer.url.endswith("/"), f"The address {answer.url!r} ends with a slash."
            assert is_json(answer.state), f"The state {answer.state!r} is not a JSON object."

    def test_nothing_is_served_after_shutting_down(self, tmp_path: Path) -> None:
        with self.deployed(tmp_path) as (answer, shut_down):
            shut_down()
            status = status_of(answer.url)
            assert status != requests.codes.ok, f"{answer.url} still serves the task."

    def test_shutting_down_twice_is_harmless(self, tmp_path: Path) -> None:
        with self.deployed(tmp_path) as (_, shut_down):
            shut_down()
            shut_down()

    def test_shutting_down_before_deploying_is_harmless(self) -> None:
        use = self.use()
        use.command(use.hooks.architect_shutdown, config=self.config(), state={})


def small_site(folder: Path) -> Path:
    """Make a site of one page in *folder* and return its folder."""
    site = folder / "site"
    Site(title="A task", description="It tests a plugin.", task_page=PAGE).write(site)
    (site / PUBLIC_FOLDER / PAGE).write_text(TEMPLATE, encoding="utf-8")
    (site / ADAPTER_FILE).write_bytes(ADAPTER.read_bytes())
    return site


def status_of(url: str) -> int | None:
    """Return the status with which *url* answers, `None` if nobody answers there."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(url, timeout=SECONDS).status_code
        except requests.ConnectionError:
            return None


def is_json(value: Mapping[str, Any]) -> bool:
    try:
        return bool(json.loads(json.dumps(dict(value), allow_nan=False)) == dict(value))
    except (TypeError, ValueError):
        return False
