"""What a provider is told of decisions from the browser: each step once the next is made, or the review is left."""

import time

from mephisto import Done, Failed
from mephisto.data_model.objects import Agent
from mephisto.review.outbox import open_actions, reviewing, sentences


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
        assert told_provider.told == []
        assert len(sentences(review.open())) == 2
        client.decide(z["agent"])
        until(lambda: told_provider.told == ["x", "x"])
        until(lambda: len(review.open()) == 1)
        assert client.post("/api/decisions/undo", {"decisions": both}).json() == {"taken_back": 0}
    assert told_provider.told == ["x", "x", "z"]
    assert review.open() == []


def test_what_the_provider_did_stands_with_the_answer_and_is_tried_again(
    told_provider, crowd, client_of, db, told
):
    terms = crowd.launch(rows=2, per_row=1, provider="told")
    for worker in ("x", "y"):
        crowd.answer(terms, worker)
    told_provider.answers += [Failed("No balance."), Done()]
    with reviewing(db):
        client = client_of(terms)
        x, y = (item["agent"] for item in client.items())

        def asked(agent):
            (found,) = client.get("/api/provider", agents=agent).json()[agent]
            return found["state"], found["why"]

        client.decide(x)
        assert client.item(x)["attempts"][0]["provider"][0]["state"] == "held"
        client.decide(y)
        until(lambda: asked(x) == ("failed", "No balance."))
        assert asked(y) == ("held", "")
        (failed,) = client.item(x)["attempts"][0]["provider"]
        body = {"actions": [failed["id"]]}
        assert client.post("/api/provider/retry", body).json() == {"tried": [failed["id"]]}
        until(lambda: asked(x) == ("done", ""))
        refused = client.post("/api/provider/retry", body)
        assert refused.status_code == 409
        assert "not asked" in told(refused)
    assert told_provider.told == ["x", "y"]


def test_only_what_is_of_this_task_is_shown_and_tried_again(told_provider, crowd, client_of, db):
    terms = crowd.launch(rows=1, per_row=1, provider="told")
    other = crowd.launch(rows=1, per_row=1, provider="told", task="another")
    held = crowd.answer(other, "x")
    told_provider.answers.append(Failed("No balance."))
    Agent(db, held.agent_id).approve_work()
    (failed,) = open_actions(db)
    client = client_of(terms)
    assert client.get("/api/provider", agents=str(held.agent_id)).json() == {}
    assert client.post("/api/provider/retry", {"actions": [failed.id]}).status_code == 409
    assert client.post("/api/provider/retry", {}).status_code == 400
    assert open_actions(db) == [failed]
