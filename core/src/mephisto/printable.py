"""Text that others wrote, made fit for logs and terminals."""

import re
from typing import Final

#: Control characters, save tabs: with them a text could make lines of its own, and steer a terminal.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


def printable(text: str) -> str:
    """Write *text* on one line; what a terminal would obey, or cannot show, is written as its code."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
