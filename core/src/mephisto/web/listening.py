"""Where a server listens: sockets that are bound, or an `OSError` that says why not."""

import errno
import socket
import sys
from typing import Final

# The kernel's own upper limit is lower on most machines. cheroot's default, 5, refuses clients who come together.
BACKLOG: Final = 1024

_NO_IPV6: Final = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
_ATTEMPTS: Final = 20


def listen(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets for *host*; port 0 means any free one. All of them have the same port.

    "localhost" means 127.0.0.1 and, where the machine has it, ::1: a browser may take either first, and would
    else meet whatever other program listens on this port of the other.
    """
    if host != "localhost":
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return [_bound(family, str(address[0]), int(address[1]))]
    for attempt in range(_ATTEMPTS):
        first = _bound(socket.AF_INET, "127.0.0.1", port)
        try:
            return [first, _bound(socket.AF_INET6, "::1", first.getsockname()[1])]
        except OSError as error:
            if error.errno in _NO_IPV6 or not socket.has_ipv6:
                return [first]
            first.close()
            # A port that was picked for us may be taken on the other address: another pick may not be.
            if port != 0 or error.errno != errno.EADDRINUSE or attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError  # the loop returns or raises


def _bound(family: int, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # There, reuse would let two programs listen on one port; without this, the other could force it.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Else a server that has just ended keeps its port taken for minutes.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        # Two sockets may be bound to one port by reuse; only one may listen, so that is asked now.
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
