"""Real runs of real pages, for workers in a real browser."""

import pytest

from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.operator import Operator
from mephisto_blueprint_static import SharedStaticTaskState


@pytest.fixture
def operator(tmp_path):
    db = LocalMephistoDB(tmp_path / "data")
    made = Operator(db)
    yield made
    made.shutdown()
    db.shutdown()


@pytest.fixture
def launch(operator, tmp_path):
    """Launch a template with one worker for each of *rows*; return the live run."""

    def launched(template, rows, *, onboarding=None, **shared):
        (tmp_path / "task.html").write_text(template)
        blueprint = {"_blueprint_type": "static_task", "task_source": str(tmp_path / "task.html")}
        if onboarding is not None:
            (tmp_path / "onboarding.html").write_text(onboarding)
            blueprint["onboarding_source"] = str(tmp_path / "onboarding.html")
            blueprint["onboarding_qualification"] = "knows the rules"
        config = {
            "blueprint": blueprint,
            "architect": {"_architect_type": "local", "port": 0},
            "provider": {"_provider_type": "mock"},
            "task": {
                "task_name": "a task",
                "task_title": "A task",
                "task_description": "It is looked at in a browser.",
                "task_reward": 0.1,
                "task_tags": "test",
            },
        }
        state = SharedStaticTaskState(static_task_data=rows, **shared)
        run_id = operator.launch_task_run_or_die(config, state)
        return operator.get_running_task_runs()[run_id]

    return launched
