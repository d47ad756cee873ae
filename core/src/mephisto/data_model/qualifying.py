"""What run scripts do with qualifications before a launch and in callbacks."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.errors import EntryAlreadyExistsException
from mephisto.data_model.objects import Worker
from mephisto.data_model.qualification import Qualification
from mephisto.qualification_rules import Requirement

logger = logging.getLogger(__name__)


def find_or_create_qualification(db: LocalMephistoDB, qualification_name: str) -> str:
    """Return the id of the qualification *qualification_name*, making it if there is none."""
    try:
        return db.make_qualification(qualification_name)
    except EntryAlreadyExistsException:
        return db.find_qualifications(qualification_name)[0].db_id


def worker_is_qualified(worker: Worker, qualifications: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether a worker meets all of a list of `make_qualification_dict`.

    A qualification that was never made keeps nobody out, with a warning.
    """
    for asked in qualifications:
        name = asked["qualification_name"]
        if not Qualification.find(worker.db, qualification_name=name):
            logger.warning("There is no qualification %r; it is not asked for.", name)
            continue
        granted = worker.get_granted_qualification(name)
        held = None if granted is None else granted.value
        if not Requirement(name, asked["comparator"], asked.get("value")).is_met_by(held):
            return False
    return True
