"""Answers on their way in: from the published npm client, from our own page, and from whoever sends nonsense."""

import io
import json
import socket
import threading
from urllib.parse import urlsplit

import pytest
import requests

from mephisto.web import Limits, Reply

ANSWER = {"rating": "good", "file1": {"lastModified": 1, "name": "", "size": -1, "type": "x"}}
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"


def part(name, content, filename=None, content_type=None):
    disposition = f'Content-Disposition: form-data; name="{name}"'
    if filename is not None:
        disposition += f'; filename="{filename}"'
    lines = [f"--{BOUNDARY}", disposition]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    content = content if isinstance(content, bytes) else content.encode()
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content + b"\r\n"


def form(*parts):
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def submit(url, body, **headers):
    sent = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **headers}
    return requests.post(url + "/submit_task", data=body, headers=sent)


def only_submission(desk):
    (packet,) = desk.packets("submit_unit")
    return packet


# The published npm client


def test_the_npm_client_submits_json(start, desk, agent):
    body = {"USED_AGENT_ID": agent, "final_data": ANSWER, "client_timestamp": 1795364281.5}
    response = requests.post(start() + "/submit_task", json=body)
    assert response.status_code == 200
    assert response.json()["status"] == "Submitted!"
    assert only_submission(desk) == {
        "packet_type": "submit_unit",
        "subject_id": agent,
        "data": {"final_data": ANSWER, "submission_id": None, "uploads": []},
    }


def test_the_npm_client_submits_a_form_in_which_no_file_was_chosen(start, desk, agent):
    body = form(
        part("rating", "good"),
        part("file1", "", filename="", content_type="application/octet-stream"),
        part("USED_AGENT_ID", agent),
        part("final_string_data", json.dumps(ANSWER)),
    )
    response = submit(start(), body)
    assert (response.status_code, response.json()["status"]) == (200, "Submitted!")
    assert only_submission(desk)["data"] == {"final_data": ANSWER, "submission_id": None, "uploads": []}
    assert desk.uploads == {}


def test_the_npm_client_sends_its_files_before_it_says_whose_they_are(start, desk, agent):
    large = bytes(range(256)) * 1000 + f"\r\n--{BOUNDARY[:-1]}".encode()
    body = form(
        part("rating", "good"),
        part("file1", large, filename="größe.png", content_type="image/png"),
        part("file2", "short", filename="b.txt"),
        part("USED_AGENT_ID", agent),
        part("final_string_data", json.dumps(ANSWER)),
    )
    assert submit(start(), body).status_code == 200
    assert only_submission(desk)["data"]["uploads"] == ["upload-1", "upload-2"]
    first, second = desk.uploads["upload-1"], desk.uploads["upload-2"]
    assert first == ({"field": "file1", "name": "größe.png", "content_type": "image/png"}, large)
    assert second[0] == {"field": "file2", "name": "b.txt", "content_type": "application/octet-stream"}
    assert second[1] == b"short"
    assert {packet["subject_id"] for packet in desk.packets("upload")} == {agent}


def test_final_string_data_wins_and_final_data_is_read_without_it(start, desk, agent):
    url = start()
    named = part("USED_AGENT_ID", agent)
    submit(url, form(named, part("final_data", '{"a": 1}'), part("final_string_data", '{"a": 2}')))
    submit(url, form(named, part("final_data", '{"a": 3}'), part("client_timestamp", "1.5")))
    assert [packet["data"]["final_data"] for packet in desk.packets("submit_unit")] == [{"a": 2}, {"a": 3}]


# Our own page


def test_our_page_names_agent_and_submission_first(start, desk, agent):
    body = form(
        part("USED_AGENT_ID", agent),
        part("submission_id", "s-1"),
        part("final_string_data", '{"rating": "good"}'),
        part("file1", b"\x00\x01", filename="a.bin", content_type="application/x-thing"),
    )
    url = start()
    first = submit(url, body, **{"Mephisto-Agent": agent})
    again = submit(url, body, **{"Mephisto-Agent": agent})
    assert first.json() == {"status": "Submitted!", "receipt": "RECEIPT-token-1", "duplicate": False}
    assert again.json() == {"status": "Submitted!", "receipt": "RECEIPT-token-1", "duplicate": True}
    data = desk.packets("submit_unit")[0]["data"]
    assert data == {"final_data": {"rating": "good"}, "submission_id": "s-1", "uploads": ["upload-1"]}


def test_another_answer_gets_the_first_receipt(start, agent):
    url = start()
    for submission_id, status in (("s-1", 200), ("s-2", 409)):
        fields = (part("submission_id", submission_id), part("final_string_data", "{}"))
        response = submit(url, form(*fields), **{"Mephisto-Agent": agent})
        assert (response.status_code, response.json()["receipt"]) == (status, "RECEIPT-token-1")


def test_a_file_reaches_the_desk_while_it_is_still_being_sent(start, desk, agent):
    """Neither the server's memory nor its disk holds a file on its way."""
    arrived = threading.Event()
    taken = io.BytesIO()

    def upload(packet, stream):
        taken.write(stream.read(1000))
        arrived.set()
        taken.write(stream.read())
        return Reply({"upload_id": "streamed"})

    desk.upload = upload
    body = form(part("final_string_data", "{}"), part("file1", b"x" * 300_000, filename="a.bin"))
    address = urlsplit(start())
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = (
            "POST /submit_task HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
            f"Mephisto-Agent: {agent}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode() + body[:150_000])
        assert arrived.wait(10)
        connection.sendall(body[150_000:])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b" 200 OK\r\n" in answer
    assert taken.getvalue() == b"x" * 300_000
    assert only_submission(desk)["data"]["uploads"] == ["streamed"]


def test_a_desk_may_leave_a_file_unread(start, desk, agent):
    desk.upload = lambda packet, _stream: Reply({"upload_id": packet["data"]["name"]})
    body = form(
        part("final_string_data", "{}"),
        part("file1", b"x" * 200_000, filename="a"),
        part("file2", b"y" * 200_000, filename="b"),
    )
    assert submit(start(), body, **{"Mephisto-Agent": agent}).status_code == 200
    assert only_submission(desk)["data"]["uploads"] == ["a", "b"]


def test_a_file_that_the_desk_refuses_ends_the_request_with_its_words(start, desk, agent):
    desk.instead["upload"] = [Reply({"error": "This task has ended."}, 410)]
    body = form(part("final_string_data", "{}"), part("file1", b"x" * 5_000_000, filename="a"))
    response = submit(start(), body, **{"Mephisto-Agent": agent})
    assert (response.status_code, response.json()) == (410, {"error": "This task has ended."})
    assert desk.packets("submit_unit") == []


def test_an_answer_of_megabytes_is_taken(start, desk, agent):
    """Werkzeug's own limit for a form's text is 500 kB."""
    answer = {"text": "é" * 2_000_000}
    fields = (part("USED_AGENT_ID", agent), part("final_string_data", json.dumps(answer)))
    url = start()
    assert submit(url, form(*fields)).status_code == 200
    assert (
        requests.post(url + "/submit_task", json={"USED_AGENT_ID": agent, "final_data": answer}).status_code
        == 200
    )
    assert [packet["data"]["final_data"] for packet in desk.packets("submit_unit")] == [answer, answer]


def test_a_body_in_chunks_is_taken(start, desk, agent):
    body = form(part("USED_AGENT_ID", agent), part("final_string_data", '{"a": 1}'))
    pieces = (body[index : index + 7] for index in range(0, len(body), 7))
    assert submit(start(), pieces).status_code == 200
    assert only_submission(desk)["data"]["final_data"] == {"a": 1}


# Too much


LIMITS = Limits(answer=1_000, upload=10_000, uploads=2, total=50_000)


@pytest.mark.parametrize(
    "parts",
    [
        (part("final_string_data", '"' + "x" * 1_000 + '"'),),
        (part("final_string_data", "{}"), part("f", b"x" * 10_001, filename="a")),
        (part("final_string_data", "{}"), *[part("f", "x", filename="a")] * 3),
        (part("final_string_data", "{}"), *[part("f", b"x" * 9_000, filename="a")] * 6),
        (part("final_string_data", "{}"), *[part("more", "x")] * 1_100),
    ],
    ids=["answer", "one file", "number of files", "all together", "number of fields"],
)
@pytest.mark.parametrize("named_first", [True, False], ids=["ours", "npm"])
def test_too_much_is_refused_with_a_sentence(start, desk, agent, parts, named_first):
    named = part("USED_AGENT_ID", agent)
    response = submit(start(limits=LIMITS), form(*([named, *parts] if named_first else [*parts, named])))
    assert response.status_code == 413
    assert response.json()["error"]
    assert desk.packets("submit_unit") == []


def test_too_long_json_is_refused(start, agent):
    body = {"USED_AGENT_ID": agent, "final_data": "x" * 1_000}
    response = requests.post(start(limits=LIMITS) + "/submit_task", json=body)
    assert response.status_code == 413
    assert response.json() == {"error": "What was sent is larger than this task accepts."}


def test_a_body_that_says_it_is_too_long_is_refused_before_it_is_sent(start, agent):
    address = urlsplit(start())
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = (
            "POST /submit_task HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
            f"Mephisto-Agent: {agent}\r\nContent-Length: {1 << 40}\r\n\r\n"
        )
        connection.sendall(head.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_who_sends_too_much_still_reads_why(start, agent):
    """A connection that is closed on unread data is reset, and its answer lost."""
    response = submit(start(limits=LIMITS), b"x" * 20_000_000, **{"Mephisto-Agent": agent})
    assert response.status_code == 413


# Nonsense


@pytest.mark.parametrize(
    "body",
    [
        form(part("final_string_data", "{}")),
        form(part("USED_AGENT_ID", "token-1")),
        form(part("USED_AGENT_ID", "token-1"), part("final_string_data", "{")),
        form(part("USED_AGENT_ID", "token-1"), part("final_string_data", '{"a": NaN}')),
        form(part("USED_AGENT_ID", "token-1"), part("final_string_data", "{}"))[:-30],
        form(part("USED_AGENT_ID", "token-1"), part("f", b"x" * 5_000, filename="a"))[:3_000],
        b"",
        b"no form at all",
        f"--{BOUNDARY}\r\nNo-Disposition: 1\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(),
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\xff\r\n\r\n--{BOUNDARY}--\r\n".encode(
            "latin-1"
        ),
    ],
)
def test_a_malformed_form_is_answered_with_a_sentence(start, desk, agent, body):
    response = submit(start(), body)
    assert response.status_code == 400
    assert response.json()["error"].endswith(".")
    assert desk.packets("submit_unit") == []


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"final_data": {}}', "application/json", 400),
        (b'{"USED_AGENT_ID": "a"}', "application/json", 400),
        (b'{"USED_AGENT_ID": 5, "final_data": {}}', "application/json", 400),
        (b'{"USED_AGENT_ID": "a", "final_data": {}, "submission_id": 5}', "application/json", 400),
        (b'{"USED_AGENT_ID": ["a"], "final_data": {}}', "application/json", 400),
        (b"{", "application/json", 400),
        (b"USED_AGENT_ID=a&final_data={}", "application/x-www-form-urlencoded", 415),
        (b"x", "multipart/form-data", 400),
        (b"x", "multipart/form-data; boundary=", 400),
    ],
)
def test_a_malformed_submission_is_answered_with_a_sentence(start, desk, body, content_type, status):
    response = requests.post(start() + "/submit_task", data=body, headers={"Content-Type": content_type})
    assert response.status_code == status
    assert response.json()["error"].endswith(".")
    assert desk.asked == []


def test_two_different_agents_in_one_request_are_refused(start, desk, agent):
    body = form(part("USED_AGENT_ID", "token-2"), part("final_string_data", "{}"))
    assert submit(start(), body, **{"Mephisto-Agent": agent}).status_code == 400
    assert desk.packets("submit_unit") == []


def test_the_desks_own_refusal_is_passed_on(start):
    body = {"USED_AGENT_ID": "nobody", "final_data": {}}
    response = requests.post(start() + "/submit_task", json=body)
    assert (response.status_code, response.json()) == (404, {"error": "This task is not known here."})
