"""A real run, a real page: errors of the page reach the run's log, and workers at work read that it closes."""

import time

import pytest

TEMPLATE = """<h1>Rate it</h1>
<img src="nowhere.png" alt="">
<button type="button" id="again" onclick="missing()">Again</button>
<button type="button" id="promise" onclick="lose()">Promise</button>
<input name="answer">
<script>
  async function lose() {
    throw new Error("lost in a promise");
  }
</script>
"""


@pytest.fixture
def run(launch):
    return launch(TEMPLATE, [{"name": "Ada"}, {"name": "Bo"}])


def begin(context, run):
    page = context.new_page()
    page.goto(f"{run.url}/?worker_id=x&assignment_id=1")
    page.frame_locator("iframe").locator("[name=answer]").wait_for()
    return page


def until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "What was waited for did not come."
        time.sleep(0.05)


def test_errors_of_a_page_are_logged_once_with_file_and_line_and_how_often_they_came(
    context, operator, run, caplog
):
    page = begin(context, run)
    task = page.frame_locator("iframe")
    for _ in range(4):
        task.locator("#again").click()
    task.locator("#promise").click()
    page.wait_for_timeout(1_500)
    operator.shutdown()
    logged = [line for line in caplog.messages if line.startswith("[FRONT_END_ERROR]")]
    for told in (
        "Uncaught ReferenceError: missing is not defined at task.html:3",
        "lost in a promise at task.html:8",
        "nowhere.png did not load at task.html:2",
    ):
        assert sum(f"{told} (first seen by agent" in line for line in logged) == 1, (told, logged)
    assert (
        "[FRONT_END_ERROR]: Uncaught ReferenceError: missing is not defined at task.html:3 (4 times in all)"
        in logged
    )


def test_who_is_at_work_reads_within_seconds_that_the_task_closes(context, run):
    page = begin(context, run)
    run.close("it was interrupted", 30)
    page.get_by_text("closing").wait_for(timeout=8_000)
