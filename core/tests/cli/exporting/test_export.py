"""`mephisto export`: what is written is what came in, whatever it holds, and is there whole or not at all."""

import csv
import json
import os
import shlex
import sys
from pathlib import Path

import pytest
from benchmarks.read_back import TASK
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, update

from exported_answers import OUTPUTS
from mephisto.cli import cli
from mephisto.model import agents, drafts, submissions, uploads
from mephisto.review import flattening
from mephisto.review.pseudonyms import Pseudonyms


def jsonl(text):
    return [json.loads(line) for line in text.splitlines()]


def read_csv(path):
    """Read an export back by its dictionary and the stated rule."""
    described = json.loads(Path(f"{path}.dictionary.json").read_text(encoding="utf-8"))
    types = {column["name"]: set(column.get("types", {"text": 1})) for column in described["columns"]}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {
                name: flattening.read_cell(text, is_text=types[name] <= {"text", "null"})
                for name, text in row.items()
            }


def test_json_is_what_came_in(export):
    export("--format", "json", out="out.json")
    export("--format", "jsonl", out="out.jsonl")
    array = json.loads((export.folder / "out.json").read_text(encoding="utf-8"))
    # Lines end with \n only: U+2028 in a text is none.
    lines = (export.folder / "out.jsonl").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    assert [row["outputs"] for row in array] == OUTPUTS
    assert [json.loads(line) for line in lines] == array


def test_csv_read_back_by_its_rule_is_what_came_in(export):
    export()
    read = list(read_csv(export.folder / "out.csv"))
    expected = [dict(flattening.flat("outputs", outputs)) for outputs in OUTPUTS]
    for row, wanted in zip(read, expected, strict=True):
        got = {
            name: value for name, value in row.items() if name.startswith("outputs.") and value is not None
        }
        # An empty cell is nothing, null, or empty text.
        assert got == {name: value for name, value in wanted.items() if value is not None and value != ""}
    assert read[0]["outputs.deep.er.x"] == [1, {"y": None}]
    assert (read[1]["outputs.a\\.b"], read[1]["outputs.a.b"]) == ("dot", "path")
    assert read[2]["outputs.text"] == "true"


def test_no_cell_is_a_formula(export):
    export()
    with (export.folder / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for name, text in row.items():
            is_number = name.startswith("outputs.number")
            assert is_number or not text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")), name
    assert rows[4]["outputs.text"] == "'=1+1"


def test_the_dictionary_says_what_there_is(export):
    export()
    described = json.loads((export.folder / "out.csv.dictionary.json").read_text(encoding="utf-8"))
    columns = {column["name"]: column for column in described["columns"]}
    assert described["rows"] == len(OUTPUTS)
    assert "an apostrophe gets an apostrophe before it" in described["cells"]
    assert columns["outputs.number"]["types"] == {"whole number": 2, "number": 1}
    assert (columns["outputs.number"]["least"], columns["outputs.number"]["greatest"]) == (-3, 1.5)
    assert columns["outputs.on"]["types"] == {"true or false": 2}
    assert columns["outputs.on"]["missing"] == len(OUTPUTS) - 2
    assert all(column["meaning"] for column in described["columns"])
    with (export.folder / "out.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == [column["name"] for column in described["columns"]]


def test_pseudonyms_are_the_same_in_each_export_and_tell_nobody(export, data):
    export("--pseudonyms", out="one.jsonl")
    export("--pseudonyms", out="two.jsonl")
    one, two = (
        jsonl((export.folder / name).read_text("utf-8").replace("\u2028", ""))
        for name in ("one.jsonl", "two.jsonl")
    )
    assert [row["worker"] for row in one] == [row["worker"] for row in two]
    assert len({row["worker"] for row in one}) == len(OUTPUTS)
    assert "worker 0" not in json.dumps(one)
    assert "receipt_code" not in one[0]
    assert one[0]["worker"] == Pseudonyms(data.directory).of("mock", "worker 0")
    if os.name == "posix":
        assert (data.directory / "pseudonyms.key").stat().st_mode & 0o777 == 0o600


def kinds_of(done):
    return [(row["submission"], row["status"]) for row in jsonl(done.stdout.replace("\u2028", ""))]


def test_what_is_late_twice_or_partial_is_left_out_unless_it_is_asked_for(export, data):
    def job(connection):
        ids = connection.execute(select(agents.c.id).order_by(agents.c.id)).scalars().all()
        connection.execute(update(agents).where(agents.c.id == ids[0]).values(status="timeout"))
        connection.execute(update(submissions).where(submissions.c.agent_id == ids[0]).values(kind="late"))
        connection.execute(update(agents).where(agents.c.id == ids[1]).values(status="approved"))
        row = {"id": 1, "agent_id": ids[1], "submission_id": "b", "kind": "duplicate", "receipt_code": "B"}
        connection.execute(insert(submissions).values(**row, data={}, digest="", received_at=0))
        connection.execute(update(agents).where(agents.c.id == ids[2]).values(status="timeout"))
        connection.execute(delete(submissions).where(submissions.c.agent_id == ids[2]))
        connection.execute(
            insert(drafts).values(id=1, agent_id=ids[2], data={"x": 1}, saved_at=0, partial_at=1)
        )

    data.write(job)
    printed = ("--format", "jsonl")
    assert len(kinds_of(export(*printed, out="-"))) == len(OUTPUTS) - 2
    assert kinds_of(export(*printed, "--status", "late", out="-")) == [("late", "timeout")]
    assert kinds_of(export(*printed, "--status", "accepted", out="-")) == [("answer", "approved")]
    assert [kind for kind, _ in kinds_of(export(*printed, "--status", "duplicate", out="-"))] == ["duplicate"]
    assert [kind for kind, _ in kinds_of(export(*printed, "--status", "partial", out="-"))] == ["partial"]
    assert len(kinds_of(export(*printed, "--status", "all", out="-"))) == len(OUTPUTS) + 1


def test_files_are_copied_beside_it_and_named_by_relative_paths(export, data):
    with data.read() as connection:
        row = connection.execute(select(submissions).order_by(submissions.c.id)).first()
    (data.directory / "files").mkdir()
    for number in (1, 2):
        (data.directory / "files" / str(number)).write_text(f"content {number}")
        file = {
            "id": number,
            "agent_id": row.agent_id,
            "submission_id": row.id,
            "field": "f",
            "name": "..\\a.txt",
            "content_type": "",
            "size": 9,
            "sha256": "",
            "path": f"files/{number}",
            "received_at": 0,
        }
        data.write(lambda connection, file=file: connection.execute(insert(uploads).values(file)))
    export(out="plain.jsonl")
    export("--files", out="with.jsonl")
    first = json.loads((export.folder / "plain.jsonl").read_text("utf-8").split("\n")[0])
    assert first["files"] == ["files/1", "files/2"]
    first = json.loads((export.folder / "with.jsonl").read_text("utf-8").split("\n")[0])
    assert [(export.folder / path).read_text() for path in first["files"]] == ["content 1", "content 2"]
    assert all(path.startswith("with.jsonl.files/") for path in first["files"])


def test_an_export_that_fails_leaves_what_was_there(export, data):
    export(out="out.csv")
    before = (export.folder / "out.csv").read_bytes()
    data.write(
        lambda each: each.exec_driver_sql(
            "UPDATE submission SET data = '{' WHERE id = (SELECT max(id) FROM submission)"
        )
    )
    done = CliRunner().invoke(cli, ["export", TASK, "--out", str(export.folder / "out.csv")])
    assert done.exit_code != 0
    assert (export.folder / "out.csv").read_bytes() == before
    assert sorted(path.name for path in export.folder.iterdir()) == [
        "data",
        "out.csv",
        "out.csv.dictionary.json",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="has no such modes")
def test_who_may_read_other_files_here_may_read_it(export):
    export(out="out.csv")
    other = export.folder / "other.txt"
    other.touch()
    for name in ("out.csv", "out.csv.dictionary.json"):
        assert (export.folder / name).stat().st_mode == other.stat().st_mode


def test_mistakes_are_named(export):
    assert "--files copies them" in export("--files", out="-", exit_status=2).output
    assert "There is no folder" in export(out="nowhere/out.csv", exit_status=2).output
    unknown = CliRunner().invoke(cli, ["export", "read bakc", "--out", "-"])
    assert "Did you mean" in unknown.output


@pytest.mark.parametrize("name", ["q.xlsx", "q.txt"])
def test_a_format_that_there_is_not_is_refused_with_those_there_are(export, name):
    told = export(out=name, exit_status=2).output
    assert "Formats: csv, json, jsonl." in told
    assert "q.csv" in told
    assert not (export.folder / name).exists()
    export("--format", "csv", out=name)
    assert (export.folder / name).read_text("utf-8").startswith("run_id,")


def test_csv_is_known_by_its_ending_and_has_a_mark_only_if_it_is_for_excel(export):
    export(out="plain.CSV")
    export("--excel", out="marked.csv")
    plain, marked = ((export.folder / name).read_bytes() for name in ("plain.CSV", "marked.csv"))
    assert plain.startswith(b"run_id,")
    assert marked == b"\xef\xbb\xbf" + plain
    assert "--excel is for CSV" in export("--excel", out="q.jsonl", exit_status=2).output


def test_an_answer_that_comes_meanwhile_is_not_in_it(export, data, monkeypatch):
    """Columns are looked at first and rows are written then, both as they were at one moment."""
    looked = flattening.flat
    added = []

    def add_one(prefix, value):
        if not added:
            added.append(True)
            new = {"id": 5, "agent_id": db_agent, "submission_id": "n", "receipt_code": "N", "digest": ""}
            data.write(
                lambda each: each.execute(insert(submissions).values(**new, data={"new": 1}, received_at=0))
            )
        return looked(prefix, value)

    with data.read() as connection:
        db_agent = connection.execute(select(agents.c.id)).scalars().first()
    monkeypatch.setattr(flattening, "flat", add_one)
    export()
    assert "outputs.new" not in (export.folder / "out.csv").read_text("utf-8")


def test_its_examples_run(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = CliRunner().invoke(cli, ["export", "-h"]).stdout.partition("Examples:")[2]
    examples = shown.replace("my-task", f"'{TASK}'").strip().splitlines()
    assert len(examples) == 4
    for example in examples:
        done = CliRunner().invoke(cli, shlex.split(example)[1:])
        assert done.exit_code == 0, done.output
    assert {"answers.csv", "answers.jsonl", "a.csv"} <= {path.name for path in tmp_path.iterdir()}
