"""Each step of a worker's way through a run can fail, and the failure names the step."""

import pytest

from mephisto import AssignmentData, Deployed, hookimpl
from mephisto.errors import MephistoError
from mephisto.plugins import installed
from mephisto.testing import ArchitectTests, BlueprintTests
from mephisto.testing.stand_ins import NAME, LoopbackArchitect, PlainBlueprint
from mephisto.web import Reply, create_app, serve


class _BrokenAt(LoopbackArchitect):
    """Answers one address wrongly."""

    path: str
    answer: tuple

    @hookimpl
    def architect_deploy(self, site, desk):
        from flask import request

        app = create_app(site, desk)
        app.before_request(lambda: self.answer if request.path.startswith(self.path) else None)
        server = serve(app, "127.0.0.1", 0)
        self.stop = server.stop
        return Deployed(server.url)


class _LyingDesk:
    """Acknowledges packets of one type without handing them on."""

    def __init__(self, desk, packet_type, body):
        self.desk, self.packet_type, self.body = desk, packet_type, body

    def handle(self, packet):
        return Reply(self.body) if packet["packet_type"] == self.packet_type else self.desk.handle(packet)

    def upload(self, packet, stream):
        return self.desk.upload(packet, stream)


class _Lying(LoopbackArchitect):
    packet_type: str
    body: dict

    @hookimpl
    def architect_deploy(self, site, desk):
        server = serve(create_app(site, _LyingDesk(desk, self.packet_type, self.body)), "127.0.0.1", 0)
        self.stop = server.stop
        return Deployed(server.url)


def test_a_run_of_plain_plugins_is_completed_and_leaves_none_of_them_registered(trying, tmp_path):
    trying(ArchitectTests, LoopbackArchitect).test_workers_complete_a_run(tmp_path)
    assert NAME not in {*installed("blueprint"), *installed("architect"), *installed("provider")}


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("/", "GET / answered 500"),
        ("/task_config.json", "GET /task_config.json answered 500"),
        ("/wrap_crowd_source.js", "GET /wrap_crowd_source.js answered 500"),
        ("/request_agent", "POST /request_agent answered 500"),
        ("/page-", "GET /page-.* answered 500"),
        ("/submit_task", "POST /submit_task answered 500"),
        ("/confirm_receipt", "POST /confirm_receipt answered 500"),
    ],
)
def test_a_step_that_is_answered_with_an_error_is_named(trying, tmp_path, path, step):
    plugin = type("Plugin", (_BrokenAt,), {"path": path, "answer": ("broken", 500)})
    with pytest.raises(AssertionError, match=step):
        trying(ArchitectTests, plugin).test_workers_complete_a_run(tmp_path)


@pytest.mark.parametrize(
    ("path", "answer", "step"),
    [
        ("/task_config.json", "hello", "GET /task_config.json answered 'text/html.*', not application/json"),
        ("/task_config.json", [1], r"GET /task_config.json answered \[1\], not an object"),
        ("/request_agent", {}, "POST /request_agent gave no agent"),
        ("/submit_task", {}, "which has no receipt"),
    ],
)
def test_a_step_that_is_answered_with_something_else_is_named(trying, tmp_path, path, answer, step):
    plugin = type("Plugin", (_BrokenAt,), {"path": path, "answer": (answer, 200)})
    with pytest.raises(AssertionError, match=step):
        trying(ArchitectTests, plugin).test_workers_complete_a_run(tmp_path)


def test_an_answer_that_is_acknowledged_and_not_stored_is_found(trying, tmp_path):
    lie = {"status": "Submitted!", "receipt": "NEVER", "duplicate": False}
    plugin = type("Plugin", (_Lying,), {"packet_type": "submit_unit", "body": lie})
    with pytest.raises(AssertionError, match="was acknowledged, but None is stored"):
        trying(ArchitectTests, plugin).test_workers_complete_a_run(tmp_path)


def test_a_run_that_does_not_end_is_found(trying, tmp_path):
    lie = {"status": "Confirmed"}
    plugin = type("Plugin", (_Lying,), {"packet_type": "confirm_receipt", "body": lie})
    with pytest.raises(AssertionError, match=r"the run has not ended after 0\.5 s"):
        trying(ArchitectTests, plugin, seconds_to_end=0.5).test_workers_complete_a_run(tmp_path)


def test_a_launch_that_fails_says_why(trying, tmp_path):
    class Plugin(LoopbackArchitect):
        @hookimpl
        def architect_deploy(self):
            raise RuntimeError("no more machines")

    with pytest.raises(MephistoError, match="no more machines"):
        trying(ArchitectTests, Plugin).test_workers_complete_a_run(tmp_path)


@pytest.mark.parametrize(("units", "said"), [(0, "had no units|give 0 units"), (21, "give 21 units")])
def test_a_number_of_units_that_cannot_be_tested_is_named(trying, tmp_path, units, said):
    class Plugin(PlainBlueprint):
        @hookimpl
        def blueprint_tasks(self):
            return [AssignmentData({}, units=1)] * units

    with pytest.raises(AssertionError, match=said):
        trying(BlueprintTests, Plugin).test_workers_complete_a_run(tmp_path)


def test_data_that_end_with_an_error_are_found(trying, tmp_path):
    class Plugin(PlainBlueprint):
        @hookimpl
        def blueprint_tasks(self):
            yield AssignmentData({"question": "Is this all?"})
            raise RuntimeError("the file was cut")

    with pytest.raises(AssertionError, match=r"ended with an error: .*the file was cut"):
        trying(BlueprintTests, Plugin).test_workers_complete_a_run(tmp_path)
