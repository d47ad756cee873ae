"""What a run allows, and whom it lets in, as far as its row says.

The qualifications that a run asks for stand in its script, and nobody else knows them.
"""

from sqlalchemy import select

from mephisto.data_model.base import Database
from mephisto.model import task_runs
from mephisto.store.admission import Terms, first_refusal, terms_of


def terms_of_run(db: Database, run_id: str) -> Terms:
    """Return what a run allows."""
    query = select(task_runs.c.id, task_runs.c.task_id, task_runs.c.provider, task_runs.c.config)
    with db.store.read() as connection:
        return terms_of(connection.execute(query.where(task_runs.c.id == int(run_id))).one())


def lets_in(db: Database, run_id: str, worker_id: str, provider: str) -> bool:
    """Say whether a worker of *provider* may have a unit of a run now."""
    terms = terms_of_run(db, run_id)
    if terms.provider != provider:
        return False
    with db.store.read() as connection:
        return first_refusal(connection, terms, int(worker_id)) is None
