"""Talking to whoever sits at the terminal, or to the program that is piped in."""

import re
import sys
from typing import Final

#: Control characters, save line breaks and tabs, and colours: answers of workers may hold anything.
_CONTROL: Final = re.compile(r"(\x1b\[[0-9;]*m)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def say(text: str = "") -> None:
    """Write lines of text; what the terminal would obey, or cannot show, is written as its code."""
    visible = _CONTROL.sub(lambda found: found[1] or f"\\x{ord(found[0]):02x}", text)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(visible.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def ask(question: str) -> str:
    """Return the line that was entered, without spaces around it. Raises EOFError or KeyboardInterrupt."""
    return input(question).strip()


def ask_yes(question: str) -> bool:
    """Ask a question that is answered with yes or no, which is what everything but a y means."""
    return ask(question).lower().startswith("y")
