"""What scripts say in their own words, before it is stored and brought to others."""

from typing import Any

from mephisto.data_model.errors import MephistoDBException


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


def check_name(subject: str, name: Any) -> None:
    """Raise `MephistoDBException` if nothing can be called *name*; *subject* is what would be, "task"."""
    why = why_not(name) or ("" if name else "It is empty.")
    if why:
        raise MephistoDBException(f"A {subject} cannot be called {name!a}.", why)
