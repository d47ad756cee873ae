"""Requesters: the accounts that launch."""

from __future__ import annotations

from sqlalchemy import select

import mephisto.data_model.task_run as task_run_objects
from mephisto.data_model.base import StoredObject
from mephisto.model import requesters


class Requester(StoredObject):
    """An account that launches."""

    subject = "requester"
    rows = select(
        requesters.c.id,
        requesters.c.name.label("requester_name"),
        requesters.c.provider.label("provider_type"),
        requesters.c.created_at.label("creation_date"),
    )

    requester_name: str
    provider_type: str

    def get_task_runs(self) -> list[task_run_objects.TaskRun]:
        """List the runs that this account launched."""
        return task_run_objects.TaskRun.find(self.db, requester_id=self.db_id)

    def get_total_spend(self) -> float:
        """Return what the work in this account's runs costs so far, in dollars and without fees."""
        return sum(run.get_total_spend() for run in self.get_task_runs())
