"""Whether a server could start here, and who is in its way."""

import errno
import shlex
import socket
from typing import Any, Final

import psutil

from mephisto import Problem

HIGHEST_PORT: Final = 65_535
#: Where systems keep ports for those with special rights, it is those below.
LOWEST_FOR_ALL: Final = 1_024
#: How many ports are tried to find one that can be recommended.
TRIED: Final = 50
LONGEST_COMMAND: Final = 60


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
    failures = _failures(addresses)
    reasons = {failure.errno for failure in failures}
    if errno.EADDRINUSE in reasons:
        return Problem(
            f"Port {port} on {hostname} is taken.",
            f"{_listener(port) or 'Another program, perhaps another run,'} is listening there.",
            f"End it, or choose another port: mephisto.architect.port={_free_port(hostname, port)}",
        )
    if len(failures) < len(addresses):
        return None
    if errno.EACCES in reasons and port < LOWEST_FOR_ALL:
        return Problem(
            f"You may not serve on port {port}.",
            f"Ports below {LOWEST_FOR_ALL} need rights that usual accounts do not have.",
            f"Choose another port: mephisto.architect.port={_free_port(hostname, LOWEST_FOR_ALL)}",
        )
    if reasons == {errno.EADDRNOTAVAIL}:
        return Problem(
            f"mephisto.architect.hostname is {hostname!r}, which is no address of this machine.",
            str(failures[0]),
            "Use 'localhost', or a name or address of this machine.",
        )
    return Problem(
        f"Nothing can be served at {hostname}:{port}.",
        str(failures[0]),
        "Choose another mephisto.architect.hostname or mephisto.architect.port.",
    )


def _failures(addresses: list[Any]) -> list[OSError]:
    """Return why nothing can listen at some of *addresses*, as `getaddrinfo` gives them."""
    failures = []
    for address in addresses:
        try:
            _try(*address)
        except OSError as error:
            failures.append(error)
    return failures


def _try(family: int, kind: int, protocol: int, _: str, place: Any) -> None:
    with socket.socket(family, kind, protocol) as trial:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows would let two programs share a port
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(place)


def _free_port(hostname: str, port: int) -> int:
    """Return the next port that is free, or 0, which takes any."""
    for other in range(port + 1, min(port + TRIED, HIGHEST_PORT) + 1):
        if not _failures(socket.getaddrinfo(hostname, other, type=socket.SOCK_STREAM)):
            return other
    return 0


def _listener(port: int) -> str | None:
    """Name the process that listens on *port*, where the system tells."""
    try:
        for connection in psutil.net_connections("tcp"):
            place = connection.laddr
            is_it = connection.status == psutil.CONN_LISTEN and place and place.port == port
            if is_it and connection.pid:
                process = psutil.Process(connection.pid)
                command = shlex.join(process.cmdline()) or process.name()
                shown = command if len(command) <= LONGEST_COMMAND else f"{command[:LONGEST_COMMAND]}…"
                return f"Process {connection.pid} ({shown})"
    except (psutil.Error, OSError):
        return None
    return None
