"""The example's review script, as the tutorial drives it: a real process, and lines that are piped in."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select as select_rows

from mephisto.model import decisions
from mephisto.tools.data_browser import DataBrowser
from mephisto.tools.examine_utils import print_results, run_examine_by_worker
from mephisto.tools.review_session import QUESTION

TASK = "html-static-task-example"
EXAMPLE = Path(__file__).parents[3] / "examples" / "simple_static_task" / "examine_results.py"

TO_REVIEW = ("r", TASK, "", "", "")


def statuses(db):
    """The units' statuses, x's first."""
    listed = sorted(db.find_units(), key=lambda unit: (unit.worker_id, unit.db_id))
    return [unit.db_status for unit in listed]


def test_the_tutorials_review_reads_to_the_letter(finished, examine):
    done = examine(*TO_REVIEW, "a", "a", "a", "a")
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.startswith(
        "Do you want to (r)eview, or (e)xamine data? Default examine. "
        "Can put e <end> or e <start> <end> to choose how many to view\n"
        ">> Input task name: "
        "If you'd like to soft-block workers, you'll need a block qualification. Leave blank otherwise.\n"
        "Enter block qualification: "
        "If you'd like to qualify high-quality workers, you'll need an approve qualification. "
        "Leave blank otherwise.\n"
        "Enter approve qualification: "
        "Starting review with following params:\n"
        "Task name: html-static-task-example\n"
        "Blocking qualification: None\n"
        "Approve qualification: None\n"
        "Press enter to continue... "
    )
    first = done.stdout[done.stdout.index("Reviewing") :].splitlines()
    assert first[0] == "Reviewing for worker x, (1/2), Previous (First time worker!) (total remaining: 4)"
    assert first[1:3] == ["-------------------", "Worker: x"]
    assert re.fullmatch(r"Unit: \d+", first[3])
    assert re.fullmatch(r"Duration: \d+", first[4])
    assert first[5:10] == [
        "Status: completed",
        "Character: Loaded Character 1",
        "Description: I'm a character loaded from Mephisto!",
        "   Rating: passable",
        "   Files: []",
    ]
    assert first[10].startswith("   File directory ")
    headers = re.findall(r"Reviewing for worker (.), \((./.)\).*remaining: (.)\)", done.stdout)
    assert headers == [("x", "1/2", "4"), ("x", "2/2", "3"), ("y", "1/2", "2"), ("y", "2/2", "1")]
    assert statuses(finished) == ["accepted"] * 4


def test_what_cannot_be_stored_is_asked_for_again_and_ends_no_review(finished, examine):
    named = ("r", TASK, "", "go\0od", "good", "")
    done = examine(*named, "V", "--5", "9" * 30, "", "-5", "R", "a\0b", "no words", "n")
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.count("It holds a NUL character. Enter it anew.") == 2
    assert done.stdout.count("Assign integer value for good: ") == 4
    assert [granted.value for granted in finished.find_granted_qualifications()] == [-5]
    assert statuses(finished) == ["accepted", "accepted", "rejected", "rejected"]


def test_a_r_and_p_become_decisions_with_who_when_why_and_what_it_was(finished, examine):
    done = examine(*TO_REVIEW, "a", "r", "no words", "n", "p", "x", "a")
    assert "Decision must be one of a, p, r. Use CAPS to apply to all remaining for worker: " in done.stdout
    assert statuses(finished) == ["accepted", "rejected", "soft_rejected", "accepted"]
    with finished.store.read() as connection:
        rows = connection.execute(select_rows(decisions).order_by(decisions.c.id)).all()
    assert [(row.before, row.status, row.reason) for row in rows] == [
        ("completed", "approved", ""),
        ("completed", "rejected", "no words"),
        ("completed", "soft_rejected", ""),
        ("completed", "approved", ""),
    ]
    assert all(row.reviewer and row.created_at for row in rows)


def test_a_capital_decides_about_all_of_the_worker(finished, examine):
    done = examine(*TO_REVIEW, "A", "P")
    assert "Accepted 2 units of worker x." in done.stdout
    assert statuses(finished) == ["accepted"] * 2 + ["soft_rejected"] * 2
    assert done.stdout.count("Reviewing for worker") == 2


def test_a_capital_leaves_what_was_decided_meanwhile_as_it_is(finished, monkeypatch, capsys):
    answers = iter(["", "P", "u", "A", "q"])
    first = finished.find_agents()[0]

    def answer(question=""):
        given = next(answers)
        if given == "A":  # somebody else decides while this one thinks
            first.reject_work("copied")
        return given

    monkeypatch.setattr("builtins.input", answer)
    run_examine_by_worker(finished, str, TASK, "", "")
    said = capsys.readouterr().out
    assert "Passed 2 units of worker x." in said
    assert "Taken back: 2 of 2 units of worker x." in said
    assert "Decided meanwhile: 1 unit of worker x; what was decided stays." in said
    assert "Accepted 1 unit of worker x." in said
    assert statuses(finished) == ["rejected", "accepted", "completed", "completed"]


def test_u_takes_the_last_decision_back_with_all_it_did(finished, examine):
    done = examine(*TO_REVIEW, "A", "u", "r", "bad", "n", "p", "q")
    assert "\nEach decision is saved at once. Enter u to take back the last one, q to leave.\n" in (
        "\n" + done.stdout.replace("continue... ", "continue... \n")
    )
    assert "Taken back: 2 of 2 units of worker x." in done.stdout
    assert statuses(finished) == ["rejected", "soft_rejected", "completed", "completed"]


@pytest.mark.parametrize("leaving", [("q",), ()], ids=["q", "end of input"])
def test_leaving_in_the_middle_keeps_what_was_decided(finished, examine, leaving):
    done = examine(*TO_REVIEW, "a", *leaving)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Left with 3 units to review. What was decided is kept." in done.stdout
    assert statuses(finished) == ["accepted"] + ["completed"] * 3
    again = examine(*TO_REVIEW, "P", "q")
    assert "worker y, (1/2), Previous (First time worker!) (total remaining: 3)" in again.stdout
    assert "worker x, (1/1), Previous (1 | 0(0) / 1) (total remaining: 1)" in again.stdout


def test_qualifications_are_granted_as_asked_and_taken_back_with_the_decision(finished, examine):
    named = ("r", TASK, "blocked", "approved", "")
    done = examine(*named, "A", "y", "p", "y", "u", "P", "n")
    assert "Do you want to approve qualify this worker? (y)es/(n)o: " in done.stdout
    assert "Do you want to soft block this worker? (y)es/(n)o: " in done.stdout
    x, y = finished.find_workers()
    assert x.is_qualified("approved")
    assert not y.is_qualified("blocked")
    assert statuses(finished)[2:] == ["soft_rejected"] * 2


def test_a_hard_block_is_kept_and_taken_back_with_the_decision(finished, examine):
    done = examine(*TO_REVIEW, "r", "bad", "y", "a bot", "q")
    assert "Why permanently block this worker? " in done.stdout
    x, _ = finished.find_workers()
    assert x.is_blocked()
    assert statuses(finished)[0] == "rejected"
    x.unblock_worker("no bot")
    examine(*TO_REVIEW, "r", "bad", "y", "a bot", "u", "q")
    assert not x.is_blocked()


def test_e_prints_the_newest_first_and_as_many_as_are_asked_for(finished, examine):
    everything = examine("e", TASK)
    assert everything.stdout.count("Worker: ") == 4
    assert re.findall(r"Worker: (.)", everything.stdout) == ["y", "x", "y", "x"]
    assert examine("", TASK).stdout == everything.stdout
    assert examine("e 1", TASK).stdout.count("Worker: ") == 1
    assert examine("e 1 3", TASK).stdout.count("Worker: ") == 2


def test_an_unknown_task_is_asked_for_again_with_the_known_names(finished, examine):
    done = examine("e", "nothing like it", TASK)
    assert f"No task found under name nothing like it. Known are: {TASK}." in done.stdout
    assert done.stdout.count("Worker: ") == 4


def test_files_lie_in_the_folder_that_is_shown(db, crowd, examine):
    crowd.answer(crowd.launch(rows=1, per_row=1), "x", files=[("../../sketch.txt", "text/plain", b"a hat")])
    shown = examine("e", TASK).stdout
    assert "   Files: ['sketch.txt']\n" in shown
    (sketch,) = Path(re.search(r"File directory (.*)\n", shown)[1]).iterdir()
    assert sketch.name == "sketch.txt"
    assert sketch.read_bytes() == b"a hat"


def test_what_a_worker_wrote_cannot_steer_the_terminal(db, crowd, examine):
    crowd.answer(crowd.launch(rows=1, per_row=1), "x", {"rating": "\x1b]0;title\x07\udc80 ü"})
    done = examine("e", TASK)
    assert done.returncode == 0
    assert "   Rating: \\x1b]0;title\\x07\\udc80 ü\n" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo terminals")
def test_ctrl_c_in_a_terminal_leaves_calmly(finished, terminal):
    begin(terminal, "a")
    terminal.read_until("(total remaining: 3)")
    terminal.read_until("(p)ass: ")
    time.sleep(0.5)  # a signal between the prompt and the reading of the line is seen only with the next key
    terminal.process.send_signal(signal.SIGINT)
    terminal.read_until("Left with 3 units to review. What was decided is kept.")
    assert terminal.process.wait(30) == 0
    assert "Traceback" not in terminal.seen
    assert statuses(finished) == ["accepted"] + ["completed"] * 3


@pytest.fixture(params=["strict", "surrogateescape"])
def read_as_text(request, monkeypatch):
    """Let Python read what is entered as it does in one language's environment, or in another's."""
    monkeypatch.setenv("PYTHONIOENCODING", f"utf-8:{request.param}")


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo terminals")
@pytest.mark.usefixtures("read_as_text")
def test_what_a_terminal_of_another_encoding_sends_is_asked_for_again(finished, request):
    terminal = request.getfixturevalue("terminal")
    begin(terminal, "r")
    terminal.read_until("rejecting this work? ")
    terminal.enter("not a caf\udce9")
    terminal.read_until("Enter it anew.")
    terminal.read_until("rejecting this work? ")
    terminal.enter("no coffee")
    terminal.read_until("(y)es/(n)o: ")
    terminal.enter("n")
    terminal.read_until(QUESTION)
    assert statuses(finished) == ["rejected"] + ["completed"] * 3


def begin(terminal, *decisions):
    """Enter what leads to the review, and decisions."""
    for asked, line in (
        (">> ", "r"),
        ("Input task name: ", TASK),
        ("block qualification: ", ""),
        ("approve qualification: ", ""),
        ("continue... ", ""),
        *((QUESTION, decision) for decision in decisions),
    ):
        terminal.read_until(asked)
        terminal.enter(line)


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo terminals")
def test_the_very_last_decision_is_taken_back_in_a_moment_before_leaving(finished, terminal):
    begin(terminal, "a", "a", "P")
    terminal.read_until("\nThat was the last unit. Enter u within 10 seconds to take back the decision;")
    terminal.enter("u")
    terminal.read_until("Taken back: 2 of 2 units of worker y.")
    assert statuses(finished) == ["accepted"] * 2 + ["completed"] * 2
    terminal.read_until(QUESTION)
    terminal.enter("A")
    terminal.read_until("leaves at once.")
    terminal.enter("")
    assert terminal.process.wait(5) == 0
    assert statuses(finished) == ["accepted"] * 4


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo terminals")
@pytest.mark.parametrize("terminal", [1], indirect=True)
def test_a_review_closes_by_itself_after_the_last_decision(finished, terminal):
    begin(terminal, "A", "A")
    terminal.read_until("That was the last unit.")
    assert terminal.process.wait(30) == 0
    assert statuses(finished) == ["accepted"] * 4


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo terminals")
def test_one_decision_too_many_does_not_end_the_moment(finished, terminal):
    begin(terminal, "A", "A")
    terminal.read_until("leaves at once.")
    terminal.enter("a")
    terminal.read_until("That was the last unit. Enter u within 10 seconds")
    terminal.enter("u")
    terminal.read_until("Taken back: 2 of 2 units of worker y.")
    assert statuses(finished) == ["accepted"] * 2 + ["completed"] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo terminals")
def test_the_last_moment_is_announced_where_the_output_is_piped_on(piped):
    begin(piped, "A", "A")
    piped.read_until("That was the last unit.")


@pytest.mark.skipif(sys.platform == "win32", reason="has no head")
def test_who_has_seen_enough_sees_no_traceback(finished):
    lines = f"e\n{TASK}\n"
    script = f"{shlex.quote(sys.executable)} {shlex.quote(str(EXAMPLE))} | head -n 1"
    environment = os.environ | {"MEPHISTO_DATA_DIR": str(finished.store.directory), "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        input=lines,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        env=environment,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_slice_is_printed_of_whatever_the_function_returns(finished, capsys):
    names = [data["worker_name"] for data in DataBrowser(finished).iterate_data_for_task_name(TASK)][::-1]
    print_results(finished, TASK, lambda data: {"worker": data["worker_name"]}, start=1, end=3)
    assert capsys.readouterr().out.splitlines() == [str({"worker": name}) for name in names[1:3]]
    print_results(finished, TASK, lambda data: data["worker_name"], start=-1)
    assert capsys.readouterr().out.splitlines() == names[-1:]
    print_results(finished, TASK, lambda _: None)
    assert not capsys.readouterr().out
