"""`mephisto export` of runs in which workers and scripts talked with each other."""

import csv
import json
import tracemalloc

from sqlalchemy import select

from mephisto.model import agents
from mephisto.store import live_updates


def test_what_worker_and_script_said_is_a_column_where_they_did(data, export):
    export()
    with (export.folder / "out.csv").open(encoding="utf-8", newline="") as file:
        assert "live_updates" not in next(csv.reader(file))
    with data.read() as connection:
        first = connection.execute(select(agents.c.id).order_by(agents.c.id).limit(1)).scalar_one()

    def job(connection):
        for name, from_worker in (("=1+1", True), ("yes", False)):
            new = [live_updates.NewUpdate(name, {"update_id": name})]
            live_updates.add(connection, data.ids, first, new, data.now(), from_worker=from_worker)

    data.write(job)
    for name in ("out.csv", "out.jsonl"):
        export(out=name)
    talked, silent = map(
        json.loads, (export.folder / "out.jsonl").read_text(encoding="utf-8").split("\n")[:2]
    )
    said = talked["live_updates"]
    assert [(each["from_worker"], each["data"]) for each in said] == [
        (True, {"update_id": "=1+1"}),
        (False, {"update_id": "yes"}),
    ]
    assert said[0]["sent_at"] <= said[1]["sent_at"]
    assert silent["live_updates"] == []
    with (export.folder / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [json.loads(row["live_updates"]) for row in rows[:2]] == [said, []]
    described = json.loads((export.folder / "out.csv.dictionary.json").read_text(encoding="utf-8"))
    assert "live_updates" in {column["name"] for column in described["columns"]}


def test_however_many_talked_the_talk_of_one_attempt_is_in_memory_at_a_time(data, export):
    with data.read() as connection:
        ids = list(connection.execute(select(agents.c.id)).scalars())

    def talks(agent_id):
        new = [live_updates.NewUpdate(str(number), {"text": "word " * 2_000}) for number in range(40)]
        data.write(
            lambda connection: live_updates.add(
                connection, data.ids, agent_id, new, data.now(), from_worker=True
            )
        )

    def peak():
        tracemalloc.start()
        export(out="out.jsonl")
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    talks(ids[0])
    peak()  # what is imported and compiled the first time
    one = peak()
    for agent_id in ids[1:]:
        talks(agent_id)
    assert peak() < 3 * one
