import logging
import os
from pathlib import Path

import pytest
import requests

import mephisto.web
from mephisto.web import Reply

STATIC = Path(mephisto.web.__file__).parent / "static"

PROVIDER_DATA = {
    "worker_name": "br",
    "agent_registration_id": "1-br",
    "assignment_id": "1",
    "provider_type": "mock",
}


@pytest.mark.parametrize("address", ["/", "/index.html", "/task_index", "/?worker_id=x&assignment_id=1"])
def test_the_shell_is_at_each_of_its_addresses(start, address):
    response = requests.get(start() + address)
    assert response.status_code == 200
    assert "/_mephisto/shell.js" in response.text


def test_the_shell_loads_only_its_own_and_is_framed_only_by_whom_the_provider_names(start):
    response = requests.get(start(frame_ancestors=("https://workersandbox.mturk.com",)))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors https://workersandbox.mturk.com")


def test_the_page_is_framed_only_by_the_shell_and_otherwise_free(start, agent):
    response = requests.get(f"{start()}/page-{agent}.html")
    assert response.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_page_may_stand_where_the_provider_frames_the_shell(start, agent):
    """A policy is asked of every frame around the page, not only of the next one."""
    response = requests.get(f"{start(frame_ancestors=('https://*.mturk.com',))}/page-{agent}.html")
    assert response.headers["Content-Security-Policy"] == "frame-ancestors 'self' https://*.mturk.com"


def test_all_that_our_pages_load_is_there_and_names_no_other_site(start):
    url = start()
    files = [path.name for path in STATIC.iterdir() if path.suffix in {".js", ".css"}]
    assert "shell.js" in files
    for name in files:
        response = requests.get(f"{url}/_mephisto/{name}")
        assert response.status_code == 200, name
        assert "http://" not in response.text, name
        assert "https://" not in response.text, name


def test_the_task_config_repeats_the_version_and_ignores_other_arguments(start):
    url = start(task_config={"frame_height": 650})
    config = requests.get(url + "/task_config.json?mephisto_task_version=2.0.3&session=9&x=y").json()
    assert config["mephisto_task_version"] == "2.0.3"
    assert config["frame_height"] == 650
    assert config["mephisto"]["title"] == "A title"
    assert config["mephisto"]["description"] == "A description"
    assert config["mephisto"]["preview"] is None


def test_the_preview_is_its_own_page_and_interpolated_with_nothing(start):
    url = start(files={"before.html": "<p>Before ${character_name}</p>"}, preview_page="before.html")
    assert requests.get(url + "/task_config.json").json()["mephisto"]["preview"] == "/page-preview.html"
    preview = requests.get(url + "/page-preview.html").text
    assert "Before ${character_name}" in preview
    assert '{"page": "preview", ' in preview


def test_without_a_preview_page_the_task_is_its_own_preview(start):
    preview = requests.get(start() + "/page-preview.html").text
    assert "<p>${character_name}</p>" in preview
    assert '{"page": "preview", ' in preview


def test_an_agent_is_asked_for_as_the_npm_client_does(start, desk):
    body = {"provider_data": PROVIDER_DATA, "client_timestamp": 1795364280.839}
    packet = requests.post(start() + "/request_agent?lang=en", json=body).json()
    assert packet["packet_type"] == "agent_details"
    assert set(packet) == {
        "packet_type",
        "subject_id",
        "data",
        "client_timestamp",
        "router_incoming_timestamp",
        "router_outgoing_timestamp",
        "server_timestamp",
    }
    assert packet["data"]["agent_id"] == "token-1"
    assert packet["data"]["failure_reason"] is None
    asked = desk.packets("register_agent")[0]
    assert asked["data"]["provider_data"] == PROVIDER_DATA
    assert asked["data"]["browser_key"] is None
    assert asked["subject_id"] == asked["data"]["request_id"] == packet["data"]["request_id"]


def test_a_refused_worker_finds_an_agent_id_that_is_null(start, desk):
    desk.instead["register_agent"] = [Reply({"failure_reason": "Later, please."})]
    data = requests.post(start() + "/request_agent", json={"provider_data": {}}).json()["data"]
    assert data["agent_id"] is None
    assert data["failure_reason"] == "Later, please."


def test_numbers_that_json_does_not_know_reach_no_browser(start, desk):
    desk.values = {"score": float("nan"), "rows": [float("inf"), 1.5]}
    data = requests.post(start() + "/request_agent", json={"provider_data": {}}).json()["data"]
    assert data["init_task_data"] == {"score": None, "rows": [None, 1.5]}


def test_the_page_is_filled_with_what_the_desk_gives(start, agent):
    url = start(template="<p>${character_name} ${mephisto_agent_id} ${other}</p>")
    assert f"<p>Loaded Character 1 {agent} ${{other}}</p>" in requests.get(f"{url}/page-{agent}.html").text


def test_a_page_that_is_gone_says_so_to_people_and_to_scripts(start):
    url = start()
    shown = requests.get(url + "/page-nobody.html", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (shown.status_code, shown.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "This page is not available any more." in shown.text
    asked = requests.get(url + "/page-nobody.html")
    assert asked.json() == {"error": "This page is not available any more."}


def test_the_small_routes_answer_as_the_original(start, desk, agent):
    url = start()
    assert requests.get(url + "/is_alive").json() == {"status": "Alive!"}
    assert isinstance(requests.get(url + "/get_timestamp").json()["timestamp"], int)
    body = {"USED_AGENT_ID": agent, "error_data": {"message": "x is null"}, "client_timestamp": 1.5}
    assert requests.post(url + "/log_error", json=body).json() == {"status": "Error log sent!"}
    assert desk.errors == [(agent, {"message": "x is null"})]


def test_an_error_can_be_told_before_there_is_an_agent(start, desk):
    assert requests.post(start() + "/log_error", json={"error_data": "lost"}).status_code == 200
    assert desk.errors == [("", {"message": "lost"})]


def test_a_receipt_is_confirmed(start, desk, agent):
    body = {"USED_AGENT_ID": agent, "receipt": "R"}
    assert requests.post(start() + "/confirm_receipt", json=body).json() == {
        "status": "Confirmed",
        "may_go_on": True,
    }
    assert desk.confirmed == [(agent, "R")]


def test_files_of_the_researcher_are_served_by_name_and_can_be_kept(start):
    url = start(files={"mephisto.jpg": b"\xff\xd8jpeg", "media/clip.mp4": b"0123456789"})
    image = requests.get(url + "/mephisto.jpg?v=2")
    assert (image.content, image.headers["Content-Type"]) == (b"\xff\xd8jpeg", "image/jpeg")
    assert image.headers["X-Content-Type-Options"] == "nosniff"
    again = requests.get(url + "/mephisto.jpg", headers={"If-None-Match": image.headers["ETag"]})
    assert again.status_code == 304
    part = requests.get(url + "/media/clip.mp4", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")


def test_the_shell_is_asked_for_each_time_and_sent_once(start):
    url = start()
    shell = requests.get(url)
    assert shell.headers["Cache-Control"] == "no-cache"
    again = requests.get(url, headers={"If-None-Match": shell.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Content-Security-Policy"] == shell.headers["Content-Security-Policy"]


def test_the_template_stays_readable_under_its_own_name(start):
    assert requests.get(start() + "/task.html").text == "<p>${character_name}</p>"


@pytest.mark.parametrize(
    "path",
    [
        "/site.json",
        "/../site.json",
        "/..%2Fsite.json",
        "/..%2f..%2f..%2fetc/hostname",
        "/%2e%2e/site.json",
        "/media/..%2F..%2Fsite.json",
        "/..%5Csite.json",
        "/%00",
        "/public/task.html",
        "/media",
        "/_mephisto/../app.py",
        "/_mephisto/shell.html",
        "/_mephisto/..%2Fapp.py",
        "/link.txt",
        "/bundle.js",
        "/download_file/..%2F..%2Fetc%2Fhostname",
    ],
)
def test_nothing_outside_the_public_folder_is_served(start, tmp_path, path):
    (tmp_path / "secret.txt").write_text("secret")
    url = start(files={"media/clip.mp4": b"0"})
    if hasattr(os, "symlink") and os.name == "posix":
        (tmp_path / "site/public/link.txt").symlink_to(tmp_path / "secret.txt")
    prepared = requests.Request("GET", url).prepare()
    prepared.url = url + path  # as it is: a client must not tidy it up
    with requests.Session() as session:
        response = session.send(prepared)
    assert response.status_code == 404
    assert response.text == "There is nothing here.\n"


def test_a_page_cannot_be_taken_from_outside_the_public_folder(start):
    with pytest.raises(ValueError, match="is not inside"):
        start(task_page="../site.json")


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/request_agent", b"{", "The request is not valid JSON."),
        ("/request_agent", b"", "The request is not valid JSON."),
        ("/request_agent", b"[1]", "The request has to be a JSON object."),
        ("/request_agent", b"{}", "The field provider_data is missing."),
        ("/request_agent", b'{"provider_data": "x"}', "The field provider_data is missing."),
        ("/request_agent", b'{"provider_data": {"a": NaN}}', "The request is not valid JSON."),
        ("/request_agent", b"\xff\xfe", "The request is not valid JSON."),
        ("/confirm_receipt", b'{"USED_AGENT_ID": "a"}', "The field receipt is missing."),
        ("/confirm_receipt", b'{"receipt": "R"}', "The field USED_AGENT_ID is missing."),
        ("/log_error", b"nonsense", "The request is not valid JSON."),
    ],
)
def test_a_malformed_request_is_answered_with_a_sentence(start, desk, path, body, sentence):
    response = requests.post(start() + path, data=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()) == (400, {"error": sentence})
    assert desk.asked == []


def test_a_route_that_takes_no_such_request_says_so(start):
    url = start()
    response = requests.put(url + "/submit_task")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert "error" in response.json()
    assert "error" in requests.post(url + "/submit_onboarding", json={}).json()


def test_the_desk_can_ask_for_patience(start, desk):
    desk.instead["register_agent"] = [Reply({"error": "Busy."}, 503, retry_after=7)]
    response = requests.post(start() + "/request_agent", json={"provider_data": {}})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "7")
    assert response.json() == {"error": "Busy."}


def test_a_failing_desk_is_logged_and_its_trace_stays_here(start, desk, caplog):
    desk.instead["register_agent"] = [RuntimeError("the secret of the desk")]
    with caplog.at_level(logging.ERROR, "mephisto.web"):
        response = requests.post(start() + "/request_agent", json={"provider_data": {}})
    assert response.status_code == 500
    assert response.json() == {"error": "Something went wrong on our side. Please try again in a moment."}
    assert "/request_agent failed" in caplog.text
    assert "the secret of the desk" in caplog.text
