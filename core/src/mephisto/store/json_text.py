"""The one way in which JSON is written: what goes into the database can be read by every browser and database."""

import hashlib
import json
import logging
import math
from collections.abc import Mapping
from typing import Any

logger = logging.getLogger(__name__)


def encode(value: Any) -> str:
    """Write *value* as JSON text; NaN and infinities become null, with a warning.

    Raises ValueError for a NUL character, which databases cut at or refuse, and for what is nested too deeply or
    holds itself; TypeError for what is not JSON.
    """
    try:
        text = _encode_finite(value)
        holds_nul = "\\u0000" in text and "\0" in _strings(value)
    except RecursionError:
        raise ValueError("The value is nested too deeply, or holds itself.") from None
    if holds_nul:
        raise ValueError("The text holds a NUL character, which cannot be stored.")
    return text


def why_no_object(value: Any, name: str) -> str:
    """Say why *value*, called *name*, cannot be stored as a JSON object; nothing if it can."""
    if not isinstance(value, Mapping):
        return f"{name} must be a JSON object."
    try:
        encode(value)
    except (TypeError, ValueError) as reason:
        return str(reason)
    return ""


def decode(text: str) -> Any:
    return json.loads(text)


def canonical(value: Any) -> str:
    """Write *value* so that equal values give equal text: keys sorted, no spaces."""
    return _CANONICAL.encode(value)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical text of *value*, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


# Made once: `json.dumps` makes a new one for each value, since our options are not its own.
_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _encode_finite(value: Any) -> str:
    try:
        return _ENCODER.encode(value)
    except ValueError:
        text = _ENCODER.encode(_finite(value))
    logger.warning("A number that is not finite (NaN or infinite) is stored as null.")
    return text


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {_finite(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value


def _strings(value: Any) -> str:
    """Join all text in *value*, keys included."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(_strings(key) + _strings(inner) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return "".join(_strings(inner) for inner in value)
    return ""
