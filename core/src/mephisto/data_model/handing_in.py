"""Handing in from a script, in place of a worker's page: the store takes it in as it does what pages send."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from mephisto.data_model.admitting import terms_of_run
from mephisto.data_model.base import Database
from mephisto.data_model.errors import MephistoDBException
from mephisto.model import agents
from mephisto.store import Lane, json_text, submissions


def hand_in(db: Database, agent_id: str, run_id: str, data: Mapping[str, Any]) -> None:
    """Take in *data* as the answer of an agent; raise `MephistoError` if it cannot be stored."""
    why = json_text.why_no_object(data, "An answer")
    if why:
        raise MephistoDBException(
            f"Agent {agent_id} cannot hand this in.",
            why,
            "Give what its page would send, a dict of values that JSON knows.",
        )
    answer = json_text.decode(json_text.encode(data))  # as it would have come from a page
    store, terms = db.store, terms_of_run(db, run_id)
    with store.read() as connection:
        token = connection.execute(select(agents.c.token).where(agents.c.id == int(agent_id))).scalar_one()
    incoming = submissions.Incoming(
        token=token, submission_id="", data=answer, digest=submissions.digest(answer, [])
    )

    def job(connection: Connection) -> None:
        submissions.hand_in(connection, store.ids, terms, incoming, store.now())

    store.write(job, Lane.SUBMIT)
    db.changes += 1
