"""JSON on its way out and in: what leaves can be parsed by every browser, what comes in is JSON to the letter."""

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from flask.json.provider import DefaultJSONProvider


def finite(value: Any) -> Any:
    """Return *value* with null in place of numbers that JSON does not know."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [finite(entry) for entry in value]
    return value


# Made once: `json.dumps` makes a new one for each value, since our options are not its own.
_ENCODER: Final = json.JSONEncoder(
    allow_nan=False, separators=(",", ":"), default=DefaultJSONProvider.default
)


def json_text(value: Any, encoder: json.JSONEncoder = _ENCODER) -> str:
    """Write JSON in which NaN and Infinity are null; *encoder* is one that refuses them."""
    try:
        return encoder.encode(value)
    except ValueError:
        return encoder.encode(finite(value))


def parse_json(text: str | bytes) -> Any:
    """Read JSON; whatever is wrong with it is a `ValueError`."""
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"JSON knows no {name}.")


# Made once: `json.loads` makes a new one for each text, since our constants are not its own.
_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)


class FiniteJSONProvider(DefaultJSONProvider):
    """Flask's JSON, without NaN and in the order in which it was made."""

    sort_keys = False

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        kwargs.setdefault("default", self.default)
        kwargs.setdefault("ensure_ascii", self.ensure_ascii)
        return json_text(obj, json.JSONEncoder(allow_nan=False, **kwargs))
