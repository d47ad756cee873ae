"""Every route, and everyone who may ask it."""

import pytest

from mephisto.web import create_app

EVERYONE = ("no one", "a stranger", "another worker", "the worker")
# What everyone may see: the page, its parts, and that there is a server.
OPEN = {
    "/": "/",
    "/index.html": "/index.html",
    "/task_index": "/task_index",
    "/_mephisto/<name>": "/_mephisto/shell.js",
    "/wrap_crowd_source.js": "/wrap_crowd_source.js",
    "/task_config.json": "/task_config.json",
    "/page-preview.html": "/page-preview.html",
    "/is_alive": "/is_alive",
    "/get_timestamp": "/get_timestamp",
    "/<path:name>": "/page.html",
}


def talk(people, token):
    said = [{"update_id": "1", "text": "I am Ada."}]
    return people.site.post("/live_updates", {"USED_AGENT_ID": token, "updates": said})


def log_error(people, token):
    return people.site.post("/log_error", {"USED_AGENT_ID": token, "error_data": {"message": "oh"}})


def submit(people, token):
    """Hand in an answer that says that it is the worker's."""
    return people.site.post("/submit_task", {"USED_AGENT_ID": token, "final_data": {"from": "ada"}})


def upload(people, token):
    fields = {"final_string_data": "{}"} | ({"USED_AGENT_ID": token} if token else {})
    return people.site.post("/submit_task", files={"f": ("a.txt", b"hello")}, data=fields)


def upload_by_header(people, token):
    headers = {"Mephisto-Agent": token} if token else {}
    form = {"files": {"f": ("a.txt", b"hello")}, "data": {"final_string_data": "{}"}}
    return people.site.post("/submit_task", headers=headers, **form)


def onboard(people, token):
    """There is no onboarding here."""
    data = {"USED_AGENT_ID": token, "onboarding_data": {"from": "ada"}}
    return people.site.post("/submit_onboarding", {"provider_data": data})


def keep_draft(people, token):
    return people.site.post("/keep_draft", {"USED_AGENT_ID": token, "draft": {"from": "ada"}})


def confirm(people, token):
    """Confirm the worker's receipt, which everyone may have read over their shoulder."""
    receipt = people.site.submit(people.worker["agent_id"]).json()["receipt"]
    return people.site.post("/confirm_receipt", {"USED_AGENT_ID": token, "receipt": receipt})


def page(people, token):
    """Open the page of whoever asks: a ticket is known to its worker only."""
    tickets = {agent["agent_id"]: agent["page"] for agent in (people.worker, people.other)}
    return people.site.get(tickets.get(token, f"/page-{str(token)[:16]}.html"))


GUARDED = {
    ("/submit_task", submit): (400, 404, 200, 200),
    ("/submit_task", upload): (400, 404, 200, 200),
    ("/submit_task", upload_by_header): (400, 404, 200, 200),
    ("/submit_onboarding", onboard): (400, 404, 404, 404),
    ("/keep_draft", keep_draft): (400, 404, 200, 200),
    ("/live_updates", talk): (400, 404, 200, 200),
    ("/confirm_receipt", confirm): (400, 404, 404, 200),
    ("/page-<ticket>.html", page): (404, 404, 200, 200),
    ("/log_error", log_error): (200, 200, 200, 200),
}
ASKED_BY_NAME = {"/request_agent"}  # tested below: who asks there has no token yet


def test_the_table_has_every_route_that_exists(site):
    routes = {str(rule) for rule in create_app(site.run.directory / "site", desk=None).url_map.iter_rules()}
    assert routes == set(OPEN) | {route for route, _ in GUARDED} | ASKED_BY_NAME


@pytest.mark.parametrize("path", OPEN.values())
def test_what_is_open_is_so_for_everyone_and_tells_nobody_apart(site, people, path):
    replies = [
        site.get(path, **({"Mephisto-Agent": token} if token else {}))
        for token in map(people.token, EVERYONE)
    ]
    assert [reply.status_code for reply in replies] == [200] * len(EVERYONE)
    if path != "/get_timestamp":
        assert len({reply.content for reply in replies}) == 1


@pytest.mark.parametrize(("request_of", "expected"), [(ask, codes) for (_, ask), codes in GUARDED.items()])
def test_what_is_guarded_answers_each_as_it_should(people, request_of, expected):
    found = tuple(request_of(people, people.token(who)).status_code for who in EVERYONE)
    assert found == expected


@pytest.mark.parametrize("path", [*OPEN.values(), "/page-1.html"])
def test_what_is_read_cannot_be_written(site, path):
    assert site.post(path, {}).status_code == 405


@pytest.mark.parametrize(
    "path",
    ["/request_agent", "/submit_task", "/keep_draft", "/live_updates", "/confirm_receipt", "/log_error"],
)
def test_what_is_written_is_not_read(site, path):
    assert site.get(path).status_code in {404, 405}


def test_an_answer_counts_for_the_token_that_brought_it(people):
    submit(people, people.other["agent_id"])
    told = people.site.ask("ada", key="ada's browser").json()["data"]
    assert told["agent_id"] == people.worker["agent_id"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"provider_data": None},
        {"provider_data": "ada"},
        {"provider_data": {}},
        {"provider_data": {"a": 1}},
    ],
)
def test_who_does_not_say_who_they_are_gets_no_agent(site, body):
    reply = site.post("/request_agent", body)
    assert reply.status_code == 400 or reply.json()["data"]["agent_id"] is None


@pytest.mark.parametrize("key", ["", "bo's browser", None])
def test_who_only_says_that_they_are_the_worker_gets_nothing_of_theirs(people, key):
    reply = people.site.ask("ada", key)
    assert reply.json()["data"]["agent_id"] is None
    assert people.worker["agent_id"] not in reply.text
    assert people.worker["page"] not in reply.text


def test_the_workers_own_browser_gets_its_agent_again(people):
    assert people.site.accept("ada")["agent_id"] == people.worker["agent_id"]
