"""What a run allows, and whom it lets in, as far as its row says.

The qualifications that a run asks for stand in its script, and nobody else knows them.
"""

from mephisto.data_model.base import Database
from mephisto.store.admission import Terms, first_refusal, stored_terms


def terms_of_run(db: Database, run_id: str) -> Terms:
    """Return what a run allows."""
    with db.store.read() as connection:
        return stored_terms(connection, int(run_id))


def lets_in(db: Database, run_id: str, worker_id: str, provider: str) -> bool:
    """Say whether a worker of *provider* may have a unit of a run now."""
    terms = terms_of_run(db, run_id)
    if terms.provider != provider:
        return False
    with db.store.read() as connection:
        return first_refusal(connection, terms, int(worker_id)) is None
