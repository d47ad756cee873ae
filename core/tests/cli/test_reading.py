"""Commands that look at what is stored: without a database, with one, and while its run lives in another process."""

import json
import os
import platform

import psutil
import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select, update

from mephisto.cli import cli
from mephisto.instants import SECOND
from mephisto.model import processes, refusals, requesters, task_runs, tasks, workers
from mephisto.status import RunStatus
from mephisto.store import Store

READERS = ["runs", "run latest", "tasks", "requesters"]
HOUR = 3600 * SECOND


class Data:
    """A data directory with runs in it, made row by row."""

    def __init__(self, directory):
        self.directory = directory
        self.store = Store(directory)
        self.started = int(psutil.Process().create_time() * SECOND)
        self.write(requesters, id=1, provider="mock", name="ME", created_at=0)
        self.write(workers, id=1, provider="mock", name="x", created_at=0)
        self.write(tasks, id=1, name="rating", blueprint="static_task", created_at=0)
        for number, process in ((1, os.getpid()), (2, 2**22 + 1)):  # the second number is nobody's
            row = {"host": platform.node(), "number": process, "started_at": self.started}
            self.write(processes, id=number, heartbeat_at=self.store.now(), **row)

    def write(self, table, **values):
        self.store.write(lambda connection: connection.execute(insert(table).values(values)))

    def run(self, run_id, status=RunStatus.LIVE, process=1, **values):
        now = self.store.now()
        row = {
            "blueprint": "static_task",
            "architect": "local",
            "provider": "mock",
            "config": {},
            "url": "http://localhost:3000",
            "script": "",
            "script_hash": "",
            "arguments": [],
            "working_directory": "",
            "launch_number": 1,
            "source_ended": True,
            "created_at": now - HOUR,
            "alive_until": now,
        }
        ids = {"id": run_id, "task_id": 1, "requester_id": 1, "process_id": process}
        self.write(task_runs, **(row | ids | {"status": status} | values))


@pytest.fixture
def data(tmp_path):
    made = Data(tmp_path / "data")
    yield made
    made.store.close()


@pytest.fixture
def mephisto(tmp_path):
    def run(words, **variables):
        environment = {"MEPHISTO_CONFIG_DIR": str(tmp_path), "MEPHISTO_DATA_DIR": str(tmp_path / "data")}
        return CliRunner().invoke(cli, words.split(), env=environment | {"COLUMNS": "140"} | variables)

    return run


@pytest.mark.parametrize("words", READERS)
def test_where_there_is_no_database_a_calm_sentence_says_so_and_none_is_made(mephisto, words, tmp_path):
    result = mephisto(words)
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"there is no {tmp_path / 'data' / 'mephisto.db'}" in result.stdout
    assert json.loads(mephisto(f"{words} --json").stdout) in ([], None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", READERS)
def test_a_file_that_is_not_ours_is_refused_and_kept(mephisto, words, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mephisto.db").write_text("mine")
    result = mephisto(words)
    assert result.exit_code == 1
    assert "is not a database" in result.stderr
    assert (tmp_path / "data" / "mephisto.db").read_text() == "mine"


@pytest.mark.parametrize("words", READERS)
def test_looking_writes_nothing(mephisto, words, data):
    data.run(10)
    data.store.close()
    before = {path.name: path.read_bytes() for path in data.directory.iterdir()}
    assert mephisto(words).exit_code == 0
    assert {path.name: path.read_bytes() for path in data.directory.iterdir()} == before


@pytest.mark.skipif(os.name != "posix", reason="rights are another matter there")
@pytest.mark.parametrize("words", [*READERS, "workers", "export rating --out - --format json"])
def test_who_may_only_read_can_look(mephisto, words, data, as_nobody):
    data.run(10, RunStatus.ENDED)
    data.store.close()
    seen = mephisto(words).stdout
    assert seen
    data.directory.chmod(0o555)
    before = sorted(data.directory.iterdir())
    try:
        result = as_nobody(lambda: mephisto(words))
    finally:
        data.directory.chmod(0o755)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == seen
    assert sorted(data.directory.iterdir()) == before


@pytest.mark.skipif(os.name != "posix", reason="rights are another matter there")
def test_pseudonyms_need_a_key_that_somebody_may_make(mephisto, data, as_nobody):
    data.run(10, RunStatus.ENDED)
    data.store.close()
    mephisto("export rating --out - --format json")
    data.directory.chmod(0o555)
    try:
        result = as_nobody(lambda: mephisto("export rating --out - --pseudonyms"))
    finally:
        data.directory.chmod(0o755)
    assert result.exit_code == 1
    assert "can be neither read nor made" in result.stderr
    assert "Permission denied" in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="rights are another matter there")
@pytest.mark.parametrize("may_read_the_log", [True, False])
def test_who_may_only_read_sees_what_a_live_run_wrote_last_or_is_told_why_not(
    mephisto, data, as_nobody, may_read_the_log
):
    """To take the file alone for all there is would show a run as it was some time ago."""
    data.run(10)
    mephisto("runs")
    log = data.directory / "mephisto.db-wal"
    assert log.stat().st_size
    log.chmod(0o644 if may_read_the_log else 0o000)
    data.directory.chmod(0o555)
    try:
        result = as_nobody(lambda: mephisto("runs --json"))
    finally:
        data.directory.chmod(0o755)
        log.chmod(0o644)
    if may_read_the_log:
        assert [run["id"] for run in json.loads(result.stdout)] == ["10"]
    else:
        assert result.exit_code == 1
        assert "cannot be read whole" in result.stderr
        assert "mephisto.db-wal beside it" in result.stderr
        assert "rights" in result.stderr


def test_runs_are_listed_newest_first_of_all_tasks_or_one(mephisto, data):
    now = data.store.now()
    for number in range(3):
        data.run(10 + number, RunStatus.ENDED, created_at=now + number)
    assert [run["id"] for run in json.loads(mephisto("runs --json").stdout)] == ["12", "11", "10"]
    assert [run["id"] for run in json.loads(mephisto("runs --json --last 1").stdout)] == ["12"]
    assert len(json.loads(mephisto("runs --json --task rating").stdout)) == 3
    refused = mephisto("runs --task ratin")
    assert refused.exit_code == 1
    assert "There is no task 'ratin'. Did you mean 'rating'?" in refused.stderr
    assert "There are older ones" in mephisto("runs --last 2").stdout
    assert "There are older ones" not in mephisto("runs").stdout


def test_a_run_whose_process_is_gone_has_died_whatever_its_row_says(mephisto, data):
    data.run(10, process=1)
    data.run(11, process=2)
    assert {run["id"]: run["status"] for run in json.loads(mephisto("runs --json").stdout)} == {
        "10": "live",
        "11": "died",
    }
    assert f"Its process, {2**22 + 1} on" in mephisto("run 11").stdout
    with data.store.read() as connection:
        assert set(connection.execute(select(task_runs.c.status)).scalars()) == {"live"}


def test_a_run_is_shown_with_all_that_one_asks_from_outside(mephisto, data):
    data.run(10)
    now = data.store.now()
    data.write(
        refusals, id=1, task_run_id=10, reason="blocked", worker="x", times=3, first_at=now, last_at=now
    )
    log = data.directory / "runs" / "10" / "run.log"
    log.parent.mkdir(parents=True)
    lines = [f"[2026-01-02 03:04:05,678][mephisto.x][INFO] - line {number}" for number in range(12)]
    log.write_text("\n".join([*lines, "[2026-01-02 03:04:06,000][mephisto.x][WARNING] - careful", "plain"]))
    shown = mephisto("run 10").stdout
    for part in [
        'Run 10 of "rating"',
        "Status     live; launched",
        "Units      0 done, 0 at work, 0 left",
        "Refused    1 worker: blocked",
        "Waiting    1 worker was refused in the last 10 min: blocked.",
        "Address    http://localhost:3000",
        f"Answers    {data.directory / 'mephisto.db'}",
        f"Log        {log}",
        "03:04:05  line 4\n",
        "03:04:06  WARNING: careful\nplain",
    ]:
        assert part in shown, part
    assert "line 3" not in shown
    told = json.loads(mephisto("run 10 --json").stdout)
    assert (told["id"], told["status"], told["refused_workers"]) == ("10", "live", {"blocked": 1})
    assert told["log_lines"][-1] == "plain"


def test_the_rate_of_a_run_that_has_just_begun_is_not_called_none(mephisto, data):
    data.run(10, created_at=data.store.now())
    assert "Rate       told from the second minute on" in mephisto("run 10").stdout
    data.run(11)
    assert "Rate       no unit of the data done in the last 5 minutes" in mephisto("run 11").stdout


@pytest.mark.parametrize("word", ["1234567", "latest", "123"])
def test_a_run_is_named_by_its_id_as_latest_or_by_its_first_digits(mephisto, data, word):
    data.run(555, RunStatus.ENDED, created_at=1)
    data.run(1234567)
    assert 'Run 1234567 of "rating"' in mephisto(f"run {word}").stdout


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("12", ["2 runs begin with 12.", "They are 1234, 1299.", "Write more digits."]),
        ("99", ["There is no run '99'.", "'mephisto runs' lists them."]),
        ("x%", ["There is no run 'x%'."]),
    ],
)
def test_what_names_no_run_or_several_is_answered_with_how_to_name_one(mephisto, data, word, parts):
    data.run(1234)
    data.run(1299)
    result = mephisto(f"run {word}")
    assert result.exit_code == 1
    for part in parts:
        assert part in result.stderr


def test_an_id_that_others_begin_with_is_still_that_one(mephisto, data):
    data.run(12)
    data.run(123)
    assert 'Run 12 of "rating"' in mephisto("run 12").stdout


def test_watching_ends_when_the_run_has_ended_and_tells_each_change_once(mephisto, data, monkeypatch):
    data.run(10)
    looks = []

    def end(_):
        looks.append(True)
        if len(looks) == 2:
            ended = update(task_runs).values(status="ended", ended_at=data.store.now())
            data.store.write(lambda connection: connection.execute(ended))

    monkeypatch.setattr("mephisto.cli.watching.time.sleep", end)
    result = mephisto("run 10 --watch")
    assert result.exit_code == 0
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == ["live", "ended"]


def test_leaving_a_watch_leaves_the_run_alone(mephisto, data, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    data.run(10)
    monkeypatch.setattr("mephisto.cli.watching.time.sleep", interrupt)
    result = mephisto("run 10 --watch")
    assert (result.exit_code, result.stderr) == (0, "The run goes on.\n")


@pytest.mark.parametrize("columns", ["60", "80", "140"])
@pytest.mark.parametrize("words", ["runs", "tasks", "requesters"])
def test_tables_fit_the_terminal(mephisto, data, words, columns):
    data.run(2**62)
    shown = mephisto(words, COLUMNS=columns).stdout
    assert max(map(len, shown.splitlines())) <= int(columns)


def test_tasks_and_accounts_are_listed(mephisto, data):
    data.run(10)
    (task,) = json.loads(mephisto("tasks --json").stdout)
    assert (task["name"], task["runs"], task["units"]) == ("rating", 1, 0)
    (account,) = json.loads(mephisto("requesters --json").stdout)
    assert (account["provider_type"], account["requester_name"]) == ("mock", "ME")
