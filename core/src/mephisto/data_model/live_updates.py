"""What a script and the page of a worker who is at work say to each other."""

import queue
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection

from mephisto.data_model.admitting import terms_of_run
from mephisto.data_model.base import Database
from mephisto.data_model.errors import MephistoDBException
from mephisto.data_model.exceptions import AgentDisconnectedError, AgentReturnedError, AgentTimeoutError
from mephisto.data_model.waiting import Waiting
from mephisto.errors import MephistoError
from mephisto.status import WITHOUT_ANSWER, AgentStatus
from mephisto.store import drafts, json_text, live_updates, offering

_GONE: Final[Mapping[AgentStatus, tuple[type[MephistoError], str]]] = {
    AgentStatus.DISCONNECT: (AgentDisconnectedError, "Its worker has gone."),
    AgentStatus.RETURNED: (AgentReturnedError, "Its worker has given the unit back."),
    AgentStatus.TIMEOUT: (AgentTimeoutError, "Its time has run out."),
    AgentStatus.EXPIRED: (AgentTimeoutError, "Its run has ended."),
}


class PendingActions:
    """What an agent's page has sent and no script has taken; asked and waited for as a `queue.Queue`."""

    def __init__(self, db: Database, agent_id: str, waiting: Waiting) -> None:
        self._db = db
        self._agent_id = int(agent_id)
        self._waiting = waiting

    def qsize(self) -> int:
        """Return how many there are."""
        with self._db.store.read() as connection:
            return live_updates.waiting(connection, self._agent_id)

    def empty(self) -> bool:
        """Say whether there is none."""
        with self._db.store.read() as connection:
            return not live_updates.is_waiting(connection, self._agent_id)

    def get(self, block: bool = True, timeout: float | None = None) -> dict[str, Any]:
        """Take the oldest; wait for it, if *block*, but not longer than *timeout* seconds.

        Raises `queue.Empty` if there is none, and `AgentShutdownError` if the agent's `shutdown` was called meanwhile.
        """
        found = self.take(lambda: False, timeout if block else 0)
        if found is None:
            raise queue.Empty
        return found

    def get_nowait(self) -> dict[str, Any]:
        """Take the oldest; raise `queue.Empty` if there is none."""
        return self.get(block=False)

    def take(self, is_over: Callable[[], bool], timeout: float | None) -> dict[str, Any] | None:
        """Take the oldest, once there is one; None after *timeout* seconds, or if there is none when *is_over* says so."""
        found: dict[str, Any] | None = None
        store, agent_id = self._db.store, self._agent_id

        def look() -> bool:
            nonlocal found
            ended = is_over()  # asked before: what came last is taken all the same
            if not self.empty():
                found = store.write(lambda connection: live_updates.take(connection, agent_id, store.now()))
            return ended or found is not None

        self._waiting.until(look, timeout)
        return found


class HasLiveUpdate:
    """Whether there is something in `PendingActions`; asked and waited for as a `threading.Event`."""

    def __init__(self, pending: PendingActions, waiting: Waiting) -> None:
        self._pending = pending
        self._waiting = waiting

    def is_set(self) -> bool:
        """Say whether there is something now."""
        return not self._pending.empty()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until there is something, but not longer than *timeout* seconds; say whether there is.

        Raises `AgentShutdownError` once the agent's `shutdown` was called.
        """
        return self._waiting.until(self.is_set, timeout)


def send(db: Database, agent_id: str, live_update: Mapping[str, Any]) -> None:
    """Keep *live_update* for the page of an agent, which gets it as soon as it asks; raise `MephistoError` if it is no JSON object."""
    why = json_text.why_no_object(live_update, "A live update")
    update_id = "" if why else str(live_update.get("update_id") or uuid.uuid4())
    if update_id != update_id.encode("utf-8", "replace").decode():
        why = "Its update_id holds what is no character."
    if why:
        raise MephistoDBException(
            f"Agent {agent_id} cannot be sent this.",
            why,
            "Send a dict of values that JSON knows.",
        )
    new = live_updates.NewUpdate(update_id, {**live_update, "update_id": update_id})
    store = db.store
    store.write(
        lambda connection: live_updates.add(
            connection, store.ids, int(agent_id), [new], store.now(), from_worker=False
        )
    )


def give_up(db: Database, agent_id: str, run_id: str) -> dict[str, Any] | None:
    """End an attempt whose page said nothing for too long, as if its time had run out.

    Unless something has come meanwhile: then that is taken and returned, and the attempt goes on.
    """
    store, heard, agent = db.store, terms_of_run(db, run_id).heard, int(agent_id)

    def job(connection: Connection) -> dict[str, Any] | None:
        now = store.now()
        found = live_updates.take(connection, agent, now)
        if found is None and offering.give_up(connection, store.ids, agent, now, heard=heard):
            drafts.make_partial(connection, [agent], now)
        return found

    return store.write(job)


def why_nothing_comes(agent_id: str, status: AgentStatus) -> MephistoError | None:
    """Return what is raised when an attempt of this *status* is listened to; None if it goes on, or its answer is in."""
    if status not in WITHOUT_ANSWER:
        return None
    kind, why = _GONE[status]
    return kind(
        f"Agent {agent_id} sends nothing more.",
        why,
        "An answer that comes all the same counts if its unit is still free, and is kept as late if not.",
    )
