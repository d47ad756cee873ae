import errno
import socket
import threading
import time

import pytest
import requests
from flask import Flask

from mephisto.web import serve


@pytest.fixture
def app():
    made = Flask("made")
    made.entered = threading.Event()

    @made.get("/slow")
    def slow():
        made.entered.set()
        time.sleep(0.5)
        return "finished"

    @made.get("/")
    def here():
        return "here"

    return made


@pytest.fixture
def run(app):
    servers = []

    def started(host="localhost", port=0):
        servers.append(serve(app, host, port))
        return servers[-1]

    yield started
    for server in servers:
        server.stop()


def server_threads():
    return {
        thread for thread in threading.enumerate() if "CP Server" in thread.name or "mephisto" in thread.name
    }


def test_any_free_port_is_one_that_answers(run):
    server = run()
    assert server.url == f"http://localhost:{server.port}"
    assert requests.get(server.url).text == "here"


def test_localhost_answers_wherever_a_browser_looks_for_it(run):
    port = run().port
    assert requests.get(f"http://127.0.0.1:{port}").text == "here"
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("This machine has no ::1.")
    assert requests.get(f"http://[::1]:{port}").text == "here"


EVERYWHERE = "0.0.0.0"  # noqa: S104 - what a researcher may ask for


@pytest.mark.parametrize(
    ("host", "url"), [("127.0.0.1", "http://127.0.0.1"), (EVERYWHERE, "http://localhost")]
)
def test_the_address_is_one_that_can_be_opened(run, host, url):
    server = run(host)
    assert server.url == f"{url}:{server.port}"
    assert requests.get(server.url).text == "here"


@pytest.mark.parametrize("taken", ["127.0.0.1", "::1"])
def test_a_taken_port_is_told_at_once_and_nothing_is_started(app, taken):
    """Also one that only the other meaning of localhost has taken: browsers would find that program."""
    family = socket.AF_INET6 if ":" in taken else socket.AF_INET
    try:
        other = socket.create_server((taken, 0), family=family)
    except OSError:
        pytest.skip(f"This machine has no {taken}.")
    before = server_threads()
    with other, pytest.raises(OSError, match=r".") as failed:
        serve(app, "localhost", other.getsockname()[1])
    assert failed.value.errno == errno.EADDRINUSE
    assert server_threads() <= before


def test_a_port_can_be_taken_again_as_soon_as_its_server_has_stopped(run):
    first = run()
    with requests.Session() as session:
        session.get(first.url)
        first.stop()
        again = run(port=first.port)
        assert session.get(again.url).text == "here"


def test_stopping_finishes_what_is_under_way_and_leaves_nothing(run, app):
    server = run()
    answers = []
    asking = threading.Thread(target=lambda: answers.append(requests.get(server.url + "/slow").text))
    asking.start()
    assert app.entered.wait(5)
    server.stop()
    asking.join(5)
    assert answers == ["finished"]
    assert server_threads() == set()
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url)


def test_stopping_is_safe_again_and_from_several_threads(run):
    server = run()
    stopping = [threading.Thread(target=server.stop) for _ in range(3)]
    for thread in stopping:
        thread.start()
    for thread in stopping:
        thread.join(5)
    server.stop()
    assert server_threads() == set()


def test_connections_that_say_nothing_hold_no_thread(run):
    """Browsers open some that they may never use."""
    server = run()
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(150)]
    try:
        assert requests.get(server.url, timeout=5).text == "here"
    finally:
        for connection in silent:
            connection.close()


def test_many_clients_keep_their_connections(run):
    server = run()
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    clients = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(200)]
    try:
        for _ in range(3):
            for client in clients:
                client.sendall(request)
            for client in clients:
                answer = b""
                while not answer.endswith(b"here"):
                    received = client.recv(4096)
                    assert received, "the server closed a connection that was to be kept"
                    answer += received
                assert b"connection: close" not in answer.lower()
    finally:
        for client in clients:
            client.close()


def test_a_head_without_end_is_refused(run):
    with socket.create_connection(("127.0.0.1", run().port), timeout=10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nLong: " + b"x" * 100_000 + b"\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")
