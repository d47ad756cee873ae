"""Who gets a unit, who does not, and what they read instead."""

import pytest

from mephisto.errors import ConfigError
from mephisto.qualification_rules import COMPARATORS, make_qualification_dict, requirements_of
from mephisto.refusals import SENTENCES, Reason
from mephisto.status import RunStatus
from mephisto.store.attempts import Held, Refused

ASKED = "likes cats"
LISTED = [1, 3]
# comparator, what is asked for: which of the values 0 to 4 meet it, and whether not holding it does
COMPARISONS = [
    ("GreaterThan", 2, {3, 4}, False),
    ("GreaterThanOrEqualTo", 2, {2, 3, 4}, False),
    ("LessThan", 2, {0, 1}, False),
    ("LessThanOrEqualTo", 2, {0, 1, 2}, False),
    ("EqualTo", 2, {2}, False),
    ("NotEqualTo", 2, {0, 1, 3, 4}, False),
    ("Exists", None, {0, 1, 2, 3, 4}, False),
    ("DoesNotExist", None, set(), True),
    ("In", LISTED, {1, 3}, False),
    ("NotIn", LISTED, {0, 2, 4}, False),
]


def asking(*described, provider="mock"):
    return {"requirements": requirements_of(described, provider)}


def reason(refused):
    assert isinstance(refused, Refused), refused
    return refused.reason


@pytest.mark.parametrize(("comparator", "value", "meeting", "without"), COMPARISONS)
def test_each_comparator_lets_in_whom_it_says(ground, comparator, value, meeting, without):
    run = ground.run(9, **asking(make_qualification_dict(ASKED, comparator, value)))
    for held in range(5):
        ground.grant(f"holds {held}", ASKED, held)
    let_in = {held for held in range(5) if isinstance(ground.claim(run, f"holds {held}"), Held)}
    assert let_in == meeting
    assert isinstance(ground.claim(run, "holds nothing"), Held) == without


def test_the_table_has_all_comparators():
    assert {comparator for comparator, *_ in COMPARISONS} == COMPARATORS


@pytest.mark.parametrize(
    ("name", "comparator", "value"),
    [
        ("", "Exists", None),
        (None, "Exists", None),
        (ASKED, "Like", 1),
        (ASKED, ["In"], [1]),
        (ASKED, "GreaterThan", 1.5),
        (ASKED, "GreaterThan", True),
        (ASKED, "LessThan", "1"),
        (ASKED, "LessThanOrEqualTo", None),
        (ASKED, "Exists", 1),
        (ASKED, "DoesNotExist", 0),
        (ASKED, "In", (1, 2)),
        (ASKED, "NotIn", 1),
    ],
)
def test_what_cannot_be_compared_is_refused_where_it_is_written(name, comparator, value):
    with pytest.raises(ConfigError):
        make_qualification_dict(name, comparator, value)


@pytest.mark.parametrize("providers", ["mock", {"mock"}, [None], [["mock"]]])
def test_providers_that_are_no_list_of_names_are_refused_where_they_are_written(providers):
    with pytest.raises(ConfigError, match="list of names"):
        make_qualification_dict(ASKED, "Exists", None, providers)


def test_a_requirement_has_the_keys_that_scripts_know():
    assert make_qualification_dict(ASKED, "EqualTo", 1, ["mock"]) == {
        "qualification_name": ASKED,
        "comparator": "EqualTo",
        "value": 1,
        "applicable_providers": ["mock"],
    }


@pytest.mark.parametrize(
    ("providers", "holds"), [(None, True), ([], True), (["mock"], True), (["mturk"], False)]
)
def test_a_requirement_holds_with_the_providers_that_it_names(providers, holds):
    described = make_qualification_dict(ASKED, "Exists", None, providers)
    assert bool(requirements_of([described], "mock")) == holds


def test_all_requirements_have_to_be_met(ground):
    run = ground.run(
        **asking(
            make_qualification_dict(ASKED, "Exists", None),
            make_qualification_dict("banned", "DoesNotExist", None),
        )
    )
    for worker, held in {"one": [ASKED, "banned"], "two": [], "three": ["banned"]}.items():
        for name in held:
            ground.grant(worker, name)
        assert reason(ground.claim(run, worker)) == Reason.NOT_QUALIFIED
    ground.grant("four", ASKED)
    assert isinstance(ground.claim(run, "four"), Held)


def test_who_has_the_block_qualification_is_blocked_in_runs_that_name_it(ground):
    ground.grant("x", "blocked here", 0)
    assert reason(ground.claim(ground.run(block_qualification="blocked here"), "x")) == Reason.BLOCKED
    assert isinstance(ground.claim(ground.run(block_qualification="blocked there"), "x"), Held)


def test_the_same_name_with_another_provider_is_another_worker(ground):
    ground.grant("x", "blocked here", provider="mturk")
    assert isinstance(ground.claim(ground.run(block_qualification="blocked here"), "x"), Held)


@pytest.mark.parametrize(
    "status", [status for status in RunStatus if status not in {RunStatus.LIVE, RunStatus.LAUNCHING}]
)
def test_a_run_that_is_over_is_closed(ground, status):
    assert reason(ground.claim(ground.run(status=status), "x")) == Reason.RUN_CLOSED


def test_a_run_that_is_being_launched_asks_to_come_back(ground):
    assert reason(ground.claim(ground.run(status=RunStatus.LAUNCHING), "x")) == Reason.TRY_AGAIN


def test_the_maximum_counts_all_runs_of_a_task_but_no_other_task(ground):
    first, second = (ground.run(5, maximum_units=2) for _ in range(2))
    other = ground.run(5, task="another task", maximum_units=2)
    ground.answer(first, ground.claim(first, "x").token)
    assert isinstance(ground.claim(second, "x"), Held)
    assert reason(ground.claim(first, "x")) == reason(ground.claim(second, "x")) == Reason.TASK_MAXIMUM
    assert isinstance(ground.claim(other, "x"), Held)
    assert isinstance(ground.claim(first, "y"), Held)


def test_what_was_not_finished_does_not_count_towards_the_maximum(ground):
    run = ground.run(5, maximum_units=1)
    ground.claim(run, "x")
    ground.time.move(2 * run.duration)
    ground.time_out(run)
    assert isinstance(ground.claim(run, "x"), Held)


def test_who_holds_enough_reads_to_finish_one_first(ground):
    run = ground.run(5, allowed_concurrent=1)
    held = ground.claim(run, "x")
    assert reason(ground.claim(run, "x")) == Reason.CONCURRENT_MAXIMUM
    ground.answer(run, held.token)
    assert isinstance(ground.claim(run, "x"), Held)


def test_no_more_units_are_offered_than_the_window_is_wide(ground):
    run = ground.run(3, window=1)
    held = ground.claim(run, "x")
    assert reason(ground.claim(run, "y")) == Reason.TRY_AGAIN
    ground.answer(run, held.token)
    assert isinstance(ground.claim(run, "y"), Held)


def test_a_worker_does_an_assignment_once(ground):
    run = ground.run(2, 2)
    rows = {ground.claim(run, "x").data["row"] for _ in range(2)}
    assert rows == {0, 1}


def test_who_has_a_unit_of_every_assignment_has_the_maximum_once_the_source_has_ended(ground):
    run = ground.run(1, 2, ended=False)
    ground.claim(run, "x")
    assert reason(ground.claim(run, "x")) == Reason.TRY_AGAIN
    ground.feed(run, 0, ended=True)
    assert reason(ground.claim(run, "x")) == Reason.TASK_MAXIMUM


def test_while_others_hold_units_there_may_be_one_later(ground):
    run = ground.run(1)
    held = ground.claim(run, "x")
    assert reason(ground.claim(run, "y")) == Reason.TRY_AGAIN
    ground.answer(run, held.token)
    assert reason(ground.claim(run, "y")) == Reason.NOTHING_LEFT


def test_a_registration_that_is_known_gets_what_it_had(ground):
    run = ground.run(3)
    held = ground.claim(run, "x", "place", trusted=False, browser_key="mine")
    again = ground.claim(run, "x", "place", trusted=False, browser_key="mine")
    assert (again.token, again.fresh) == (held.token, False)
    assert (
        reason(ground.claim(run, "x", "place", trusted=False, browser_key="other")) == Reason.OPEN_ELSEWHERE
    )
    assert reason(ground.claim(run, "x", "place", trusted=False, browser_key="")) == Reason.OPEN_ELSEWHERE
    assert reason(ground.claim(run, "y", "place")) == Reason.OPEN_ELSEWHERE
    ground.answer(run, held.token)
    assert reason(ground.claim(run, "x", "place")) == Reason.FINISHED


def test_an_attempt_that_ended_is_followed_by_another_on_the_workers_wish(ground):
    run = ground.run(1)
    held = ground.claim(run, "x", "place")
    ground.time.move(2 * run.duration)
    ground.time_out(run)
    assert reason(ground.claim(run, "x", "place")) == Reason.ATTEMPT_ENDED
    assert ground.claim(run, "x", "place", again=True).token != held.token


def test_the_first_rule_that_says_no_gives_the_reason(ground):
    """Closed, blocked, not qualified, enough done, enough held: in this order, and then whether there is a unit."""
    limits = {"maximum_units": 1, "allowed_concurrent": 1, "block_qualification": "bad"}
    run = ground.run(1, **limits, **asking(make_qualification_dict(ASKED, "Exists", None)))
    for worker in ("x", "y"):
        ground.grant(worker, ASKED)
    ground.claim(run, "x")
    assert reason(ground.claim(run, "y")) == Reason.TRY_AGAIN
    assert reason(ground.claim(run, "x")) == Reason.TASK_MAXIMUM
    ground.grant("unknown", "other")
    assert reason(ground.claim(run, "unknown")) == Reason.NOT_QUALIFIED
    ground.grant("unknown", "bad")
    assert reason(ground.claim(run, "unknown")) == Reason.BLOCKED
    ground.close(run)
    assert reason(ground.claim(run, "unknown")) == Reason.RUN_CLOSED


def test_each_reason_has_a_sentence_of_its_own():
    assert set(SENTENCES) == set(Reason)
    assert len(set(SENTENCES.values())) == len(Reason)
    assert all(sentence.endswith((".", "!")) for sentence in SENTENCES.values())
    assert "maximum number of tasks" in SENTENCES[Reason.TASK_MAXIMUM]
