"""A review while it lasts: the last step may be taken back, what came before it is done meanwhile."""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Final, Self

from mephisto.outbox.sender import Sender
from mephisto.outbox.sending import Sending
from mephisto.store import Store, outbox
from mephisto.store.rows import AnyRow

#: How long leaving waits for lanes that others hold.
PATIENCE_SECONDS: Final = 5.0


class Reviewing:
    """A context in which decisions are held until the next step, or until it is left.

    `with Reviewing(db.store, db.outbox) as review:`; decisions inside `with review.step():` are one step. After it
    was left, `open` lists what the provider has not done.
    """

    def __init__(self, store: Store, sender: Sender, patience: float = PATIENCE_SECONDS) -> None:
        self._store = store
        self._sender = sender
        self._patience = patience
        self._sending = Sending(store, sender)

    def __enter__(self) -> Self:
        self._sender.is_holding = True
        self._sending.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sender.is_holding = False
        try:
            self._sending.stop()
        finally:  # who leaves a second time, by Ctrl-C, waits for nothing more, and has still left
            is_any = bool(self.open())
            if is_any:
                self._sender.release()
        if is_any:
            self._sender.send(self._patience)

    def step(self) -> AbstractContextManager[None]:
        """Let what is decided inside be one step, which is held, and taken back, as a whole."""
        return self._sender.together()

    def open(self) -> list[AnyRow]:
        """List what is open or failed, for all accounts, the oldest first."""
        with self._store.read() as connection:
            return outbox.unsettled(connection)
