"""Names of other versions that could only pretend: they are not there, and asking for one tells why."""

import pytest

from mephisto.data_model.database import LocalMephistoDB
from mephisto.errors import MephistoError


def test_an_absent_name_is_no_attribute_and_says_why(db):
    assert not hasattr(db, "new_agent")
    assert getattr(db, "new_agent", None) is None
    with pytest.raises(AttributeError) as raised:
        _ = db.new_agent
    assert isinstance(raised.value, MephistoError)
    assert raised.value.problem.what == "LocalMephistoDB has no 'new_agent' here."
    assert raised.value.problem.why


def test_the_database_says_what_there_is_instead(db):
    assert not hasattr(LocalMephistoDB, "new_worker_review")
    with pytest.raises(AttributeError, match=r"agent\.approve_work\(\.\.\.\) and its like"):
        db.new_worker_review("1", "approved")


def test_a_script_may_set_an_attribute_of_such_a_name(db):
    db.new_agent = "mine"
    assert db.new_agent == "mine"
    assert not hasattr(LocalMephistoDB, "new_agent")


def test_a_live_run_says_what_it_does_not_hold(launch):
    run = launch(task_name="going on")
    live = run.operator.get_running_task_runs()[run.id]
    for name in ("task_runner", "task_launcher", "worker_pool", "loop_wrap"):
        assert not hasattr(live, name)
    with pytest.raises(AttributeError, match="lists who works, or did"):
        _ = live.client_io
