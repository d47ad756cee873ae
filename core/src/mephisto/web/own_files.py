"""Our own files as browsers get them: read once, and without the comments that stand in lines of their own."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from flask import Response, request

# Not asked of the machine: on some, another program has changed what it says of scripts.
_MIMETYPES: Final = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
# What is left is an empty line, so that errors are told with the line that they have in the file.
_COMMENT_LINES: Final = {
    ".js": re.compile(rb"^[ \t]*//.*$", re.MULTILINE),
    ".css": re.compile(rb"^[ \t]*/\*.*\*/[ \t]*$", re.MULTILINE),
}


class OwnFile:
    """A file with the headers that it is sent with. Nothing here changes after it was made."""

    def __init__(self, path: Path, headers: Mapping[str, str] | None = None) -> None:
        """Read the file; *headers* are sent beside those of every file of ours."""
        content, comment_lines = path.read_bytes(), _COMMENT_LINES.get(path.suffix)
        self._content = comment_lines.sub(b"", content) if comment_lines else content
        self._mimetype = _MIMETYPES[path.suffix]
        digest = hashlib.sha256(self._content).hexdigest()
        self._headers = {"Cache-Control": "no-cache", "ETag": f'"{digest}"', **(headers or {})}

    def response(self) -> Response:
        """Return the file, or, to a browser that has it already, that it has not changed."""
        response = Response(self._content, headers=self._headers, mimetype=self._mimetype)
        if request.if_none_match:
            response.make_conditional(request)
        return response


def own_files(folder: Path, *suffixes: str) -> dict[str, OwnFile]:
    """Read the files in *folder* that end in one of *suffixes*, by their names."""
    return {path.name: OwnFile(path) for path in folder.iterdir() if path.suffix in suffixes}
