"""Projects: tasks put together, before their first run or after it."""

import pytest

from mephisto.data_model.project import NO_PROJECT, Project
from mephisto.data_model.task import Task
from mephisto.errors import MephistoError
from mephisto.utils.db import EntryAlreadyExistsException, EntryDoesNotExistException


def test_tasks_belong_to_a_project_as_long_as_a_script_wants_that(db):
    project = Project.get(db, db.new_project("a study"))
    (task,) = db.find_tasks()
    assert (task.project_id, task.get_project(), project.get_tasks()) == (None, None, [])
    task.set_project(project)
    assert task.get_project() == Task.get(db, task.db_id).get_project() == project
    assert project.get_tasks() == db.find_tasks(project_id=project.db_id) == [task]
    assert db.get_task(task.db_id)["project_id"] == project.db_id
    assert project.get_total_spend() == task.get_total_spend() == 1.2
    task.set_project(None)
    assert db.find_tasks(project_id=project.db_id) == []
    assert project.get_total_spend() == 0


def test_projects_are_found_by_name_and_id(db):
    made = db.new_project("a study")
    (found,) = db.find_projects(project_name="a study")
    assert (found.db_id, found.project_name) == (made, "a study")
    assert db.get_project(made)["project_name"] == "a study"
    assert db.find_projects("another") == []
    assert db.find_tasks(project_id="none") == []
    with pytest.raises(EntryDoesNotExistException, match="There is no project with the id 5"):
        db.get_project("5")


def test_a_name_is_given_once_and_one_is_kept_free(db):
    db.new_project("a study")
    with pytest.raises(EntryAlreadyExistsException):
        db.new_project("a study")
    for name in ("", NO_PROJECT):
        with pytest.raises(MephistoError, match="cannot be called"):
            db.new_project(name)
    assert len(db.find_projects()) == 1


def test_a_task_is_changed_before_its_first_run(db):
    project = db.new_project("a study")
    task = Task.new(db, "plannd", "static_task")
    db.update_task(task.db_id, task_name="planned", project_id=project)
    assert db.find_tasks("planned", project) == [task]
    db.update_task(task.db_id)
    assert db.get_task(task.db_id)["task_name"] == "planned"
    assert task.get_runs() == []


def test_a_task_with_runs_keeps_its_name_and_says_so(db):
    (task,) = db.find_tasks()
    with pytest.raises(MephistoError, match=r"'people' cannot be changed\.\nIt has runs"):
        db.update_task(task.db_id, task_name="persons", project_id=db.new_project("a study"))
    assert (db.find_tasks("persons"), task.get_project()) == ([], None)


def test_what_a_task_cannot_become_is_said(db):
    task = Task.new(db, "planned", "static_task")
    with pytest.raises(EntryAlreadyExistsException):
        db.update_task(task.db_id, task_name="people", project_id=db.new_project("a study"))
    with pytest.raises(EntryAlreadyExistsException):
        Task.new(db, "people", "static_task")
    with pytest.raises(EntryDoesNotExistException, match="project"):
        db.update_task(task.db_id, project_id="5")
    with pytest.raises(EntryDoesNotExistException, match="task"):
        db.update_task("5", task_name="x")
    with pytest.raises(MephistoError, match="no blueprint 'statc_task'"):
        Task.new(db, "other", "statc_task")
    assert Task.get(db, task.db_id).get_project() is None


def test_a_launch_takes_the_task_that_was_planned(db, launch):
    task = Task.new(db, "planned", "static_task")
    task.set_project(Project(db, db.new_project("a study")))
    run = launch(task_name="planned")
    assert [run.id] == [each.db_id for each in task.get_runs()]
    assert db.find_task_runs(task_id=task.db_id)[0].get_task().get_project().project_name == "a study"
