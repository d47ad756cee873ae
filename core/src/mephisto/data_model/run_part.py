"""What everything in a run has from it."""

from typing import Final

from mephisto.data_model.base import StoredObject
from mephisto.model import task_runs

COLUMNS: Final = (
    task_runs.c.id.label("task_run_id"),
    task_runs.c.task_id,
    task_runs.c.requester_id,
    task_runs.c.blueprint.label("task_type"),
    task_runs.c.provider.label("provider_type"),
    task_runs.c.sandbox,
)


class RunPart(StoredObject):
    """One row that belongs to a run; its `rows` have the `COLUMNS`."""

    task_run_id: str
    task_id: str
    requester_id: str
    task_type: str
    provider_type: str
    sandbox: bool
