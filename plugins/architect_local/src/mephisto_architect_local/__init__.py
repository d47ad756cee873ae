"""Host a task on this machine, in the process that launched it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mephisto import ArchitectArgs, Deployed, Desk, Problem, arg, hookimpl


@dataclass
class LocalArchitectArgs(ArchitectArgs):
    _architect_type: str = "local"
    hostname: str = arg("Name or address under which the server is reached.", "localhost")
    port: int = arg("Port to launch the server on; 0 takes any free one.", 3000)


class LocalArchitect:
    """One server on one port, for as long as the run lasts."""

    Config = LocalArchitectArgs
    stop: Callable[[], None] | None = None

    @hookimpl
    def architect_check(self, config: LocalArchitectArgs) -> Iterable[Problem]:
        from mephisto_architect_local._server import HIGHEST_PORT, why_not

        if not 0 <= config.port <= HIGHEST_PORT:
            yield Problem(
                f"mephisto.architect.port is {config.port}.",
                f"Ports go from 0 to {HIGHEST_PORT}.",
                "Choose one between 1024 and 65535, or 0 for any free one.",
            )
        elif reason := why_not(config.hostname, config.port):
            yield reason

    @hookimpl
    def architect_address(self, config: LocalArchitectArgs) -> str | None:
        return f"http://{config.hostname}:{config.port}" if config.port else None

    @hookimpl
    def architect_deploy(self, config: LocalArchitectArgs, site: Path, desk: Desk) -> Deployed:
        from mephisto.web import create_app, serve

        server = serve(create_app(site, desk), config.hostname, config.port)
        self.stop = server.stop
        return Deployed(server.url)

    @hookimpl
    def architect_shutdown(self) -> None:
        if self.stop:
            self.stop()
            self.stop = None
