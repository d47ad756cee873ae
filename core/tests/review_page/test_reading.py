"""What the review lists and shows: pages, filters, answers of every kind, and files that are never pages."""

import pytest

from mephisto.data_model.handed_in import files_of
from mephisto.status import AgentStatus


def names(items):
    return [(item["row"], item["worker"]) for item in items]


def test_the_list_follows_the_rows_of_data(client):
    assert names(client.items()) == [(1, "x"), (1, "y"), (2, "x"), (2, "y"), (3, "x"), (3, "y")]


def test_filters_find_state_run_worker_and_text(client, crowd, terms):
    other = crowd.launch(rows=1, per_row=1)
    crowd.answer(other, "zoë", {"why": 'Ärger "50%" \\ _'})
    first = client.items()[0]["agent"]
    assert client.decide(first).status_code == 200
    assert names(client.items(state="approved")) == [(1, "x")]
    assert names(client.items(run=str(other.run_id))) == [(1, "zoë")]
    assert names(client.items(worker="zo")) == [(1, "zoë")]
    assert names(client.items(text='Ärger "50%" \\ _')) == [(1, "zoë")]
    assert client.items(text="5%0") == []
    assert names(client.items(text="character 2")) == [(2, "x"), (2, "y")]
    assert names(client.items(text="because X", state="completed")) == [(2, "x"), (3, "x")]
    counts = client.get("/api/counts", state="approved", worker="x").json()
    assert counts == {"approved": 1, "completed": 2}


def test_pages_are_read_forwards_and_backwards(client_of, crowd):
    terms = crowd.launch(rows=60, per_row=2)
    for worker in ("x", "y"):
        for _ in range(60):
            crowd.answer(terms, worker)
    client = client_of(terms)
    first = client.get("/api/items").json()
    assert (len(first["items"]), first["more_before"], first["more_after"]) == (50, False, True)
    second = client.get("/api/items", after=first["items"][-1]["agent"]).json()
    third = client.get("/api/items", after=second["items"][-1]["agent"]).json()
    assert (len(third["items"]), third["more_before"], third["more_after"]) == (20, True, False)
    assert client.get("/api/items", before=third["items"][0]["agent"]).json() == second
    back = client.get("/api/items", before=second["items"][0]["agent"]).json()
    assert back == first
    start = client.get("/api/items", start=second["items"][3]["agent"]).json()
    assert start["items"][0] == second["items"][3]
    everything = first["items"] + second["items"] + third["items"]
    assert len({item["agent"] for item in everything}) == 120
    assert client.get("/api/items", after="1", before="2").status_code == 400


def test_answers_of_one_row_stand_side_by_side(client):
    item = client.items()[2]
    found = client.item(item["agent"])
    assert (found["row"], found["agent"], found["inputs"]) == (
        2,
        item["agent"],
        {"character_name": "Character 2"},
    )
    assert [attempt["worker"] for attempt in found["attempts"]] == ["x", "y"]
    assert found["attempts"][0]["worker_counts"] == {"completed": 3}


def test_a_row_with_very_many_answers_shows_a_few(client_of, crowd):
    terms = crowd.launch(rows=1, per_row=9)
    for number in range(9):
        crowd.answer(terms, f"worker {number}")
    client = client_of(terms)
    last = client.items()[-1]
    found = client.item(last["agent"])
    assert len(found["attempts"]) == 6
    assert found["more_beside"] == 3
    assert last["agent"] in {attempt["agent"] for attempt in found["attempts"]}


def test_late_differing_and_partial_answers_are_shown_with_what_they_are(client_of, crowd, terms, told):
    run = crowd.launch(rows=1, per_row=3)
    late, partial, empty = (crowd.claim(run, worker) for worker in ("late", "partial", "empty"))
    crowd.end(late)
    crowd.end(partial, draft={"why": "Not yet"})
    crowd.end(empty, AgentStatus.RETURNED)
    for worker in ("a", "b", "c"):
        held = crowd.claim(run, worker)
        if held is not None and hasattr(held, "token"):
            crowd.send(run, held, {"why": "first"})
            crowd.send(run, held, {"why": "second"}, "another")
    crowd.send(run, late, {"why": "Too late"})
    client = client_of(run)
    by_worker = {item["worker"]: item for item in client.items(run=str(run.run_id))}
    assert by_worker["partial"]["state"] == "partial"
    assert "empty" not in by_worker
    shown = client.item(by_worker["partial"]["agent"])["attempts"]
    of = {attempt["worker"]: attempt for attempt in shown}
    assert of["partial"]["answer"] == {"why": "Not yet"}
    assert by_worker["late"]["state"] == "late"
    assert of["late"]["answer"] == {"why": "Too late"}
    for state in ("late", "partial"):
        refused = client.decide(by_worker[state]["agent"], seen="timeout")
        assert refused.status_code == 409
    counting = [attempt for attempt in shown if attempt["state"] == "completed"]
    for attempt in counting:
        assert attempt["answer"] == {"why": "first"}
        assert [other["answer"] for other in attempt["differing"]] == [{"why": "second"}]


def test_what_worker_and_script_said_stands_beside_the_answer(client, crowd, terms):
    assert client.item(client.items()[0]["agent"])["attempts"][0]["live_updates"] == []
    run = crowd.launch(rows=1, per_row=1)
    crowd.talk(crowd.answer(run, "talker"), "How long?", "As you like.")
    (item,) = client.items(worker="talker")
    (attempt,) = client.item(item["agent"])["attempts"]
    assert [(said["from_worker"], said["data"]["text"]) for said in attempt["live_updates"]] == [
        (True, "How long?"),
        (False, "As you like."),
    ]


@pytest.mark.parametrize(
    ("content_type", "content", "sent_as", "shown"),
    [
        ("image/png", None, "image/png", "image"),
        ("IMAGE/PNG; a=b", None, "image/png", "image"),
        ("audio/mpeg", b"ID3", "audio/mpeg", "sound"),
        ("text/plain", b"<script>alert(1)</script>", "text/plain; charset=utf-8", "text"),
        ("application/json", b"{}", "text/plain; charset=utf-8", "text"),
        ("text/html", b"<script>alert(1)</script>", "application/octet-stream", None),
        ("image/svg+xml", b"<svg/>", "application/octet-stream", None),
        ("application/xhtml+xml", b"<html/>", "application/octet-stream", None),
        ("application/pdf", b"%PDF", "application/octet-stream", None),
        ("", b"?", "application/octet-stream", None),
    ],
)
def test_files_are_shown_safely(client_of, crowd, png, content_type, content, sent_as, shown):
    run = crowd.launch(rows=1, per_row=1)
    crowd.answer(run, "z", files=[("../evil\r\n.html", content_type, png if content is None else content)])
    client = client_of(run)
    (item,) = client.items()
    (file,) = client.item(item["agent"])["attempts"][0]["files"]
    assert file["shown"] == shown
    assert "/" not in file["name"]
    sent = client.get(f"/api/files/{file['id']}")
    assert sent.content == (png if content is None else content)
    assert sent.headers["Content-Type"] == sent_as
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert sent.headers.get("Content-Disposition", "").startswith("attachment") is (shown is None)


def test_files_and_answers_of_other_tasks_are_not_here(client, crowd):
    other = crowd.launch(rows=1, per_row=1, task="another")
    held = crowd.answer(other, "z", files=[("a.txt", "text/plain", b"a")])
    (file,) = files_of(crowd.db, held.agent_id)
    assert client.get(f"/api/files/{file.about.id}").status_code == 404
    assert client.get(f"/api/items/{held.agent_id}").status_code == 404
    assert client.decide(str(held.agent_id)).status_code == 404
    assert client.get(f"/api/items/{'9' * 30}").status_code == 404


def test_a_run_whose_site_is_gone_is_reviewed_without_its_page(client_of, crowd):
    run = crowd.launch(rows=1, per_row=1)
    crowd.answer(run, "z")
    client = client_of(run)
    (item,) = client.items()
    assert client.item(item["agent"])["attempts"][0]["page"] is None


def test_a_unit_beside_the_data_is_told_apart_from_rows(client_of, crowd):
    terms = crowd.launch(rows=1)
    crowd.answer(terms, "x")
    crowd.send(terms, crowd.screen(terms, "y", {"example": "An example"}), {"rating": "good"})
    client = client_of(terms)
    assert [(item["row"], item["kind"], item["worker"]) for item in client.items()] == [
        (1, "standard", "x"),
        (None, "screening", "y"),
    ]
    shown = client.item(client.items()[1]["agent"])
    assert (shown["row"], shown["kind"], shown["inputs"]) == (None, "screening", {"example": "An example"})
    assert client.decide(client.items()[1]["agent"]).status_code == 200
