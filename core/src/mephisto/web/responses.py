"""What goes back: the desk's replies, and a sentence for whatever went wrong, never a trace."""

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from mephisto.web.answers import RefusedByDeskError
from mephisto.web.encoding import json_text
from mephisto.web.line import Reply

_logger: Final = logging.getLogger(__name__)

_NOT_GUESSED: Final = ("X-Content-Type-Options", "nosniff")
_NOT_STORED: Final = ("Cache-Control", "no-store")
# Other sites learn the origin, never the address of a worker's page.
_REFERRERS: Final = "strict-origin-when-cross-origin"

_FAILED: Final = "Something went wrong on our side. Please try again in a moment."


def answer(reply: Reply) -> Response:
    """Pass on what the desk says, with its own status."""
    text = json_text(dict(reply.body))
    return with_retry(Response(text, reply.status, mimetype="application/json"), reply)


def with_retry(response: Response, reply: Reply) -> Response:
    if reply.retry_after is not None:
        response.headers["Retry-After"] = str(reply.retry_after)
    return response


def http_error(error: HTTPException) -> Response:
    """Say in a sentence what was wrong with a request."""
    status = error.code or 500
    if status == HTTPStatus.NOT_FOUND and request.method in {"GET", "HEAD"}:
        return Response("There is nothing here.\n", 404, mimetype="text/plain")
    response = jsonify({"error": _sentence(error, status)})
    response.status_code = status
    if error.response is None:
        response.headers.extend(
            {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
        )
    return response


def _sentence(error: HTTPException, status: int) -> str:
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        own = error.description != type(error).description
        return str(error.description) if own else "What was sent is larger than this task accepts."
    return str(error.description)


def refused(error: RefusedByDeskError) -> Response:
    return answer(error.reply)


def failed(error: Exception) -> Response:
    """Log what went wrong on our side, and tell the worker only that it did."""
    _logger.error("%s %s failed", request.method, request.path, exc_info=error)
    response = jsonify({"error": _FAILED})
    response.status_code = 500
    return response


def harden(app: Flask, referrers: str = _REFERRERS) -> None:
    """Let no browser guess what a response of *app* is, tell other sites more than *referrers*, or store it unasked."""
    inner, always = app.wsgi_app, (_NOT_GUESSED, ("Referrer-Policy", referrers))

    # Around Flask, not inside: there, each header costs more than all of this.
    def hardened(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            headers += always
            if not any(name == "Cache-Control" for name, _ in headers):
                headers.append(_NOT_STORED)
            return start_response(status, headers, *error)

        return inner(environ, start)

    app.wsgi_app = hardened  # type: ignore[method-assign]  # Flask's own way to put something around it
