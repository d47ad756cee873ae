"""A script of somebody who knows only the public names: it runs as a process of its own, on a run that is over."""

import json

SCRIPT = """
import json
import sys
from pathlib import Path

from mephisto.abstractions.databases.local_database import LocalMephistoDB
from mephisto.data_model.agent import Agent
from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.data_model.project import Project
from mephisto.data_model.task_run import TaskRun
from mephisto.data_model.unit import Unit
from mephisto.data_model.worker import Worker
from mephisto.utils.db import EntryAlreadyExistsException, MephistoDBException
from mephisto.utils.qualifications import find_or_create_qualification

db = LocalMephistoDB(database_path=sys.argv[1])
task = db.find_tasks(task_name="people")[0]
run = TaskRun.get(db, db.find_task_runs(task_id=task.db_id)[0].db_id)
try:
    task.set_project(Project.get(db, db.new_project("a study")))
except EntryAlreadyExistsException:
    task.set_project(db.find_projects("a study")[0])

seen = []
for unit in sorted(run.get_units(), key=lambda unit: unit.unit_index):
    if unit.get_status() not in AssignmentState.completed():
        continue
    agent = unit.get_assigned_agent()
    assert agent.await_submit(timeout=1)
    worker = agent.get_worker()
    data = agent.state.get_data()
    seen.append(
        {
            "row": unit.get_assignment_data().shared["name"],
            "given": agent.state.get_init_state()["name"],
            "place": unit.unit_index,
            "worker": worker.worker_name,
            "answer": data["outputs"]["x"],
            "files": len(list(Path(agent.get_data_dir()).iterdir())),
            "seconds": data is not None and agent.state.get_task_end() >= agent.state.get_task_start(),
        }
    )
    same = Agent.get(db, unit.agent_id)
    assert same.get_agent_id() == agent.get_agent_id()
    assert same.get_unit() == unit == Unit.get(db, unit.db_id)
    assert db.get_unit(unit.db_id)["agent_id"] == agent.db_id

find_or_create_qualification(db, "careful")
for worker in db.find_workers(provider_type="mock"):
    if not worker.is_qualified("careful"):
        worker.grant_qualification("careful", 2)
    assert Worker.get(db, worker.db_id).get_granted_qualification("careful").value == 2
worker.revoke_qualification("careful")
assert worker.get_granted_qualification("careful") is None

by_status = {"approved": "approve_work", "rejected": "reject_work", "soft_rejected": "soft_reject_work"}
for agent, (status, decide) in zip(db.find_agents(status="completed"), by_status.items()):
    getattr(agent, decide)()
    assert Agent.get(db, agent.db_id).db_status == status
paid, bonus = worker.bonus_worker(amount=1.0, reason="thanks", unit=unit)
assert not paid

print(json.dumps({
    "seen": seen,
    "reward": run.get_task_args().task_reward,
    "blueprint": run.args.blueprint["_blueprint_type"],
    "statuses": {status: count for status, count in run.get_assignment_statuses().items() if count},
    "units": sorted(unit.get_status() for unit in db.find_units(task_id=task.db_id)),
    "requesters": [requester.requester_name for requester in db.find_requesters(provider_type="mock")],
    "project": task.get_project().project_name,
    "spent": task.get_project().get_total_spend(),
    "bonus": bonus,
}))
db.shutdown()
"""


def test_a_script_reads_and_decides_by_public_names_alone(run_data, tmp_path, site_packages, db):
    db.shutdown()
    done = site_packages.python(SCRIPT, str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [(each["row"], each["worker"], each["answer"], each["files"]) for each in told["seen"]] == [
        ("Ada", "x", 1, 2),
        ("Alan", "x", 1, 2),
        ("Ada", "y", 2, 0),
        ("Alan", "y", 2, 0),
    ]
    assert all(each["given"] == each["row"] and each["seconds"] for each in told["seen"])
    assert told["units"] == ["accepted", "completed", "rejected", "soft_rejected"]
    assert told["statuses"] == {"completed": 2}
    assert (told["reward"], told["blueprint"]) == (0.3, "static_task")
    assert told["requesters"] == ["MOCK_REQUESTER"]
    assert (told["project"], told["spent"]) == ("a study", 0.9)
    assert "cannot be paid" in told["bonus"]


MORE = """
import json
import os
import sys

from mephisto.abstractions.databases.local_database import LocalMephistoDB
from mephisto.data_model.requester import Requester
from mephisto.data_model.task import Task

db = LocalMephistoDB(database_path=sys.argv[1])
run = db.find_task_runs()[0]
blueprint = run.get_blueprint()

ours = Requester.get(db, db.new_requester("our lab", "mock"))
ours.register()
planned = Task.get(db, db.new_task("planned", "static_task", db.new_project("a study")))

notes = os.path.join(db.db_root, "notes", "scores.json")
if not db.key_exists(notes):
    db.write_dict(notes, {unit.db_id: unit.pay_amount for unit in db.find_units(sandbox=True)})

def said(look):
    try:
        return look()
    except AttributeError as error:
        return str(error)

unit = db.find_units()[0]
worker = unit.get_worker()
worker.register()
if not db.has_datastore_for_provider("mock"):
    db.set_datastore_for_provider("mock", os.path.join(db.get_db_path_for_provider("mock"), "mine.db"))
print(json.dumps({
    "sent": worker.send_feedback_message("Thank you.", unit),
    "budget": run.get_requester().get_available_budget() > 1e9,
    "kept": os.path.isdir(os.path.dirname(db.get_datastore_for_provider("mock"))),
    "rehearsal": [run.sandbox, unit.sandbox, run.get_requester().is_sandbox()],
    "real": len(db.find_units(sandbox=False)) + len(db.find_assignments(sandbox=False)),
    "blueprint": [blueprint.name, blueprint.config.units_per_assignment, type(blueprint.plugin).__name__],
    "account": ours.to_dict()["registered"],
    "planned": [planned.get_project().project_name, planned.parent_task_id],
    "scores": sorted(db.read_dict(notes).values()),
    "folder": os.path.isdir(unit.get_assignment().get_data_dir()),
    "absent": [hasattr(db, "new_agent"), said(lambda: db.new_agent)],
}))
db.shutdown()
"""


def test_a_script_makes_registers_and_keeps_things_and_is_told_what_is_absent(
    run_data, tmp_path, site_packages, db
):
    db.shutdown()
    done = site_packages.python(MORE, str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["sent"], told["budget"], told["kept"]) == (False, True, True)
    assert (told["rehearsal"], told["real"]) == ([True] * 3, 0)
    assert told["blueprint"] == ["static_task", 2, "StaticBlueprint"]
    assert (told["account"], told["planned"]) == (True, ["a study", None])
    assert (told["scores"], told["folder"]) == ([0.3] * 4, True)
    assert told["absent"][0] is False
    assert told["absent"][1].startswith("LocalMephistoDB has no 'new_agent' here.")
