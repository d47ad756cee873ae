"""What a provider is told of decisions from the browser: each step once the next is made, or the review is left."""

import time
from dataclasses import dataclass

import pytest

from mephisto import Done, Identity, ProviderArgs, hookimpl, plugins
from mephisto.review.outbox import reviewing, sentences


@pytest.fixture
def told_provider():
    """A provider that is told of approvals, and what it was told."""
    told = []

    @dataclass
    class Args(ProviderArgs):
        _provider_type: str = "told"

    class Told:
        Config = Args

        @hookimpl
        def provider_identify(self, data) -> Identity:
            return Identity(data["name"], data["name"])

        @hookimpl
        def provider_adapter(self):
            raise NotImplementedError

        @hookimpl
        def provider_repeatable(self):
            return ("approve",)

        @hookimpl
        def provider_approve(self, worker, token):
            told.append(worker.name)
            return Done()

    plugins.register("provider", "told", Told)
    yield told
    plugins.unregister("provider", "told")


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_step_is_held_until_the_next_one_and_can_be_taken_back_until_then(
    told_provider, crowd, client_of, db
):
    terms = crowd.launch(rows=4, per_row=1, provider="told")
    for worker in ("x", "x", "y", "z"):
        crowd.answer(terms, worker)
    with reviewing(db) as review:
        client = client_of(terms)
        x, _, y, z = client.items()
        (first,) = client.decide(y["agent"]).json()["decisions"]
        assert client.post("/api/decisions/undo", {"decisions": [first]}).json() == {"taken_back": 1}
        worker = client.item(x["agent"])["attempts"][0]["worker_id"]
        body = {"decision": "accept", "count": 2}
        both = client.post(f"/api/workers/{worker}/decisions", body).json()["decisions"]
        time.sleep(0.7)  # longer than a look for what is due
        assert told_provider == []
        assert len(sentences(review.open())) == 2
        client.decide(z["agent"])
        until(lambda: told_provider == ["x", "x"])
        until(lambda: len(review.open()) == 1)
        assert client.post("/api/decisions/undo", {"decisions": both}).json() == {"taken_back": 0}
    assert told_provider == ["x", "x", "z"]
    assert review.open() == []
