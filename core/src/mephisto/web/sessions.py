"""Flask's sessions, of which there are none: who a worker is, their page says with each request."""

from typing import Final

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface, SessionMixin


class NoSessions(SessionInterface):
    """Opens the same empty session for all requests, which nothing can be kept in, and saves none."""

    def __init__(self) -> None:
        self._empty: Final = NullSession()

    def open_session(self, app: Flask, request: Request) -> SessionMixin:  # noqa: ARG002 - Flask's names
        return self._empty

    def is_null_session(self, obj: object) -> bool:
        return obj is self._empty

    def save_session(self, app: Flask, session: SessionMixin, response: object) -> None:
        """Do nothing: there is nothing to save."""
