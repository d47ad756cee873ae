"""Decisions over HTTP: a row at once, taken back, in bulk, and never over one that was made meanwhile."""

from benchmarks import read_back

from mephisto.data_model.agent_record import decide_all
from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.objects import Agent
from mephisto.review.page import deciding
from mephisto.review.page.listing import Filters
from mephisto.status import AgentStatus
from mephisto.store import Store


def statuses(db):
    return [agent.db_status for agent in db.find_agents()]


def test_a_decision_is_a_row_at_once_with_its_note(client, db):
    agent = client.items()[0]["agent"]
    reply = client.decide(agent, "accept", reason="Well done.").json()
    assert reply["state"] == "approved"
    assert Agent(db, agent).db_status == "approved"
    shown = client.item(agent)["attempts"][0]
    (step,) = shown["decisions"]
    assert (step["status"], step["before"], step["reason"]) == ("approved", "completed", "Well done.")
    assert step["id"] == reply["decisions"][0]


def test_a_rejection_has_a_reason(client, db):
    agent = client.items()[0]["agent"]
    for reason in ("", "  "):
        assert client.decide(agent, "reject", reason=reason).status_code == 400
    assert set(statuses(db)) == {"completed"}
    assert client.decide(agent, "reject", reason="Copied.").status_code == 200


def test_what_makes_no_sense_is_refused(client, db):
    agent = client.items()[0]["agent"]
    assert client.decide(agent, "praise").status_code == 400
    assert client.decide(agent, reason="\0").status_code == 400
    assert client.decide(agent, reason="\udce9").status_code == 400
    assert client.decide("0").status_code == 404
    assert client.post("/api/decisions", []).status_code == 400
    assert client.post("/api/decisions/undo", {"decisions": [1]}).status_code == 400
    assert client.post("/api/workers/1/decisions", {"decision": "accept"}).status_code == 400
    assert set(statuses(db)) == {"completed"}


def test_a_decision_made_meanwhile_stands_and_is_told(client, client_of, terms, db, told):
    agent = client.items()[0]["agent"]
    other = client_of(terms)
    assert other.decide(agent, "reject", reason="Copied.").status_code == 200
    refused = client.decide(agent, "accept", seen="completed")
    assert refused.status_code == 409
    assert "decided meanwhile" in told(refused)
    assert Agent(db, agent).db_status == "rejected"
    # Who has seen it may change it.
    assert client.decide(agent, "accept", seen="rejected").status_code == 200


def test_a_decision_made_between_look_and_write_stands(client, db, monkeypatch):
    agent_id = client.items()[0]["agent"]
    decide = Agent.decide

    def slow(self, target, reason=None):
        monkeypatch.setattr(Agent, "decide", decide)
        Agent(db, agent_id).decide(AgentStatus.REJECTED, "Copied.")
        return decide(self, target, reason)

    monkeypatch.setattr(Agent, "decide", slow)
    assert client.decide(agent_id, "accept").status_code == 409
    assert Agent(db, agent_id).db_status == "rejected"


def test_a_decision_is_taken_back_unless_something_came_after_it(client, db):
    agent = client.items()[0]["agent"]
    (first,) = client.decide(agent, "accept").json()["decisions"]
    (second,) = client.decide(agent, "pass", seen="approved").json()["decisions"]
    assert client.post("/api/decisions/undo", {"decisions": [first]}).json() == {"taken_back": 0}
    assert client.post("/api/decisions/undo", {"decisions": [second]}).json() == {"taken_back": 1}
    assert Agent(db, agent).db_status == "approved"
    assert client.post("/api/decisions/undo", {"decisions": ["1", "x"]}).json() == {"taken_back": 0}


def test_all_of_a_worker_are_decided_and_taken_back_together(client, db, told):
    worker = client.item(client.items()[0]["agent"])["attempts"][0]["worker_id"]
    assert client.decide(client.items()[0]["agent"], "reject", reason="No.").status_code == 200
    path = f"/api/workers/{worker}"
    assert client.get(f"{path}/undecided").json() == {"count": 2}
    body = {"decision": "pass", "reason": "Too quick.", "filters": {}}
    stale = client.post(f"{path}/decisions", {**body, "count": 3})
    assert stale.status_code == 409
    assert "2 undecided" in told(stale)
    written = client.post(f"{path}/decisions", {**body, "count": 2}).json()["decisions"]
    assert sorted(statuses(db)) == ["completed"] * 3 + ["rejected"] + ["soft_rejected"] * 2
    assert client.post("/api/decisions/undo", {"decisions": written}).json() == {"taken_back": 2}
    assert sorted(statuses(db)) == ["completed"] * 5 + ["rejected"]


def test_bulk_keeps_to_the_run_that_is_chosen(client, crowd, db):
    other = crowd.launch(rows=1, per_row=1)
    held = crowd.answer(other, "x")
    worker = Agent(db, held.agent_id).worker_id
    run = str(other.run_id)
    assert client.get(f"/api/workers/{worker}/undecided").json() == {"count": 4}
    assert client.get(f"/api/workers/{worker}/undecided", run=run).json() == {"count": 1}
    body = {"decision": "accept", "filters": {"run": run}, "count": 1}
    assert len(client.post(f"/api/workers/{worker}/decisions", body).json()["decisions"]) == 1


def test_bulk_keeps_to_what_the_filters_show(client, db):
    worker = client.item(client.items()[0]["agent"])["attempts"][0]["worker_id"]
    path = f"/api/workers/{worker}"
    for filters, count in (
        ({"text": "Character 2"}, 1),
        ({"text": "Character 2", "state": "completed"}, 1),
        ({"state": "rejected"}, 0),
        ({"worker": "y"}, 0),
        ({"worker": "x"}, 3),
    ):
        assert client.get(f"{path}/undecided", **filters).json() == {"count": count}
    body = {"decision": "accept", "filters": {"text": "Character 2"}}
    assert client.post(f"{path}/decisions", {**body, "count": 3}).status_code == 409
    assert len(client.post(f"{path}/decisions", {**body, "count": 1}).json()["decisions"]) == 1
    assert [item["row"] for item in client.items(state="approved")] == [2]
    assert client.post(f"{path}/decisions", {**body, "filters": [], "count": 2}).status_code == 200
    assert client.post(f"{path}/decisions", {**body, "filters": {"run": 1}, "count": 0}).status_code == 400


def test_in_bulk_a_decision_made_meanwhile_stands(client, db, monkeypatch):
    first = client.items()[0]["agent"]
    worker = client.item(first)["attempts"][0]["worker_id"]

    def slow(*given):
        Agent(db, first).decide(AgentStatus.REJECTED, "Copied.")
        return decide_all(*given)

    monkeypatch.setattr(deciding, "decide_all", slow)
    body = {"decision": "accept", "count": 3}
    assert len(client.post(f"/api/workers/{worker}/decisions", body).json()["decisions"]) == 2
    assert Agent(db, first).db_status == "rejected"


def test_a_thousand_are_decided_and_taken_back_in_a_few_transactions(tmp_path, monkeypatch):
    """Each decision in a transaction of its own took half a minute for 5,000."""
    monkeypatch.setattr(read_back, "WORKERS", 1)
    monkeypatch.setattr(read_back, "CHUNK", 1000)
    db = LocalMephistoDB(tmp_path / "many")
    read_back.fill(db.store, 1000)
    (task,), (worker,) = db.find_tasks(), db.find_workers()
    decider, written = deciding.Decider(db, int(task.db_id)), []
    monkeypatch.setattr(db.store, "write", lambda job: (written.append(job), Store.write(db.store, job))[1])
    every = decider.decide_all(worker.db_id, Filters(), AgentStatus.SOFT_REJECTED, "Too quick.", 1000)
    assert len(every) == 1000
    assert set(statuses(db)) == {"soft_rejected"}
    assert decider.take_back(every) == 1000
    assert set(statuses(db)) == {"completed"}
    assert len(written) <= 10
    db.shutdown()
