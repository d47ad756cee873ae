"""The tutorial comes true: its commands as processes, its pages in Chromium. Numbers are those of its sections."""

import json
import re
import socket
import time

import pytest

from mephisto.testing.worker import Worker

SCRIPT = "static_test_script.py"
CREATED = r"^\[[^]]+\]\[[^]]+\]\[INFO\] - Creating a task run under task name: {}$"
SENT = "The task has been submitted! Data: {"
SKETCH = b"a sketch of the character"

DEFAULTS = """\
defaults:
  - /mephisto/blueprint: static_task
  - /mephisto/architect: local
  - /mephisto/provider: mock
"""

DATA = """\
character_name,character_description
Loaded Character 1,I'm a character loaded from Mephisto!
Loaded Character 2,I'm another character loaded from Mephisto!
"""


def sent(alert):
    assert alert.startswith(SENT)
    return json.loads(alert[len(SENT) - 1 :])


class FirstRun:
    """Sections 1.1 and 1.2, once from beginning to end; tests look at what was seen."""

    def __init__(self, researcher, new_worker):
        self.researcher = researcher
        before = self._files()
        with researcher.launch("python", SCRIPT, "mephisto.architect.port=0") as script:
            self.url = script.url
            worker = new_worker()
            self.preview = worker.open(self.url).locator("body").inner_text()
            self.bar = worker.page.locator("#state").inner_text()
            self.characters = []
            self.submissions = [self._rate(worker, "x", 1), self._rate(worker, "x", 2)]
            worker.open(self._address("x", 3))
            self.third = worker.notice()
            worker = new_worker()
            self.submissions += [self._rate(worker, "y", 1), self._rate(worker, "y", 2, upload=True)]
            self.status = script.exit_status()
            self.seconds = time.monotonic() - self.submissions[-1].moment
        self.printed = script.printed
        self.new_files = self._files() - before

    def _rate(self, worker, name, assignment, *, upload=False):
        frame = worker.open(self._address(name, assignment))
        self.characters.append((name, frame.get_by_role("heading").inner_text()))
        frame.get_by_label("Good").check()
        if upload:
            sketch = {"name": "sketch.txt", "mimeType": "text/plain", "buffer": SKETCH}
            frame.locator("input[type=file]").set_input_files([sketch])
        return worker.submit(frame)

    def _address(self, name, assignment):
        return f"{self.url}/?worker_id={name}&assignment_id={assignment}"

    def _files(self):
        return {path for path in self.researcher.folder.rglob("*") if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def first_run(new_researcher, new_worker):
    return FirstRun(new_researcher(), new_worker)


def test_1_1_the_launch_is_announced_in_one_line(first_run):
    assert re.search(CREATED.format("html-static-task-example"), first_run.printed, re.MULTILINE)


def test_1_2_the_plain_address_shows_the_preview(first_run):
    assert "Rate a character" in first_run.preview
    assert first_run.bar.startswith("Preview")


def test_1_2_after_submitting_the_window_alerts_the_data_that_was_sent(first_run):
    for submitted in first_run.submissions:
        assert '"rating":"good"' in submitted.alert
        assert sent(submitted.alert)["rating"] == "good"
        assert submitted.notice.startswith("Your answer is saved")


def test_1_2_another_assignment_id_is_another_task_and_a_third_is_too_many(first_run):
    assert {name for worker, name in first_run.characters if worker == "x"} == {
        "Loaded Character 1",
        "Loaded Character 2",
    }
    assert "maximum number of tasks" in first_run.third


def test_1_2_the_process_ends_by_itself_soon_after_the_last_answer(first_run):
    assert first_run.status == 0, first_run.printed
    assert first_run.seconds < 2 + 1
    assert re.search(r"has ended: .* 4 of 4 units are done", first_run.printed)


def test_1_2_the_answers_are_rows_and_workers_keep_their_names(first_run):
    query = """
        SELECT worker.name, submission.data, submission.confirmed_at IS NOT NULL FROM submission
        JOIN agent ON agent.id = submission.agent_id JOIN worker ON worker.id = agent.worker_id
        ORDER BY submission.received_at
    """
    found = first_run.researcher.rows(query)
    assert [(name, confirmed) for name, _, confirmed in found] == [("x", 1), ("x", 1), ("y", 1), ("y", 1)]
    assert [json.loads(data) for _, data, _ in found] == [sent(each.alert) for each in first_run.submissions]


def test_1_2_a_file_can_be_sent_along(first_run):
    ((name, size, path),) = first_run.researcher.rows("SELECT name, size, path FROM upload")
    assert (name, size) == ("sketch.txt", len(SKETCH))
    assert (first_run.researcher.data / path).read_bytes() == SKETCH
    assert sent(first_run.submissions[-1].alert)["file1"]["name"] == "sketch.txt"
    assert sent(first_run.submissions[0].alert)["file1"] == {}


def test_nothing_is_left_in_the_researchers_folder(first_run):
    assert first_run.new_files == set()
    assert first_run.researcher.rows("SELECT working_directory FROM task_run") == [
        (str(first_run.researcher.folder),)
    ]


def test_3_3_the_defaults_choose_the_three_plugins(first_run):
    assert first_run.researcher.rows("SELECT blueprint, architect, provider FROM task_run") == [
        ("static_task", "local", "mock")
    ]


def test_3_4_two_rows_with_two_units_each_are_done_once_by_each_worker(first_run):
    query = """
        SELECT assignment.source_index, group_concat(worker.name) FROM unit
        JOIN assignment ON assignment.id = unit.assignment_id JOIN worker ON worker.id = unit.worker_id
        WHERE unit.status = 'completed' GROUP BY assignment.id ORDER BY assignment.source_index
    """
    found = first_run.researcher.rows(query)
    assert [(index, sorted(names.split(","))) for index, names in found] == [(0, ["x", "y"]), (1, ["x", "y"])]


def is_free(port):
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def interrupted(researcher, port, *words):
    """Launch, see the task at *port*, press Ctrl-C, and hold what has to be true then."""
    with researcher.launch("python", SCRIPT, *words) as script:
        assert script.url == f"http://localhost:{port}"
        with Worker(script.url, {}) as visitor:
            visitor.open_site()
        script.interrupt()
        assert script.exit_status() == 130
    assert "Traceback" not in script.printed
    assert re.search(r"has ended: .* 0 of 4 units are done", script.printed)
    assert is_free(port)
    assert researcher.rows("SELECT status FROM task_run") == [("ended",)]


def test_2_2_a_port_from_the_command_line_and_ctrl_c(researcher, free_port):
    interrupted(researcher, free_port, f"mephisto.architect.port={free_port}")


def test_1_2_without_options_the_task_is_at_port_3000(researcher):
    if not is_free(3000):
        pytest.skip("port 3000 is taken on this machine")
    interrupted(researcher, 3000)


def test_2_3_a_configuration_of_ones_own(researcher, new_worker, my_config):
    researcher.write("hydra_configs/conf/my_config.yaml", my_config)
    with researcher.launch("python", SCRIPT, "conf=my_config", "mephisto.architect.port=0") as script:
        worker = new_worker()
        frame = worker.open(f"{script.url}/?worker_id=x&assignment_id=1")
        assert frame.get_by_role("heading").inner_text() == "Tutorial Character"
        frame.get_by_label("Passable").check()
        assert sent(worker.submit(frame).alert)["rating"] == "passable"
        assert script.exit_status() == 0
    assert re.search(CREATED.format("first-task-tutorial-run"), script.printed, re.MULTILINE)
    assert researcher.rows("SELECT name FROM task") == [("first-task-tutorial-run",)]
    assert researcher.rows("SELECT pay_cents, status FROM unit") == [(30, "completed")]


def test_3_3_and_3_4_the_example_is_the_one_that_is_explained(researcher):
    text = (researcher.folder / "hydra_configs" / "conf" / "example.yaml").read_text(encoding="utf-8")
    assert DEFAULTS in text
    assert "    data_csv: ${task_dir}/data.csv\n" in text
    assert "    units_per_assignment: 2\n" in text
    assert (researcher.folder / "data.csv").read_text(encoding="utf-8") == DATA
