"""Between the server and the operator: what a worker's page asks, and who answers. Standard library only.

The server holds no state. It turns each request into a packet, a JSON object with the keys `packet_type`,
`subject_id` and `data`, and hands it to the desk; what comes back is a `Reply`.

| packet_type       | subject_id   | data                                             | body of the reply               |
|-------------------|--------------|--------------------------------------------------|---------------------------------|
| register_agent    | request id   | provider_data, request_id, browser_key, again    | request_id, worker_id, agent_id, init_task_data, failure_reason, refusal, page, receipt, deadline, seconds_left, may_try_again, may_start_again, may_go_on |
| page              | ticket       |                                                  | values: variables of the template; page: task or onboarding |
| upload            | agent token  | field, name, content_type, in `Desk.upload`      | upload_id                       |
| submit_unit       | agent token  | final_data, submission_id, uploads               | status, receipt, duplicate      |
| submit_onboarding | agent token  | as submit_unit, and request_id                   | as register_agent               |
| keep_draft        | agent token  | draft: a JSON object or null                     | status, deadline, seconds_left, closing |
| live_updates      | agent token  | after: number of an update, updates: JSON objects with update_id | updates: number, from_worker, data of those that follow; is_over |
| discard_uploads   | agent token  | uploads                                          | status                          |
| confirm_receipt   | agent token  | receipt                                          | status, may_go_on               |
| log_error         | agent token  | whatever the page says                           | status                          |

`may_go_on` beside a receipt says whether there may be another unit of the run for its worker, now or a little later.
A reply of another status than 200 carries a sentence for the worker as `error`. A page that did not hear of its
receipt sends everything again, its files first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, TypedDict


class Packet(TypedDict):
    """One question of a page. `subject_id` is the agent's token where there is one."""

    packet_type: str
    subject_id: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """The desk's answer: an HTTP status, a JSON object, and for 503 the seconds after which to try again."""

    body: Mapping[str, Any]
    status: int = 200
    retry_after: int | None = None


class Desk(Protocol):
    """The part of the operator that answers workers' pages. Both methods may be called from many threads."""

    def handle(self, packet: Packet) -> Reply:
        """Answer one packet. What it acknowledges is committed."""

    def upload(self, packet: Packet, stream: BinaryIO) -> Reply:
        """Take in one file, before the answer that names it.

        Reading *stream* raises when the file is too large or the connection breaks; nothing of it is kept then.
        """
