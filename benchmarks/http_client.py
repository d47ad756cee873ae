"""As little of an HTTP client as will do, so that the load takes as little as possible from the server's cores."""

import json
import socket
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

SECONDS: Final = 30


class Connection:
    """One keep-alive connection, as one browser tab has it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._host = f"Host: {parts.netloc}\r\n"
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def get(self, path: str) -> bytes:
        return self._ask(f"GET {path} HTTP/1.1\r\n{self._host}\r\n".encode())

    def post(self, path: str, body: Any) -> Any:
        content = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\n{self._host}Content-Type: application/json\r\n"
        return json.loads(self._ask(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content))

    def _ask(self, request: bytes) -> bytes:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = self._socket
        server.sendall(request)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += _more(server)
        head, body = received[:end].decode("latin-1"), received[end + 4 :]
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:])
        while len(body) < int(fields["content-length"]):
            body += _more(server)
        if fields.get("connection") == "close":
            self.close()
        if not head.startswith("HTTP/1.1 200"):
            raise RuntimeError(f"{request[:60]!r} was answered {head[:40]!r}: {body[:200]!r}")
        return body


def _more(server: socket.socket) -> bytes:
    received = server.recv(65536)
    if not received:
        raise RuntimeError("The server closed the connection within an answer.")
    return received
