"""A real run of one plugin: a real operator, database and server, and stand-ins for the other two kinds."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from mephisto.data_model.database import LocalMephistoDB
from mephisto.model import submissions
from mephisto.operations.live_run import LiveRun
from mephisto.operations.operator import Operator
from mephisto.plugins import register, unregister
from mephisto.shared_state import SharedTaskState
from mephisto.testing.stand_ins import NAME, STAND_INS

TASK: Final[Mapping[str, Any]] = {
    "task_name": "conformance",
    "task_title": "A task",
    "task_description": "It tests a plugin.",
    "task_reward": 0.1,
    "task_tags": "test",
}


@contextmanager
def launched(
    directory: Path,
    kind: str,
    name: str,
    options: Mapping[str, Any],
    shared_state: SharedTaskState | None = None,
) -> Iterator[LiveRun]:
    """Launch a run of the *kind* that is called *name*, with its data in *directory*; take all down at the end.

    Raises what `Operator.launch_task_run_or_die` raises.
    """
    config: dict[str, Any] = {"task": dict(TASK), kind: {f"_{kind}_type": name, **options}}
    with ExitStack() as undo:
        for other in STAND_INS.keys() - {kind}:
            register(other, NAME, STAND_INS[other])
            undo.callback(unregister, other, NAME)
            config[other] = {f"_{other}_type": NAME}
        database = LocalMephistoDB(directory)
        undo.callback(database.shutdown)
        operator = Operator(database)
        undo.callback(operator.shutdown)
        run_id = operator.launch_task_run_or_die(config, shared_state)
        run = operator.get_running_task_runs().get(run_id)
        assert run is not None, "The run ended at once: it had no units."
        yield run


def stored_answer(run: LiveRun, receipt: str) -> Any:
    """Return the answer that the database holds for *receipt*, or `None`."""
    query = select(submissions.c.data).where(submissions.c.receipt_code == receipt)
    with run.store.read() as connection:
        return connection.execute(query).scalar()
