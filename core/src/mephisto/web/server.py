"""One application, served on threads of this process until it is stopped."""

import contextlib
import logging
import math
import selectors
import socket
import threading
import time
from concurrent.futures import Future
from http import HTTPStatus
from typing import Any, Final

from cheroot import wsgi
from cheroot.server import HTTPConnection, HTTPRequest
from flask import Flask

from mephisto.web.listening import BACKLOG, listen

_logger: Final = logging.getLogger(__name__)

# Each setting is written down, since cheroot's own are made for other work.

# A thread serves a request from its first byte to its last, so a slow upload holds one for as long as it takes.
# Beyond this, Python's threads wait for each other more than they work.
_THREADS: Final = 64

# Connections that wait for their next request. cheroot's 10 would close nearly all of them after each answer.
# With a browser's up to six, this is some 150 workers between two clicks; who comes on top is still answered,
# on a connection that ends with the answer. It leaves room under the 1,024 open files of a usual process.
_WAITING_CONNECTIONS: Final = 800

# Longer than the minute for which usual clients keep a connection: the client is the one who closes it, and no
# request is lost to a server that closes in the same moment.
_SECONDS_WAITING: Final = 75

# How long one read or write may stand still within a request: a stalled one must not hold its thread for ever.
_SECONDS_STALLED: Final = 30

# How often cheroot looks for connections that waited too long.
_SECONDS_BETWEEN_LOOKS: Final = 0.5

# How long requests in flight may take to finish once the server is stopped.
_SECONDS_TO_FINISH: Final = 15

# 64 KiB hold every honest header. cheroot's default is no limit.
_HEADER_BYTES: Final = 64 * 1024

# What a client still sends when it was already refused: small rests are read, so that its connection stays;
# of large ones some are let pass, so that it comes to read the answer instead of finding a broken connection.
_REST_READ: Final = 256 * 1024
_REST_PASSED: Final = 64 * 1024 * 1024
_SECONDS_PASSING: Final = 5.0


class Server:
    """A running server."""

    def __init__(self, url: str, port: int, engine: "_Engine", thread: threading.Thread) -> None:
        self.url = url
        self.port = port
        self._engine = engine
        self._thread = thread
        self._stopping = threading.Lock()

    def stop(self) -> None:
        """Take no more requests, finish those in flight, and free the port; safe to call again."""
        with self._stopping:
            self._engine.stop()
            self._thread.join(_SECONDS_TO_FINISH)


def serve(app: Flask, host: str, port: int) -> Server:
    """Serve *app* on threads of this process. A port that is taken is an `OSError`, and then nothing was started."""
    listeners = listen(host, port)
    engine = _Engine(app, listeners)
    started: Future[None] = Future()

    def run() -> None:
        try:
            engine.prepare()
        except BaseException as error:  # noqa: BLE001 - it is handed to whoever waits
            started.set_exception(error)
        else:
            started.set_result(None)
            engine.serve()

    # The threads of the pool inherit being daemons: a program that dies without `stop` is not held by them.
    thread = threading.Thread(target=run, name="mephisto-web", daemon=True)
    thread.start()
    try:
        started.result()
    except BaseException:
        for listener in listeners:
            listener.close()
        raise
    bound = listeners[0].getsockname()[1]
    return Server(f"http://{_host_in_url(host)}:{bound}", bound, engine, thread)


def _host_in_url(host: str) -> str:
    if host in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


class _Request(HTTPRequest):
    def send_headers(self) -> None:
        # cheroot would read all of an unread body into memory before it answers.
        remaining = getattr(self.rfile, "remaining", 0)
        unfinished = self.chunked_read and not self.rfile.closed
        if (
            unfinished
            or remaining > _REST_READ
            or (remaining and int(self.status[:3]) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        ):
            self.close_connection = True
            self.conn.unread = True
        super().send_headers()


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request
    unread = False

    def __init__(self, server: Any, sock: socket.socket, *makefile: Any) -> None:
        # Answers go out as head and body; without this, the body may wait for the head's acknowledgement.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(_SECONDS_STALLED)
        super().__init__(server, sock, *makefile)

    def close(self) -> None:
        if self.unread:
            self._let_pass()
        super().close()

    def _let_pass(self) -> None:
        deadline = time.monotonic() + _SECONDS_PASSING
        passed = 0
        try:
            self.socket.shutdown(socket.SHUT_WR)
            self.socket.settimeout(_SECONDS_PASSING)
            while passed < _REST_PASSED and time.monotonic() < deadline:
                received = len(self.socket.recv(64 * 1024))
                if received == 0:
                    return
                passed += received
        except OSError:
            return


class _SecondListener:
    """A further listening socket, which stands among cheroot's waiting connections and never waits too long."""

    last_used = math.inf

    def __init__(self, listener: socket.socket) -> None:
        self.socket = listener

    def close(self) -> None:
        self.socket.close()


class _Engine(wsgi.Server):
    """cheroot, on sockets that are already bound, with threads only for connections that say something."""

    timeout = _SECONDS_WAITING
    expiration_interval = _SECONDS_BETWEEN_LOOKS
    keep_alive_conn_limit = _WAITING_CONNECTIONS
    max_request_header_size = _HEADER_BYTES
    # 0 is no limit here: the application refuses a long body before it reads it, and says so in JSON.
    max_request_body_size = 0
    ConnectionClass = _Connection
    _connections: Any

    def __init__(self, app: Flask, listeners: list[socket.socket]) -> None:
        super().__init__(
            listeners[0].getsockname()[:2],
            app,
            numthreads=_THREADS,
            max=_THREADS,
            server_name="mephisto",
            request_queue_size=BACKLOG,
            timeout=_SECONDS_WAITING,
            shutdown_timeout=_SECONDS_TO_FINISH,
        )
        self._first, *self._further = listeners

    def bind(self, family: int, type: int, proto: int = 0) -> socket.socket:  # noqa: A002, ARG002 - cheroot's names
        self.socket = self._first
        return self._first

    def prepare(self) -> None:
        super().prepare()
        for listener in (self._first, *self._further):
            listener.settimeout(0)
        for listener in self._further:
            self._wait_for(_SecondListener(listener))

    def process_conn(self, conn: Any) -> None:
        if isinstance(conn, _SecondListener):
            self._wait_for(conn)
            self._accept_all(conn.socket)
        elif conn.last_used is None:
            self._connections.put(conn)
            self._accept_all(self._first)
        else:
            super().process_conn(conn)

    def stop(self) -> None:
        if self.ready:
            # cheroot would see that it has to stop when it looks next; a knock makes it look now.
            self._connections._stop_requested = True  # noqa: SLF001 - it offers no other way
            with contextlib.suppress(OSError):
                socket.create_connection(self._first.getsockname()[:2], timeout=1).close()
        super().stop()

    def put_conn(self, conn: Any) -> None:
        try:
            super().put_conn(conn)
        except (ValueError, KeyError, OSError):
            # The server was stopped since it was asked. cheroot's thread would end with this.
            conn.close()

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        # What clients break off is no news for the researcher.
        _logger.log(level if level >= logging.ERROR else logging.DEBUG, "%s", msg, exc_info=traceback)

    def _accept_all(self, listener: socket.socket) -> None:
        # cheroot takes one at a time and looks at all others in between: the last of 200 who come together would
        # wait for seconds. And it gives each new connection a thread at once, though browsers open some that
        # they never use; here they wait for their first byte.
        for _ in range(BACKLOG):
            accepted = self._connections._from_server_socket(listener)  # noqa: SLF001 - it offers no other way
            if accepted is None:
                return
            self._connections.put(accepted)

    def _wait_for(self, listener: _SecondListener) -> None:
        self._connections._selector.register(listener.socket.fileno(), selectors.EVENT_READ, data=listener)  # noqa: SLF001
