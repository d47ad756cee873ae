"""Our own files as browsers get them: read once, and without what only their readers need."""

import hashlib
import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from flask import Response, request

from mephisto.web.one_script import one_script

_FOLDER: Final = Path(__file__).parent / "static"
# Not asked of the machine: on some, another program has changed what it says of scripts.
_MIMETYPES: Final = {".js": "text/javascript", ".css": "text/css"}
# A module would run only after the scripts of the page itself.
_FIRST_SCRIPT: Final = "page.js"
# Indents, and comments in lines of their own. The lines stay, so that errors are told with the line of the file.
_ONLY_READ: Final = {
    ".js": re.compile(rb"^[ \t]*(?://.*$)?", re.MULTILINE),
    ".css": re.compile(rb"^[ \t]*(?:/\*.*\*/[ \t]*$)?", re.MULTILINE),
}


class OwnFile:
    """What is sent for an address, and the headers that it is sent with. Nothing here changes after it was made."""

    def __init__(self, content: bytes, mimetype: str, headers: Mapping[str, str] | None = None) -> None:
        self._content = content
        self._mimetype = mimetype
        digest = hashlib.sha256(content).hexdigest()
        self._headers = {"Cache-Control": "no-cache", "ETag": f'"{digest}"', **(headers or {})}

    def response(self) -> Response:
        """Return the file, or, to a browser that has it already, that it has not changed."""
        response = Response(self._content, headers=self._headers, mimetype=self._mimetype)
        if request.if_none_match:
            response.make_conditional(request)
        return response


def own_files() -> dict[str, OwnFile]:
    """Read scripts and styles, by their names."""
    return {path.name: _read(path) for path in _FOLDER.iterdir() if path.suffix in _MIMETYPES}


def shell(policy: str, language: str | None) -> OwnFile:
    """Read the page around the task's, which has a *policy*, and speaks *language*; None leaves it to each browser."""
    text = (_FOLDER / "shell.html").read_text(encoding="utf-8")
    if language is not None:
        text = text.replace("<html ", f'<html data-language="{html.escape(language)}" ', 1)
    return OwnFile(text.encode(), "text/html", {"Content-Security-Policy": policy})


def _read(path: Path) -> OwnFile:
    content = one_script(path, _sent) if path.name == _FIRST_SCRIPT else _sent(path)
    return OwnFile(content, _MIMETYPES[path.suffix])


def _sent(path: Path) -> bytes:
    return _ONLY_READ[path.suffix].sub(b"", path.read_bytes())
