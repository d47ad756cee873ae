"""What pages say to run scripts while their workers are at work, and what they hear from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mephisto.operations.desk.replies import PATIENCE_SECONDS, error
from mephisto.status import LIVE_AGENTS
from mephisto.store import Lane, Store, drafts, json_text, live_updates
from mephisto.store.live_updates import NewUpdate
from mephisto.web.line import Reply

#: How many updates one packet brings, and one reply.
MOST: Final = 100
_LONGEST_ID: Final = 100
_LARGEST_NUMBER: Final = 2**31


@dataclass(frozen=True)
class Talking:
    """The part of a run's desk through which pages and scripts exchange live updates."""

    store: Store

    def exchange(self, token: str, data: Mapping[str, Any]) -> Reply:
        """Keep what the page sends, and give it what follows the last update that it knows."""
        number, sent = data.get("after"), data.get("updates")
        if type(number) is not int or not 0 <= number < _LARGEST_NUMBER:
            return error(400, "The field after must be the number of an update, or 0.")
        if not isinstance(sent, list) or len(sent) > MOST:
            return error(400, f"The field updates must be a list of at most {MOST} live updates.")
        for each in sent:
            if wrong := _why_wrong(each):
                return error(400, wrong)
        with self.store.read() as connection:
            agent = drafts.attempt(connection, token)
        if agent is None:
            return error(404, "Nobody here has this token.")
        if sent:
            new = [NewUpdate(each["update_id"], each) for each in sent]
            self.store.write(
                lambda connection: live_updates.add(
                    connection, self.store.ids, agent.id, new, self.store.now(), from_worker=True
                ),
                Lane.SUBMIT,
                PATIENCE_SECONDS,
            )
        with self.store.read() as connection:
            found = live_updates.after(connection, agent.id, number, MOST)
        updates = [
            {"number": each.number, "from_worker": bool(each.from_worker), "data": each.data}
            for each in found
        ]
        return Reply({"updates": updates, "is_over": agent.status not in LIVE_AGENTS})


def _why_wrong(sent: Any) -> str:
    wrong = json_text.why_no_object(sent, "A live update")
    if wrong:
        return wrong
    update_id = sent.get("update_id")
    if not isinstance(update_id, str) or not 0 < len(update_id) <= _LONGEST_ID:
        return f"The update_id of a live update must be a text of at most {_LONGEST_ID} characters."
    return ""
