"""A run that stands still is explained by its rows."""

from dataclasses import replace

import pytest

from mephisto.instants import MINUTE, SECOND
from mephisto.operations.stalls import cause
from mephisto.store.progress import Progress

NOW = 1_000_000 * SECOND
MOVING = Progress(
    status="live",
    done=1,
    at_work=1,
    left=5,
    taken_back=0,
    free=5,
    workers=2,
    per_hour=10,
    refusals={},
    recent_refusals={},
    source_ended=True,
    created_at=NOW - 60 * MINUTE,
    last_claim=NOW - MINUTE,
    last_answer=NOW - MINUTE,
    next_deadline=NOW + 4 * MINUTE,
)
LONG_AGO = NOW - 40 * MINUTE


@pytest.mark.parametrize(
    ("change", "last_request", "said"),
    [
        ({}, NOW - MINUTE, ""),
        (
            {"left": 0, "free": 0, "at_work": 40},
            NOW,
            "all 40 open units are held; the next one ends in 4 min",
        ),
        ({"left": 9, "free": 0, "at_work": 1}, NOW, "the only open unit is held; the next one ends in 4 min"),
        (
            {"left": 2, "free": 0, "reserved": 2},
            NOW,
            "the only open unit is held (2 reserved); the next one ends in 4 min",
        ),
        (
            {"left": 1, "free": 0, "at_work": 0, "reserved": 1, "next_deadline": None},
            NOW,
            "the only open unit is reserved by a script; task_run.clear_reservation gives one back",
        ),
        ({"left": 5, "free": 1, "at_work": 0, "reserved": 4, "next_deadline": None}, NOW, ""),
        (
            {
                "last_claim": LONG_AGO,
                "last_answer": LONG_AGO,
                "recent_refusals": {"maximum for this task": 12, "blocked": 1},
            },
            NOW,
            "12 workers were refused in the last 10 min: maximum for this task",
        ),
        (
            {"last_claim": LONG_AGO, "last_answer": LONG_AGO},
            NOW - 31 * MINUTE,
            "nobody has asked for work for 31 min",
        ),
        (
            {"last_claim": None, "last_answer": None, "done": 0, "at_work": 0},
            None,
            "the task is live, but nobody has come yet",
        ),
    ],
)
def test_a_stall_is_named_with_its_cause(change, last_request, said):
    assert cause(replace(MOVING, **change), last_request, NOW) == said


def test_a_run_that_was_just_launched_does_not_stall():
    young = replace(MOVING, created_at=NOW - MINUTE, last_claim=None, last_answer=None, at_work=0)
    assert cause(young, None, NOW) == ""
