"""docs/data-model.md: what it says of each object, and of the database, is there."""

import importlib
import re
from pathlib import Path

import pytest

from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.objects import (
    Agent,
    Assignment,
    OnboardingAgent,
    Project,
    Requester,
    Task,
    TaskRun,
    Unit,
    Worker,
)
from mephisto.data_model.qualification import Qualification
from mephisto.operations.live_run import LiveRun
from mephisto.operations.operator import Operator

PAGE = (Path(__file__).parents[1] / "docs" / "data-model.md").read_text(encoding="utf-8")
OBJECTS = re.findall(r"^\| `(\w+)\.(\w+)` \| (.*) \|$", PAGE, re.MULTILINE)
DATABASE = PAGE.partition("## The database\n")[2].partition("\n## ")[0]
ABSENT = PAGE.partition("## What is not there\n")[2]
IN_EVERY_RUN = ["task_run_id", "task_id", "requester_id", "task_type", "provider_type", "sandbox"]


def there_in(kind):
    return {name for name in dir(kind) if not name.startswith("_") and hasattr(kind, name)}


def absent_from(kind):
    return set(dir(kind)) - {name for name in dir(kind) if hasattr(kind, name)}


def names_in(cells):
    """List what is named: single words, with or without arguments; sentences are not names."""
    found = (
        re.fullmatch(r"`?(?:\w+\.)?(\w+)(?:\(.*\))?`?", part.strip())
        for part in re.split(r"[|;]|,(?![^(]*\))", cells)
    )
    return [each[1] for each in found if each]


@pytest.mark.parametrize(("module", "name", "cells"), OBJECTS, ids=[name for _, name, _ in OBJECTS])
def test_an_object_has_what_the_page_says(module, name, cells):
    kind = getattr(importlib.import_module(f"mephisto.data_model.{module}"), name)
    names = names_in(cells)
    if "those of what is in a run" in cells:
        names += [*IN_EVERY_RUN, "get_task_run", "get_task", "get_requester"]
    has = {*there_in(kind), *kind.rows.selected_columns.keys()}
    assert len(names) > 2
    assert [each for each in names if each not in has] == []


def test_the_database_has_what_the_page_says():
    names = [
        each for row in re.findall(r"^\| ([a-z_, ]+) \|", DATABASE, re.MULTILINE) for each in names_in(row)
    ]
    assert len(names) > 30
    assert [each for each in names if not hasattr(LocalMephistoDB, each)] == []
    assert there_in(LocalMephistoDB) - set(names) == set()


def test_what_the_page_calls_absent_is_absent_and_says_so():
    rows = re.findall(r"^\| of (live runs|the database|\w+): (.*) \| (.*) \|$", ABSENT, re.MULTILINE)
    said = {(of, name) for of, names, _ in rows for name in re.findall(r"`(\w+)`", names)}
    kinds = {"runs": TaskRun, "units": Unit, "agents": Agent, "workers": Worker, "requesters": Requester}
    others = {"the database": LocalMephistoDB, "operators": Operator, "live runs": LiveRun}
    absent = {(of, name) for of, kind in {**kinds, **others}.items() for name in absent_from(kind)}
    assert said == absent
    assert absent_from(OnboardingAgent) <= absent_from(Agent)
    for kind in (Assignment, Project, Qualification, Task):
        assert absent_from(kind) == set()
