"""What the desk says: details of an agent, refusals, and errors that a page understands."""

import logging
import sqlite3
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy.exc import DBAPIError

from mephisto.operations.uploads import NotSaved
from mephisto.refusals import SENTENCES, Reason
from mephisto.store import StoreBusy, attempts, submissions
from mephisto.web.line import Reply

#: What may be otherwise a little later.
_PASSING: Final = frozenset(
    {
        Reason.TRY_AGAIN,
        Reason.CONCURRENT_MAXIMUM,
        Reason.NOT_CHOSEN,
        Reason.NO_EXTRA_LEFT,
        Reason.UNDECIDED,
    }
)

logger = logging.getLogger(__name__)

#: How long a request waits for the database; at most half of the server's threads may wait for anything else.
PATIENCE_SECONDS: Final = 20
#: After how long a page tries again when the disk does not take what it sent.
RETRY_SECONDS: Final = 10
#: How much is kept of the names that a browser gives to a field and a file.
MOST_CHARACTERS: Final = 1_000


def refusal(request_id: str, refused: attempts.Refused, *, may_go_on: bool = False) -> dict[str, Any]:
    """Make the data of an `agent_details` packet without an agent; *may_go_on* is for who has finished."""
    return details(
        request_id,
        worker_id=None if refused.worker_id is None else str(refused.worker_id),
        failure_reason=SENTENCES[refused.reason],
        refusal=refused.reason,
        receipt=refused.receipt,
        may_try_again=refused.reason in _PASSING,
        may_go_on=may_go_on,
        may_start_again=refused.reason is Reason.ATTEMPT_ENDED,
    )


def details(request_id: str, **known: Any) -> dict[str, Any]:
    """Make the data of an `agent_details` packet; clients rely on each of these keys."""
    empty = dict.fromkeys(("worker_id", "agent_id", "init_task_data", "failure_reason"))
    return {"request_id": request_id, **empty, **known}


def plain(text: Any) -> str:
    """Return what every database can store of a text that a browser made up."""
    return str(text)[:MOST_CHARACTERS].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def answered(ask: Callable[[], Reply]) -> Reply:
    """Ask; what the disk or the database does not take now is asked for again by the page, which keeps it."""
    try:
        return ask()
    except UnicodeEncodeError:
        return error(400, "There are characters in this request that cannot be stored.")
    except StoreBusy:
        return Reply({"error": "Many people are at work just now."}, status=503, retry_after=1)
    except (NotSaved, submissions.UploadsGone) as failure:
        logger.error("%s\nThe page was told to send it again.", failure)
    except (sqlite3.Error, DBAPIError) as failure:
        logger.error(
            "The database did not take a write; the page was told to send it again.", exc_info=failure
        )
    return Reply({"error": "This cannot be saved just now."}, status=503, retry_after=RETRY_SECONDS)


def error(status: int, sentence: str) -> Reply:
    """Say what is wrong, in a sentence for the worker."""
    return Reply({"error": sentence}, status=status)
