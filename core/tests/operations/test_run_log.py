"""The log file of a run takes nothing away from what a script's author sees."""

import subprocess
import sys
import textwrap

import pytest

LOOK = """
    import logging, pathlib, sys
    from mephisto.operations.run_log import run_log
    folder, logger = pathlib.Path(sys.argv[1]), logging.getLogger("mephisto.operations")
    {configured}
    with run_log(folder / "second") as second:
        with run_log(folder / "first") as first:
            logger.error("two runs")
        logger.warning("one run")
        logging.getLogger().setLevel(logging.INFO)
        logger.info("quiet")
    print(first.read_text(), second.read_text())
"""


def seen(folder, configured):
    """Run a script that logs while it has two runs, then one; return what it shows and what is in its log files."""
    code = textwrap.dedent(LOOK.format(configured=configured))
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=40, check=True
    )
    return done.stderr, done.stdout


def test_a_script_that_configures_no_logging_sees_warnings_once_however_many_runs_it_has(tmp_path):
    shown, kept = seen(tmp_path, "")
    assert shown == "two runs\none run\n"
    assert (kept.count("two runs"), kept.count("one run"), kept.count("quiet")) == (2, 1, 1)


@pytest.mark.parametrize(
    ("configured", "wanted"),
    [
        ("logging.basicConfig(format='I %(message)s')", "I two runs\nI one run\nI quiet\n"),
        ("logging.getLogger('mephisto').addHandler(logging.NullHandler())", ""),
    ],
)
def test_a_script_that_configures_logging_sees_what_it_asked_for_and_nothing_twice(
    tmp_path, configured, wanted
):
    shown, kept = seen(tmp_path, configured)
    assert (shown, kept.count("one run")) == (wanted, 1)
