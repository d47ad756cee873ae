"""A run with two workers in it, and requests as whoever a test wants to be."""

import http.client
import logging
import secrets
from contextlib import closing

import pytest
import requests

from mephisto import AssignmentData, hookimpl
from mephisto.plugins import register, unregister
from mephisto.testing.stage import launched
from mephisto.testing.stand_ins import PlainBlueprint

SECONDS = 10


class ManyRows(PlainBlueprint):
    @hookimpl
    def blueprint_tasks(self):
        return [AssignmentData({"question": f"Who are you, {number}?"}) for number in range(100)]


class Site:
    """The site of a run. Every request has a connection of its own: no cookie tells people apart."""

    def __init__(self, run):
        self.run, self.url, self.replies = run, run.url, []

    def get(self, path, **headers):
        return self._keep(
            requests.get(self.url + path, headers=headers, timeout=SECONDS, allow_redirects=False)
        )

    def get_as_written(self, path):
        """Ask for exactly this path, which usual clients would tidy up; return status and body."""
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=SECONDS)
        with closing(connection):
            connection.request("GET", path)
            reply = connection.getresponse()
            return reply.status, reply.read()

    def post(self, path, body=None, headers=None, **form):
        where = {"headers": headers, "timeout": SECONDS} | form
        return self._keep(requests.post(self.url + path, **where | ({} if body is None else {"json": body})))

    def ask(self, worker, key=""):
        return self.post("/request_agent", {"provider_data": {"worker_name": worker}, "browser_key": key})

    def accept(self, worker):
        return self.ask(worker, key=f"{worker}'s browser").json()["data"]

    def submit(self, token, **answer):
        return self.post("/submit_task", {"USED_AGENT_ID": token, "final_data": answer})

    def _keep(self, reply):
        self.replies.append(reply)
        return reply


class People:
    """Each of those who may knock: `token` is what they have."""

    def __init__(self, site):
        self.site = site
        self.worker, self.other = site.accept("ada"), site.accept("bo")

    def token(self, who):
        return {
            "no one": None,
            "a stranger": secrets.token_hex(16),
            "another worker": self.other["agent_id"],
            "the worker": self.worker["agent_id"],
        }[who]


@pytest.fixture
def site(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("no_proxy", "*")
    caplog.set_level(logging.DEBUG)
    register("blueprint", "many_rows", ManyRows)
    try:
        with launched(tmp_path / "data", "blueprint", "many_rows", {}) as run:
            yield Site(run)
    finally:
        unregister("blueprint", "many_rows")


@pytest.fixture
def people(site):
    return People(site)
