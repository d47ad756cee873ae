"""Who may ask: whoever opened the link that was printed, from an address of this machine, and nobody else."""

import hmac
import secrets
import threading
from collections.abc import Callable
from typing import Final

from flask import Flask, Response, request

#: The token travels in this header, never in a cookie: other ports of this machine would be sent the cookie, too.
TOKEN_HEADER: Final = "X-Mephisto-Review"  # noqa: S105 - a header's name


class Access:
    """One token for as long as the review runs, and a key that is changed for it once; then there is a new key."""

    def __init__(self, used: Callable[[], None]) -> None:
        """Call *used* when the key was used, so that the new one can be told to the person."""
        self._token = secrets.token_urlsafe(32)
        self._used = used
        self._lock = threading.Lock()
        self._key = secrets.token_urlsafe(16)

    @property
    def key(self) -> str:
        """The key of the link that can be opened next."""
        with self._lock:
            return self._key

    def open(self, key: str) -> str | None:
        """Return the token for the key, which is used up by it; None if it is not the key."""
        with self._lock:
            if not _same(key, self._key):
                return None
            self._key = secrets.token_urlsafe(16)
        self._used()
        return self._token

    def allows(self, token: str | None) -> bool:
        """Say whether this is the token."""
        return token is not None and _same(token, self._token)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def only_this_machine(app: Flask) -> None:
    """Refuse requests that name another host: a page elsewhere may have its own name lead to this machine."""

    def check() -> Response | None:
        name = request.host.rpartition(":")[0] if ":" in request.host else request.host
        if name in {"127.0.0.1", "localhost"}:
            return None
        return Response("This is served to this machine only.\n", 403, mimetype="text/plain")

    app.before_request(check)
