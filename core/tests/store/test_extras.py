"""Screening and gold units in rows: never more than a run gives, and in nobody's way."""

import threading

import pytest

from mephisto.model import assignments, units
from mephisto.refusals import Reason
from mephisto.status import UnitKind
from mephisto.store import Lane, attempts, claims, extras
from mephisto.store.admission import ExtraTerms, extra_terms, terms_of
from mephisto.store.attempts import Held


@pytest.fixture
def give(ground):
    """Let a worker ask for a unit beside the data."""

    def claim(terms, worker, registration=None):
        asked = attempts.Request(worker, registration or f"{worker} {ground.store.ids.new()}", trusted=True)
        new = extras.NewExtra({"for": worker}, 10)
        return ground.store.write(
            lambda connection: claims.claim_extra(
                connection, ground.store.ids, terms, asked, new, ground.store.now()
            ),
            Lane.CLAIM,
        )

    return claim


@pytest.mark.parametrize("kind", [UnitKind.SCREENING, UnitKind.GOLD])
def test_many_at_once_never_get_more_than_there_are(ground, give, kind):
    terms = ground.run(10, extra=ExtraTerms(kind, 7))
    outcomes = []
    threads = [
        threading.Thread(target=lambda number=number: outcomes.append(give(terms, f"worker {number}")))
        for number in range(64)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len([outcome for outcome in outcomes if isinstance(outcome, Held)]) == 7
    assert {outcome.reason for outcome in outcomes if not isinstance(outcome, Held)} == {Reason.NO_EXTRA_LEFT}
    assert len(ground.rows(units, units.c.kind == kind)) == 7
    assert len(ground.rows(assignments, assignments.c.source_index.is_(None))) == 7


def test_a_refused_claim_leaves_nothing_behind(ground, give):
    terms = ground.run(1, extra=ExtraTerms(UnitKind.GOLD, 7), allowed_concurrent=1)
    give(terms, "x")
    assert give(terms, "x").reason == Reason.CONCURRENT_MAXIMUM
    ground.answer(terms, ground.claim(terms, "y").token)
    assert give(terms, "z").reason == Reason.NOTHING_LEFT
    assert len(ground.rows(units, units.c.kind == UnitKind.GOLD)) == 1


def test_they_count_for_no_maximum_in_any_run_of_the_task(ground, give):
    first, second = (ground.run(3, maximum_units=1, extra=ExtraTerms(UnitKind.GOLD, 7)) for _ in range(2))
    for terms in (first, second, second):
        ground.answer(terms, give(terms, "x").token)
    ground.answer(first, ground.claim(first, "x").token)
    assert ground.claim(second, "x").reason == Reason.TASK_MAXIMUM
    assert give(second, "x").reason == Reason.TASK_MAXIMUM


def test_a_late_answer_counts_only_while_there_is_room(ground, give):
    terms = ground.run(3, extra=ExtraTerms(UnitKind.GOLD, 1))
    left = give(terms, "x")
    ground.time.move(2 * terms.duration)
    ground.time_out(terms)
    other = give(terms, "y")
    ground.answer(terms, left.token)
    assert [row.kind for row in ground.sent_by(left.agent_id)] == ["late"]
    ground.time.move(2 * terms.duration)
    ground.time_out(terms)
    ground.answer(terms, other.token)
    assert [row.kind for row in ground.sent_by(other.agent_id)] == ["answer"]


def test_the_end_of_a_run_takes_those_back_that_nobody_did(ground, give):
    terms = ground.run(3, extra=ExtraTerms(UnitKind.SCREENING, 9))
    done, held = give(terms, "x"), give(terms, "y")
    ground.answer(terms, done.token)
    ground.close(terms)
    assert [
        ground.rows(units, units.c.id == ground.agent(each.agent_id).unit_id)[0].status
        for each in (done, held)
    ] == [
        "completed",
        "expired",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, None),
        ({"use_screening_task": False, "max_screening_units": 3}, None),
        ({"use_screening_task": True, "max_screening_units": 0}, None),
        ({"use_screening_task": True, "max_screening_units": 3}, ExtraTerms(UnitKind.SCREENING, 3)),
        ({"use_golds": True, "max_gold_units": "???"}, None),
        ({"use_golds": True, "max_gold_units": 4}, ExtraTerms(UnitKind.GOLD, 4)),
    ],
)
def test_what_a_run_gives_is_read_from_its_options(options, expected):
    assert extra_terms(options) == expected


def test_a_process_that_did_not_launch_a_run_knows_whom_gold_units_keep_out():
    class Row:
        id, task_id, provider = 1, 2, "mock"
        config = {"blueprint": {"use_golds": True, "gold_qualification_base": "study", "max_gold_units": 4}}  # noqa: RUF012

    terms = terms_of(Row)
    assert [asked.name for asked in terms.requirements] == ["study-disqualified"]
    assert terms.extra == ExtraTerms(UnitKind.GOLD, 4)
