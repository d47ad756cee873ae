"""Talking to whoever sits at the terminal, or to the program that is piped in."""

import os
import re
import sys
import time
from typing import Final

from mephisto.data_model import texts

#: Control characters, save line breaks and tabs, and colours: answers of workers may hold anything.
_CONTROL: Final = re.compile(r"(\x1b\[[0-9;]*m)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_LOOK_SECONDS: Final = 0.05


def say(text: str = "") -> None:
    """Write lines of text; what the terminal would obey, or cannot show, is written as its code."""
    visible = _CONTROL.sub(lambda found: found[1] or f"\\x{ord(found[0]):02x}", text)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(visible.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def ask(question: str) -> str:
    """Return the line that was entered, without spaces around it; ask again if it cannot be stored.

    Raises EOFError or KeyboardInterrupt.
    """
    while True:
        try:
            answer = input(question).strip()
            why = texts.why_not(answer)
        except UnicodeDecodeError as error:
            why = f"It is no text in the encoding of this terminal, {error.encoding}."
        if not why:
            return answer
        say(f"{why} Enter it anew.")


def ask_yes(question: str) -> bool:
    """Ask a question that is answered with yes or no, which is what everything but a y means."""
    return ask(question).lower().startswith("y")


def stop_writing() -> None:
    """Write nothing any more: what read it has gone, as `head` does when it has seen enough."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def is_terminal() -> bool:
    """Say whether answers come from a terminal, and so from somebody who may take their time."""
    return sys.stdin.isatty()


def ask_within(seconds: float) -> str | None:
    """Return the line that is entered at the terminal within *seconds*, None if none is. Raises as `ask` does."""
    sys.stdout.flush()  # what is piped on, to tee say, would else be read when it is too late
    return ask("") if _is_entered(seconds) else None


if sys.platform == "win32":
    import msvcrt

    def _is_entered(seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not msvcrt.kbhit() and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
        return msvcrt.kbhit()

else:
    import select

    def _is_entered(seconds: float) -> bool:
        return bool(select.select([sys.stdin], [], [], seconds)[0])
