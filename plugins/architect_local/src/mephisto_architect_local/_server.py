"""Whether a server could start here."""

import errno
import socket

from mephisto import Problem


def why_not(hostname: str, port: int) -> Problem | None:
    """Say why nothing can be served at *hostname* and *port*, or `None` if it can."""
    try:
        addresses = socket.getaddrinfo(hostname, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return Problem(
            f"mephisto.architect.hostname is {hostname!r}, which this machine cannot resolve.",
            str(error),
            "Use 'localhost', or a name or address of this machine.",
        )
    if port == 0:
        return None
    try:
        _try(addresses[0])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return Problem(
                f"Port {port} on {hostname} is taken.",
                "Another program, perhaps another run, is listening there.",
                f"End it, or choose another port: mephisto.architect.port={port + 1}",
            )
        return Problem(
            f"Nothing can be served at {hostname}:{port}.",
            str(error),
            "Choose another mephisto.architect.hostname or mephisto.architect.port.",
        )
    return None


def _try(address: tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]) -> None:
    family, kind, protocol, _, place = address
    with socket.socket(family, kind, protocol) as trial:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows would let two programs share a port
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(place)
