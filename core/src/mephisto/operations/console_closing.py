"""The closing of a console window on Windows, which is no signal there.

Windows calls a handler on a thread of its own, ends the process when the handler returns, and five seconds after the
window was closed at the latest (Microsoft's documentation of `HandlerRoutine`). C programs are given SIGBREAK instead,
and returning from that ends them at once.
"""

import _thread
import functools
import sys
import time
from typing import Final

#: CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT and CTRL_SHUTDOWN_EVENT.
CLOSING_EVENTS: Final = (2, 5, 6)
#: To stop, to wait for no worker, and for no page: there is no time for either.
REQUESTS: Final = 3
PAUSE_SECONDS: Final = 0.6
LONGEST_SECONDS: Final = 4.5


def on_console_event(event: int, longest: float = LONGEST_SECONDS) -> bool:
    """Ask the main thread to stop, as Ctrl-C does, if the console closes, and hold the end off; False for other events."""
    if event not in CLOSING_EVENTS:
        return False
    ends_at = time.monotonic() + longest
    for _ in range(REQUESTS):
        _thread.interrupt_main()
        time.sleep(min(PAUSE_SECONDS, max(0.0, ends_at - time.monotonic())))
    time.sleep(max(0.0, ends_at - time.monotonic()))
    return True


@functools.cache
def heed_console_closing() -> object:
    """Let the closing of the console ask the main thread to stop, from now on; nothing elsewhere.

    There is one handler for the process, and it stays: a lock can be held while handlers run (under Wine it is), and
    taking one away, or adding another, would wait until the process has no time left. What is returned is that handler,
    which has to live as long.
    """
    if sys.platform != "win32":
        return None
    import ctypes

    handler = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)(on_console_event)
    ctypes.windll.kernel32.SetConsoleCtrlHandler(handler, True)  # noqa: FBT003 - Windows' own order of arguments
    return handler
