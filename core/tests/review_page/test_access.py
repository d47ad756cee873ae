"""Who may ask: each route with {no one, a wrong token, the token}, other hosts, used links, and the pages' own origin."""

import pytest
import requests

from mephisto.review.page.access import TOKEN_HEADER

ROUTES = [
    ("GET", "/api/task"),
    ("GET", "/api/items"),
    ("GET", "/api/counts"),
    ("GET", "/api/items/{agent}"),
    ("GET", "/api/files/1"),
    ("POST", "/api/decisions"),
    ("POST", "/api/decisions/undo"),
    ("GET", "/api/provider"),
    ("POST", "/api/provider/retry"),
    ("GET", "/api/workers/1/undecided"),
    ("POST", "/api/workers/1/decisions"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_wants_the_token(client, served, method, path):
    address = served.url + path.format(agent=client.items()[0]["agent"])
    for headers in ({}, {TOKEN_HEADER: "wrong"}, {"Cookie": f"{TOKEN_HEADER}={client.token}"}):
        refused = requests.request(method, address, headers=headers, json={}, timeout=10)
        assert refused.status_code == 401
        assert "terminal" in refused.json()["error"]
    let_in = requests.request(method, address, headers={TOKEN_HEADER: client.token}, json={}, timeout=10)
    assert let_in.status_code in {200, 400, 404}


def test_all_routes_are_tried(served, db, terms):
    from mephisto.review.page.access import Access
    from mephisto.review.page.app import create_review_app
    from mephisto.review.page.deciding import Decider
    from mephisto.review.page.task_pages import TaskPages

    decider = Decider(db, terms.task_id)
    app = create_review_app(decider, "x", Access(print), TaskPages(db, terms.task_id), "")
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    named = {path.replace("{agent}", "<agent>") for _, path in ROUTES}
    named = {
        path.replace("files/1", "files/<upload>").replace("workers/1", "workers/<worker>") for path in named
    }
    assert rules == named | {"/", "/open", "/static/<name>"}


def test_a_link_opens_once_and_the_next_one_is_told(client, served, links):
    assert len(links) == 1
    used = requests.post(f"{served.url}/open", json={"key": "used"}, timeout=10)
    assert used.status_code == 401
    again = requests.post(f"{served.url}/open", json={"key": links[0].partition("#")[2]}, timeout=10)
    assert again.json()["token"] == client.token
    assert len(links) == 2


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::1]"])
def test_another_host_name_is_refused_on_both_ports(client, served, host):
    headers = {"Host": host, TOKEN_HEADER: client.token}
    page = client.item(client.items()[0]["agent"])["attempts"][0]["page"]
    for address in (f"{served.url}/api/task", f"{served.url}/", page):
        assert requests.get(address, headers=headers, timeout=10).status_code == 403


def test_the_page_holds_nothing_and_keeps_nothing_for_other_ports(client, served):
    index = requests.get(f"{served.url}/", timeout=10)
    assert client.token not in index.text
    assert not index.cookies
    assert index.headers["Referrer-Policy"] == "no-referrer"
    policy = index.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert f"frame-src {served.pages};" in policy
    assert "frame-ancestors 'none'" in policy


def test_other_origins_may_not_read(client, served):
    asked = requests.options(
        f"{served.url}/api/task",
        headers={"Origin": served.pages, "Access-Control-Request-Headers": TOKEN_HEADER},
        timeout=10,
    )
    assert not [name for name in asked.headers if name.startswith("Access-Control-Allow")]


def test_pages_are_found_only_by_who_was_told(client, served, terms):
    page = client.item(client.items()[0]["agent"])["attempts"][0]["page"]
    origin, run, attempt = page.rsplit("/", 2)
    assert origin == served.pages != served.url
    assert requests.get(page, timeout=10).status_code == 200
    number = attempt.partition("-")[0]
    for guess in (
        f"{origin}/{terms.run_id}/{attempt}",
        f"{origin}/{terms.run_id}-{'0' * 32}/{attempt}",
        f"{origin}/{run}/{number}.html",
        f"{origin}/{run}/{number}-{'0' * 32}.html",
        f"{origin}/{run}/../site.json",
        f"{origin}/{run}/%2e%2e/secret.txt",
        f"{origin}/api/task",
    ):
        assert requests.get(guess, timeout=10).status_code == 404


def test_files_of_the_run_are_served_to_its_pages_alone(client, served):
    page = client.item(client.items()[0]["agent"])["attempts"][0]["page"]
    folder = page.rpartition("/")[0]
    assert requests.get(f"{folder}/look.css", timeout=10).status_code == 200
    assert requests.get(f"{folder}/wrap_crowd_source.js", timeout=10).status_code == 200
    from_root = f"{served.pages}/extra/face.svg"
    assert requests.get(from_root, timeout=10).status_code == 404
    assert requests.get(from_root, headers={"Referer": page}, timeout=10).url == f"{folder}/extra/face.svg"
    assert "sandbox" in requests.get(page, timeout=10).headers["Content-Security-Policy"]
