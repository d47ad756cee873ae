"""What scripts say in their own words, before it is stored and brought to others."""

from typing import Any


def why_not(text: Any) -> str:
    """Say why *text* cannot be stored, nothing if it can."""
    if not isinstance(text, str):
        return f"It is of the type {type(text).__name__}, and no text."
    if "\0" in text:
        return "It holds a NUL character."
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"It holds {text[error.start]!a}, which is no character: it was read in another encoding, say."
    return ""
