"""The example with an onboarding, as a researcher launches it and workers meet it."""

from pathlib import Path

import axe_playwright_python
import pytest

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def run(researcher, free_port):
    words = ("python", "static_run_with_onboarding.py", f"mephisto.architect.port={free_port}")
    with researcher.launch(*words) as script:
        yield script, script.url


def open_as(browser, url, worker, assignment="1"):
    page = browser.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{url}/?worker_id={worker}&assignment_id={assignment}")
    return page, page.frame_locator("iframe")


def choose(frame, name):
    frame.get_by_role("radio", name=name).check()
    frame.get_by_role("button", name="Submit").click()


def test_workers_pass_fail_reload_and_come_back(run, browser, researcher):
    script, url = run

    page, frame = open_as(browser, url, "x")
    frame.get_by_text("What will you be asked to rate?").wait_for()
    frame.get_by_text("A small creature with a lantern").wait_for()
    page.reload()
    frame.get_by_text("What will you be asked to rate?").wait_for()
    for each in page.frames:
        each.evaluate(AXE)
    assert page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"] == []
    choose(frame, "The description")
    frame.get_by_text("Loaded Character 1").wait_for()
    page.reload()
    frame.get_by_text("Loaded Character 1").wait_for()
    choose(frame, "Good")
    page.get_by_text("Your answer is saved").wait_for()

    failing, its_frame = open_as(browser, url, "z")
    choose(its_frame, "The picture")
    failing.get_by_text("this task is not for you").wait_for()
    failing.reload()
    failing.get_by_text("this task is not for you").wait_for()

    second, frame = open_as(browser, url, "x", "2")
    frame.get_by_text("Loaded Character 2").wait_for()
    choose(frame, "Bad")
    second.get_by_text("Your answer is saved").wait_for()
    assert script.exit_status() == 0
    assert researcher.rows("SELECT status FROM agent ORDER BY id") == [
        ("approved",),
        ("completed",),
        ("rejected",),
        ("completed",),
    ]
