"""Doing what is due for providers as long as a review or a run lasts."""

import logging
import threading
from typing import Final

from mephisto.outbox.sender import Sender
from mephisto.store import Store, outbox

logger = logging.getLogger(__name__)

#: How often what is due is looked for; a heartbeat goes with it.
LOOK_SECONDS: Final = 0.5
SLOW_SECONDS: Final = 2.0


class Sending:
    """A thread that lets a sender do what is due, until it is stopped. What it cannot do now, it tries again."""

    def __init__(self, store: Store, sender: Sender) -> None:
        self._store = store
        self._sender = sender
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mephisto-outbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what is being done; name it if that takes long."""
        self._stopped.set()
        self._thread.join(SLOW_SECONDS)
        if self._thread.is_alive():
            logger.warning("Waiting for a provider, which has not answered for %.0f s.", SLOW_SECONDS)
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            try:
                with self._store.read() as connection:
                    is_any = outbox.is_any_open(connection)
                if is_any:
                    self._sender.beat()
                    self._sender.send()
            except Exception:
                # Whatever one moment brings, the rows are looked at again in the next.
                logger.exception("Looking for what a provider shall do failed; it is tried again.")
