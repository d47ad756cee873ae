"""What workers' browsers meet: the pages of a site, served over HTTP, with a desk behind them.

It needs Flask and cheroot and nothing else of mephisto, so that it can be deployed alone:

    server = serve(create_app(folder, desk), "localhost", 3000)
    ...
    server.stop()

Names are imported when they are first asked for (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mephisto.web.app import create_app as create_app
    from mephisto.web.line import Desk as Desk
    from mephisto.web.line import Packet as Packet
    from mephisto.web.line import Reply as Reply
    from mephisto.web.server import Server as Server
    from mephisto.web.server import serve as serve
    from mephisto.web.site import Limits as Limits
    from mephisto.web.site import Site as Site
    from mephisto.web.templates import Template as Template

_HOMES = {
    "mephisto.web.app": ("create_app",),
    "mephisto.web.line": ("Desk", "Packet", "Reply"),
    "mephisto.web.server": ("Server", "serve"),
    "mephisto.web.site": ("Limits", "Site"),
    "mephisto.web.templates": ("Template",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'mephisto.web' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *(name for names in _HOMES.values() for name in names)})
