"""JSON on its way in: all of it is here, or nothing is taken in."""

import socket
from urllib.parse import urlsplit

import requests

WHOLE = b'{"final_data": {"a": 1}}'


def test_an_answer_of_which_only_a_part_arrives_is_not_taken_in(start, desk, agent):
    """What has arrived may be whole by itself: only its length tells."""
    address = urlsplit(start())
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = f"POST /submit_task HTTP/1.1\r\nHost: localhost\r\nMephisto-Agent: {agent}\r\nContent-Length: 500\r\n\r\n"
        connection.sendall(head.encode() + WHOLE)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")
    assert desk.packets("submit_unit") == []


def test_an_answer_whose_length_is_not_said_is_taken_in(start, desk, agent):
    pieces = (piece for piece in (WHOLE[:10], WHOLE[10:]))
    headers = {"Mephisto-Agent": agent, "Content-Type": "application/json"}
    assert requests.post(start() + "/submit_task", data=pieces, headers=headers).status_code == 200
    (packet,) = desk.packets("submit_unit")
    assert packet["data"]["final_data"] == {"a": 1}


def test_an_answer_whose_length_is_no_number_is_refused(start, desk, agent):
    address = urlsplit(start())
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = f"POST /submit_task HTTP/1.1\r\nHost: localhost\r\nMephisto-Agent: {agent}\r\nContent-Length: many\r\n\r\n"
        connection.sendall(head.encode() + WHOLE)
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")
    assert desk.packets("submit_unit") == []
