"""Tokens, files and settings that nobody is shown; headers that keep pages apart."""

import pytest

from mephisto.model import agents, assignments, decisions, events, submissions, units, uploads, workers

EXPORTED = (assignments, decisions, events, submissions, units, uploads, workers)


def whole_life(people):
    """Let both work, fail, upload, be refused and hand in."""
    site = people.site
    token = people.worker["agent_id"]
    site.post("/log_error", {"USED_AGENT_ID": token, "error_data": {"message": f"{token} is not defined"}})
    site.post("/submit_task", {"USED_AGENT_ID": people.worker["agent_id"]})
    site.get(people.worker["page"])
    site.ask("ada", key="somebody else's")
    for agent in (people.worker, people.other):
        token = agent["agent_id"]
        form = {"USED_AGENT_ID": token, "final_string_data": '{"x": 1}'}
        site.post("/submit_task", data=form, files={"f": ("a.txt", b"hello")})
        receipt = site.submit(token, x=2).json()["receipt"]
        site.post("/confirm_receipt", {"USED_AGENT_ID": token, "receipt": receipt})
        site.get(agent["page"])


def test_tokens_are_in_no_log(people, caplog):
    whole_life(people)
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert said
    for agent in (people.worker, people.other):
        assert agent["agent_id"] not in said


def test_tokens_are_in_no_row_that_is_exported(people):
    whole_life(people)
    with people.site.run.store.read() as connection:
        rows = "\n".join(str(row) for table in EXPORTED for row in connection.execute(table.select()))
        tokens = connection.execute(agents.select()).all()
    assert {agent.token for agent in tokens} == {people.worker["agent_id"], people.other["agent_id"]}
    for agent in tokens:
        assert agent.token not in rows
        assert agent.ticket not in rows


def test_tokens_are_only_in_the_replies_to_their_own_worker(people):
    before = len(people.site.replies)
    token, ticket = people.worker["agent_id"], people.worker["page"]
    people.site.ask("bo", key="bo's browser")
    people.site.ask("cy", key="cy's browser")
    people.site.submit(people.other["agent_id"])
    people.site.get(people.other["page"])
    people.site.get("/task_config.json")
    for reply in people.site.replies[before:]:
        assert token not in reply.text + str(reply.headers)
        assert ticket not in reply.text + str(reply.headers)


def test_no_page_holds_a_token(people):
    """A template is the researcher's code, and may load scripts of others."""
    shown = people.site.get(people.worker["page"]).text
    assert people.worker["agent_id"] not in shown
    assert people.worker["agent_id"] not in people.worker["page"]


def test_a_page_is_gone_once_its_task_was_handed_in(people):
    people.site.submit(people.worker["agent_id"])
    assert people.site.get(people.worker["page"]).status_code == 404


@pytest.mark.parametrize("guess", ["0", "0" * 16, "%00", "..%2f", "a" * 5000])
def test_a_page_cannot_be_guessed(site, guess):
    assert site.get(f"/page-{guess}.html").status_code == 404


def test_uploads_are_never_served(people):
    form = {"USED_AGENT_ID": people.worker["agent_id"], "final_string_data": "{}"}
    people.site.post("/submit_task", data=form, files={"f": ("a.html", b"<script>steal()</script>")})
    with people.site.run.store.read() as connection:
        upload = connection.execute(uploads.select()).one()
    assert (people.site.run.store.directory / upload.path).is_file()
    for path in (
        upload.path,
        f"../../../{upload.path}",
        f"..%2f..%2f..%2f{upload.path}",
        "a.html",
        str(upload.id),
    ):
        assert people.site.get_as_written(f"/{path}")[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "site.json",
        "../site.json",
        "..%2fsite.json",
        "%2e%2e/site.json",
        "_mephisto/../site.json",
        "_mephisto/..%2f..%2fapp.py",
        "mephisto.db",
        "../../../mephisto.db",
        "..%2f..%2f..%2fmephisto.db",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "..\\site.json",
        "..",
        "../public/../site.json",
        "adapter.js",
    ],
)
def test_nothing_beside_the_public_folder_is_served(site, path):
    status, _ = site.get_as_written(f"/{path}")
    assert status in {400, 404}


def test_a_shell_runs_only_its_own_code_and_stands_in_no_strangers_frame(site):
    policy = site.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "frame-ancestors" in policy
    assert "unsafe" not in policy


def test_a_page_stands_only_in_our_frame(people):
    for path in (people.worker["page"], "/page-preview.html"):
        assert people.site.get(path).headers["Content-Security-Policy"] == "frame-ancestors 'self'"


def test_no_answer_is_sniffed_at_kept_or_tells_where_it_came_from(people):
    whole_life(people)
    for path in ("/", "/task_config.json", "/nowhere", "/_mephisto/shell.js", "/page.html", "/is_alive"):
        people.site.get(path)
    for reply in people.site.replies:
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert reply.headers["Cache-Control"]
