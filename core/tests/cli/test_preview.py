"""`mephisto preview`: a template with its data, shown, filled in and shown again, without a launch."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from mephisto.cli import cli


@pytest.fixture
def task(tmp_path):
    (tmp_path / "task.html").write_text("<h1>${text} ${lacking}</h1><input name='a' value='1'>")
    (tmp_path / "data.csv").write_text("text,id-1\nHello,3\nGoodbye,4\n")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(cli, ["preview", *map(str, arguments)])


def test_template_and_data_are_compared(task):
    result = run(task / "task.html", task / "data.csv", "--check")
    assert result.exit_code == 0, result.output
    assert "the data has nothing for ${lacking}" in result.output
    assert "does not use: id-1" in result.output
    assert "2 rows can be shown." in result.output
    assert len(result.output.splitlines()) == 3


def test_a_template_can_be_looked_at_without_data(task):
    result = run(task / "task.html", "--check")
    assert result.exit_code == 0, result.output
    assert "1 row can be shown." in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("task.html", "data.csv", "--row", "3"), "There is no row 3."),
        (("missing.html", "data.csv"), "task_source does not exist"),
        (("task.html", "missing.csv"), "data_csv does not exist"),
        (("task.html", "task.html"), "is none of .csv, .json, .jsonl"),
    ],
)
def test_what_is_wrong_is_said(task, monkeypatch, arguments, said):
    monkeypatch.chdir(task)
    result = run(*arguments)
    assert result.exit_code != 0
    assert said in result.output


def test_the_help_teaches(task):
    result = run("--help")
    for word in (
        "--row",
        "--extra",
        "--check",
        "JSON Lines",
        "Ctrl-C",
        "mephisto preview task.html data.csv",
    ):
        assert word in result.output


def test_every_example_of_the_help_fits_files_of_these_names(task, monkeypatch):
    (task / "data.csv").write_text("text,id-1\n" + "Hello,3\n" * 3)
    (task / "data.jsonl").write_text('{"text": "Hello"}\n')
    (task / "pictures").mkdir()
    monkeypatch.chdir(task)
    examples = run("--help").output.partition("Examples:")[2].strip().splitlines()
    assert len(examples) == 4
    for example in examples:
        _, command, *arguments = example.split()
        assert command == "preview"
        assert run(*arguments, "--check").exit_code == 0, example


@pytest.fixture
def showing(task):
    """The command at work, and what it prints."""
    command = [
        sys.executable,
        "-c",
        "from mephisto.cli import main; main()",
        "preview",
        "task.html",
        "data.csv",
    ]
    printed = task / "printed"
    with printed.open("w") as output:
        process = subprocess.Popen(
            [*command, "--row", "2"],
            cwd=task,
            stdout=output,
            stderr=output,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )

        def wait_for(pattern):
            for _ in range(300):
                if found := re.search(pattern, printed.read_text()):
                    return found
                assert process.poll() is None, printed.read_text()
                time.sleep(0.05)
            raise AssertionError(printed.read_text())

        yield wait_for
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_the_page_is_shown_submitted_and_shown_anew(task, showing, context):
    page = context.new_page()
    page.goto(showing(r"Row 2 of 2: (\S+)")[1])
    frame = page.frame_locator("iframe")
    frame.get_by_text("Goodbye ${lacking}").wait_for()
    (task / "task.html").write_text("<h1>Changed: ${text}</h1><input name='a' value='1'>")
    frame.get_by_text("Changed: Goodbye").wait_for()
    frame.get_by_role("button", name="Submit").click()
    assert json.loads(page.locator("#answer").text_content()) == {"a": "1"}
    showing(r'"a": "1"')


def test_what_was_filled_in_outlasts_a_change_of_the_file(task, showing, context):
    page = context.new_page()
    page.goto(showing(r"Row 2 of 2: (\S+)")[1])
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Submit").wait_for()
    page.wait_for_timeout(500)
    frame.locator("[name=a]").fill("a long sentence")
    page.wait_for_timeout(1000)
    (task / "task.html").write_text("<h1>Changed: ${text}</h1><input name='b'><input name='a'>")
    frame.get_by_text("Changed: Goodbye").wait_for()
    page.get_by_text("What you had filled in before is here again.").wait_for()
    frame.get_by_role("button", name="Submit").click()
    assert json.loads(page.locator("#answer").text_content()) == {"b": "", "a": "a long sentence"}
    page.reload()
    assert frame.locator("[name=a]").input_value() == ""


def test_what_a_page_says_to_its_script_is_printed_and_a_page_that_listens_asks_once(task, showing, context):
    (task / "task.html").write_text(
        """<script>
        mephistoLiveTask.onLiveUpdate(() => {});
        mephistoLiveTask.sendLiveUpdate({ text: "Is it an animal?" });
        </script>"""
    )
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(showing(r"Row 2 of 2: (\S+)")[1])
    showing(r'Live update: \{"text": "Is it an animal\?"\}')
    page.wait_for_timeout(1500)
    assert 1 <= sum(url.endswith("/live_updates") for url in asked) <= 2
