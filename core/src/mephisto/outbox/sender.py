"""Doing what decisions ask providers to do, in lanes: one account after the other, each thing exactly once."""

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection

from mephisto.effects import Done, Later
from mephisto.errors import MephistoError
from mephisto.instants import SECOND
from mephisto.outbox.hooks import Answer, ProviderHooks
from mephisto.outbox.words import in_words
from mephisto.status import ActionState
from mephisto.store import Store, outbox, processes, roles
from mephisto.store.processes import is_alive
from mephisto.store.rows import AnyRow

logger = logging.getLogger(__name__)

#: After the first failure, and at most, what nobody knows a better time for is tried again.
_FIRST_PAUSE: Final = 1
_LONGEST_PAUSE: Final = 300
_LOOK_SECONDS: Final = 0.05
UNKNOWN: Final = "Nobody knows whether this was done; look at the provider before you try it again."


class Sender:
    """One for an open database.

    What is decided is done at once, unless `is_holding`: then it is held until `release`, so that it can be taken
    back. Several threads may use it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._providers: dict[str, ProviderHooks] = {}
        self._process_id: int | None = None
        self._starting = threading.Lock()
        self._sending = threading.Lock()
        self._step = threading.local()
        self.is_holding = False

    def serves(self, provider: str, kind: str) -> bool:
        """Say whether *provider* carries out decisions of this kind; raises `PluginError` if it cannot be loaded."""
        return self._hooks(provider).serves(kind)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let what this thread decides meanwhile be one step: the first decision releases earlier ones, the rest none."""
        if getattr(self._step, "begun", None) is not None:
            yield  # part of the step that is being made
            return
        self._step.begun = False
        try:
            yield
        finally:
            self._step.begun = None

    def new_action(self, kind: str, **about: Any) -> outbox.NewAction:
        """Make an action with an id and a token of its own."""
        return outbox.NewAction(id=self._store.ids.new(), token=secrets.token_hex(16), kind=kind, **about)

    def releasing(self) -> list[int]:
        """List the processes whose held actions a decision that is made now releases: this one, if a step begins."""
        begun = getattr(self._step, "begun", None)
        if begun is False:
            self._step.begun = True
        is_beginning = begun is not True
        return [self._process_id] if is_beginning and self._process_id is not None else []

    @property
    def process_id(self) -> int:
        """The id of this process's row, written when it is first asked for."""
        with self._starting:
            if self._process_id is None:
                self._process_id = self._registered()
        return self._process_id

    def _registered(self) -> int:
        new_id, now = self._store.ids.new(), self._store.now()
        return self._store.write(lambda connection: processes.register(connection, new_id, now))

    def beat(self) -> None:
        """Note that this process is alive."""
        process_id, now = self.process_id, self._store.now()
        self._store.write(lambda connection: processes.beat(connection, process_id, now))

    def release(self) -> None:
        """Let what is held be done."""
        process_id = self.process_id
        self._store.write(lambda connection: outbox.release(connection, [process_id]))

    def send(self, patience: float = 0) -> None:
        """Do all that is due in lanes that are free, and wait *patience* seconds for lanes that are not."""
        deadline = time.monotonic() + patience
        with self._sending:
            while not self._sent_all() and time.monotonic() < deadline:
                time.sleep(_LOOK_SECONDS)

    def _sent_all(self) -> bool:
        """Go through all lanes once; False if others hold one of them."""
        now = self._store.now()
        with self._store.read() as connection:
            gone = [row.id for row in outbox.holders(connection) if not is_alive(row, now)]
        if gone:  # a reviewer whose process is gone has left
            self._store.write(lambda connection: outbox.release(connection, gone))
        with self._store.read() as connection:
            lanes = outbox.waiting_lanes(connection, now)
        are_sent = [self._sent_lane(requester_id) for requester_id in lanes]
        return all(are_sent)

    def _sent_lane(self, requester_id: int) -> bool:
        fence = self._claimed(requester_id)
        if fence is None:
            return False
        try:
            with self._store.read() as connection:
                doubtful = outbox.in_doubt(connection, requester_id, fence)
            for action in doubtful:
                self._clear_up(action, UNKNOWN, action.fence)
            while self._sent_one(requester_id, fence):
                self.beat()
        finally:
            self._store.write(lambda connection: roles.leave(connection, outbox.lane(requester_id), fence))
        return True

    def _claimed(self, requester_id: int) -> int | None:
        place = outbox.lane(requester_id)
        with self._store.read() as connection:
            seen = roles.seen(connection, place)
        # What this sender holds already it could not leave: whoever sends here does so alone.
        is_held = seen is not None and seen.process_id not in (None, self.process_id)
        if seen is not None and is_held and is_alive(seen, self._store.now()):
            return None
        self.beat()
        new_id, process_id = self._store.ids.new(), self.process_id
        return self._store.write(lambda connection: roles.take(connection, new_id, place, seen, process_id))

    def _sent_one(self, requester_id: int, fence: int) -> bool:
        """Do the next thing in a lane that is claimed; False if none is due."""
        with self._store.read() as connection:
            action = outbox.next_due(connection, requester_id, self._store.now())
        if action is None:
            return False

        def job(connection: Connection) -> bool:
            return outbox.begin(connection, action.id, requester_id, fence)

        if self._store.write(job):
            self._do(action, fence)
        return True

    def _do(self, action: AnyRow, fence: int) -> None:
        try:
            hooks = self._hooks(action.provider)
            with self._store.read() as connection:
                call = hooks.call(connection, action)
        except MephistoError as error:  # nothing was asked for: the plugin is missing, or broken
            self._settle(action, fence, Later(self._pause(action), error.problem.what))
            return
        try:
            answer = call()
        except MephistoError as error:
            self._clear_up(action, f"{error.problem.what} {error.problem.why}", fence)
        else:
            self._settle(action, fence, answer)

    def _clear_up(self, action: AnyRow, why: str, fence: int) -> None:
        """Try again what may or may not have been done, if the provider says that this is safe; else leave it."""
        try:
            hooks = self._hooks(action.provider)
            with self._store.read() as connection:
                may_repeat = hooks.may_repeat(connection, action)
        except MephistoError as error:
            logger.warning("%s", error)
            may_repeat = False
        if may_repeat:
            self._settle(action, fence, Later(self._pause(action) if why != UNKNOWN else 0, why))
            return
        told = why if why == UNKNOWN else f"{why} {UNKNOWN}"
        self._write(action, fence, ActionState.FAILED, error=told)

    def _settle(self, action: AnyRow, fence: int, answer: Answer) -> None:
        if isinstance(answer, Done):
            self._write(action, fence, ActionState.DONE, error="")
        elif isinstance(answer, Later):
            due = self._store.now() + round(max(0.0, answer.seconds) * SECOND)
            self._write(action, fence, ActionState.READY, error=answer.reason, not_before=due)
        else:
            self._write(action, fence, ActionState.FAILED, error=answer.reason)

    def _write(self, action: AnyRow, fence: int, state: ActionState, **values: Any) -> None:
        now = self._store.now()
        self._store.write(lambda connection: outbox.settle(connection, action, fence, state, now, **values))
        if state is not ActionState.DONE:
            again = "It is tried again later."
            if state is ActionState.FAILED:
                again = f"'mephisto outbox retry {action.id}' asks the provider once more."
            logger.warning("%s: not done. %s %s", in_words(action), values.get("error", ""), again)

    def _pause(self, action: AnyRow) -> float:
        return float(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(action.attempts, 16)))

    def _hooks(self, provider: str) -> ProviderHooks:
        if provider not in self._providers:
            self._providers[provider] = ProviderHooks(provider)
        return self._providers[provider]
