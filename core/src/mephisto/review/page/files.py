"""Files of answers, shown safely: what a worker sent is never a page of ours, whatever it says it is."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from flask import Response, send_file
from werkzeug.exceptions import NotFound

from mephisto.data_model import file_names
from mephisto.store.rows import AnyRow

#: The types that are shown. HTML and SVG are pages with scripts, and not among them.
_IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"})
_SOUNDS: Final = frozenset(
    f"audio/{name}" for name in ("mpeg", "mp4", "ogg", "wav", "wave", "x-wav", "webm", "flac", "aac")
)
_TEXTS: Final = frozenset({"text/plain", "text/csv", "text/markdown", "application/json"})

_POLICY: Final = "sandbox; default-src 'none'"


def described(rows: Iterable[AnyRow]) -> list[dict[str, Any]]:
    """Describe the files of one answer; `shown` is how: image, sound, text, or None for a download."""
    known = list(rows)
    names = file_names.distinct(row.name for row in known)
    return [
        {
            "id": str(row.id),
            "name": name,
            "field": row.field,
            "type": _type(row),
            "size": row.size,
            "shown": _shown(_type(row)),
        }
        for name, row in zip(names, known, strict=True)
    ]


def response(data_directory: Path, row: AnyRow) -> Response:
    """Send a stored file; raise `NotFound` if it is gone."""
    root = data_directory.resolve()
    path = (root / row.path).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise NotFound("This file is missing in the data directory.")
    shown = _shown(_type(row))
    kind = _type(row) if shown else "application/octet-stream"
    if shown == "text":
        kind = "text/plain"
    (name,) = file_names.distinct([row.name])
    sent = send_file(path, mimetype=kind, as_attachment=shown is None, download_name=name, conditional=True)
    sent.headers["Content-Security-Policy"] = _POLICY
    return sent


def _type(row: AnyRow) -> str:
    return str(row.content_type).partition(";")[0].strip().lower()


def _shown(content_type: str) -> str | None:
    if content_type in _IMAGES:
        return "image"
    if content_type in _SOUNDS:
        return "sound"
    return "text" if content_type in _TEXTS else None
