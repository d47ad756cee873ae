"""Gold units: between the others come some whose answer is known, and who gets too many of them wrong is sent away."""

import threading
import time

import pytest
from omegaconf import OmegaConf

from mephisto.abstractions.blueprints.mixins.use_gold_unit import UseGoldUnit, get_gold_factory
from mephisto.data_model.agent_state import NOTES
from mephisto.data_model.unit import Unit
from mephisto.data_model.worker import Worker
from mephisto.errors import ConfigError
from mephisto.qualification_rules import QUAL_NOT_EXIST
from mephisto.refusals import SENTENCES, Reason
from mephisto.shared_state import GoldSharedState

OPTIONS = {"gold_qualification_base": "study", "use_golds": True, "max_gold_units": 5}
RIGHT, WRONG, UNCLEAR = {"answer": "right"}, {"answer": "wrong"}, {"answer": "unclear"}


def verdict_of(unit):
    answer = unit.get_assigned_agent().state.get_data()["outputs"]["answer"]
    return {"right": True, "wrong": False}.get(answer)


@pytest.fixture
def golden(house, rows_state):
    """Launch a run of ten rows with gold units; options of the blueprint and the task by name."""

    def launch(rows=10, judge=verdict_of, onboarding=None, task=None, state=None, **blueprint):
        options = OPTIONS | blueprint
        config = OmegaConf.create(house.configuration(blueprint=options))
        functions = {
            "get_gold_for_worker": get_gold_factory([{"gold": 1}]),
            "on_unit_submitted": UseGoldUnit.create_validation_function(config, judge),
        } | (state or {})
        limits = {"allowed_concurrent": 1} | (task or {})
        data = [{"a": number} for number in range(1, rows + 1)]
        house.launch(data, state=rows_state(**functions), blueprint=options, onboarding=onboarding, **limits)
        return house

    return launch


class Sitting:
    """One worker who does one unit after the other; `next` says what they are shown, or why nothing."""

    def __init__(self, house, name="x"):
        self.house, self.name, self.number = house, name, 0

    def next(self):
        self.number += 1
        self.browser = self.house.browser(self.name, str(self.number))
        data = self.browser.ask()["init_task_data"]
        if data is None:
            return self.browser.details["refusal"]
        return "gold" if "gold" in data else "data"

    def do(self, answer=RIGHT):
        kind = self.next()
        reply = self.browser.submit(answer, "s1")
        self.browser.confirm(reply.json()["receipt"])
        return kind


def held(house, name, worker="x"):
    found = next(Worker.get(house.db, str(row.id)) for row in house.rows("workers") if row.name == worker)
    granted = found.get_granted_qualification(f"study-{name}")
    return granted and granted.value


def test_a_worker_gets_gold_first_and_then_ever_more_seldom(golden):
    sitting = Sitting(golden(rows=20))
    assert [sitting.do() for _ in range(14)] == ["gold", *["data"] * 10, "gold", "data", "data"]
    house = sitting.house
    house.until(lambda: held(house, "completed-count") == 12)
    assert held(house, "correct-golds") == 2


def test_answers_are_counted_in_qualifications_that_outlive_the_run(golden):
    house = golden(max_incorrect_golds=1)
    sitting = Sitting(house)
    sitting.do(RIGHT)
    sitting.do(WRONG)
    house.until(lambda: not house.run.listening.is_busy())
    counted = {name: held(house, name) for name in ("completed-count", "correct-golds", "wrong-golds")}
    assert counted == {"completed-count": 1, "correct-golds": 1, "wrong-golds": None}
    assert held(house, "disqualified") is None
    assert house.rows("decisions") == [], "counting decides nothing"


def test_an_answer_that_is_told_twice_is_counted_once(golden):
    """A run that is killed between counting and noting that it was told tells it again."""
    house = golden()
    Sitting(house).do(RIGHT)
    house.until(lambda: held(house, "correct-golds") == 1)
    unit = Unit.get(house.db, str(next(row.id for row in house.rows("units") if row.unit_index < 0)))
    house.run.plan.shared_state.on_unit_submitted(unit)
    assert held(house, "correct-golds") == 1
    assert unit.get_assigned_agent().state.get_metadata().keys() == {*NOTES, "task_start", "task_end"}


def test_who_gets_too_many_wrong_is_disqualified_and_stays_away(golden):
    house = golden(max_incorrect_golds=1, min_golds=2)
    sitting = Sitting(house)
    assert sitting.do(WRONG) == "gold"
    assert sitting.do(WRONG) == "gold", "one wrong answer is allowed"
    assert sitting.next() == Reason.NOT_QUALIFIED
    assert sitting.browser.details["failure_reason"] == SENTENCES[Reason.NOT_QUALIFIED]
    assert held(house, "disqualified") == 1
    golden(max_incorrect_golds=9)
    assert sitting.next() == Reason.NOT_QUALIFIED, "in the next run, too"


def test_the_first_wrong_answer_excludes_where_none_is_allowed(golden):
    sitting = Sitting(golden())
    assert sitting.do(WRONG) == "gold"
    assert sitting.next() == Reason.NOT_QUALIFIED


def test_what_get_mixin_qualifications_adds_means_what_the_option_says(golden, house):
    """Added as scripts do, it keeps the disqualified out, and nobody who got as much wrong as is allowed."""
    asked = UseGoldUnit.get_mixin_qualifications(OmegaConf.create({"blueprint": OPTIONS}), None)
    assert [(each["qualification_name"], each["comparator"]) for each in asked] == [
        ("study-disqualified", QUAL_NOT_EXIST)
    ]
    sitting = Sitting(golden(max_incorrect_golds=1, state={"qualifications": asked}))
    assert [sitting.do(WRONG), sitting.do(RIGHT)] == ["gold", "gold"]
    with pytest.raises(ConfigError, match="gold_qualification_base"):
        UseGoldUnit.get_mixin_qualifications({"blueprint": {"gold_qualification_base": "???"}}, None)


def test_an_answer_about_which_nothing_is_said_counts_as_neither(golden):
    sitting = Sitting(golden())
    assert sitting.do(UNCLEAR) == "gold"
    assert sitting.do(RIGHT) == "gold"
    assert sitting.next() == "data"
    assert (held(sitting.house, "correct-golds"), held(sitting.house, "wrong-golds")) == (1, None)


def test_at_the_cap_who_has_enough_right_goes_on_and_who_has_not_gets_nothing(golden):
    always = {"worker_needs_gold": lambda *_: True}
    house = golden(max_gold_units=1, state=always)
    sitting = Sitting(house)
    assert [sitting.do(), sitting.next()] == ["gold", "data"]
    assert Sitting(house, "y").next() == Reason.NO_EXTRA_LEFT


def test_who_leaves_a_gold_unit_gives_its_place_back(golden, clock):
    house = golden(max_gold_units=1)
    assert Sitting(house, "x").next() == "gold"
    assert Sitting(house, "y").next() == Reason.NO_EXTRA_LEFT
    clock.advance(1_801)
    house.until_any("agents", "timeout")
    assert Sitting(house, "y").next() == "gold"
    assert Sitting(house, "z").next() == Reason.NO_EXTRA_LEFT
    assert len(house.db.find_units(unit_index=-2)) == 2, (
        "gold was chosen for one worker, and goes to no other"
    )


def test_two_at_once_do_not_pass_the_cap(golden):
    house = golden(max_gold_units=1)
    browsers = [house.browser(name) for name in "xyzuvw"]
    threads = [threading.Thread(target=browser.ask) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [bool(browser.details["agent_id"]) for browser in browsers].count(True) == 1


def test_the_functions_of_the_script_decide_with_the_numbers_in_this_order(golden):
    asked = []

    def needs(*numbers):
        asked.append(("needs", numbers))
        return len(asked) < 3

    def qualifies(*numbers):
        asked.append(("qualifies", numbers))
        return True

    def chosen(worker):
        return {"gold": worker.worker_name}

    functions = {"worker_needs_gold": needs, "worker_qualifies": qualifies, "get_gold_for_worker": chosen}
    house = golden(min_golds=3, max_incorrect_golds=4, state=functions)
    sitting = Sitting(house)
    assert [sitting.do(), sitting.do(), sitting.next()] == ["gold", "data", "data"]
    assert asked == [
        ("qualifies", (0, 0, 0, 4)),
        ("needs", (0, 0, 0, 3)),
        ("qualifies", (0, 1, 0, 4)),
        ("needs", (0, 1, 0, 3)),
        ("qualifies", (1, 1, 0, 4)),
        ("needs", (1, 1, 0, 3)),
    ]
    assert house.db.find_units(unit_index=-2)[0].get_assignment_data().shared == {"gold": "x"}


@pytest.mark.parametrize("name", ["worker_needs_gold", "worker_qualifies", "get_gold_for_worker"])
@pytest.mark.parametrize("trouble", ["raises", "is slow"])
def test_a_function_that_fails_refuses_that_one_request_calmly(golden, caplog, name, trouble):
    went_wrong = []

    def function(*_):
        if not went_wrong:
            went_wrong.append(True)
            if trouble == "raises":
                raise ValueError("nobody knows")
            time.sleep(1.5)
        return {"gold": 1} if name == "get_gold_for_worker" else True

    house = golden(state={name: function}, task={"callback_patience_in_seconds": 1})
    assert Sitting(house).next() == Reason.UNDECIDED
    assert "a function for gold units" in caplog.text
    assert "test_gold.py:" in caplog.text
    assert Sitting(house, "y").next() == "gold"


@pytest.mark.parametrize(
    ("given", "told", "why"),
    [
        (None, "None", "is a dict"),
        ([{"gold": 1}], "[{'gold': 1}]", "is a dict"),
        ({"gold": {1}}, "{'gold': {1}}", "not JSON serializable"),
    ],
    ids=["nothing", "a list", "no JSON"],
)
def test_gold_that_is_no_data_is_told_with_the_function_that_returned_it(golden, caplog, given, told, why):
    """The worker is told what they are told where it raises, and the next one may get gold."""
    answers = [given]

    def chosen(_):
        return answers.pop() if answers else {"gold": 1}

    house = golden(state={"get_gold_for_worker": chosen})
    assert Sitting(house).next() == Reason.UNDECIDED
    line = chosen.__code__.co_firstlineno
    assert f"get_gold_for_worker at {__file__}:{line} returned {told}.\n" in caplog.text
    assert why in caplog.text
    assert "raised" not in caplog.text
    assert "extras.py" not in "".join(record.getMessage() for record in caplog.records)
    assert Sitting(house, "y").next() == "gold"


def test_gold_units_count_for_no_limit_and_not_for_the_end(golden):
    house = golden(rows=1, task={"maximum_units_per_worker": 1})
    sitting = Sitting(house)
    assert [sitting.do(), sitting.do()] == ["gold", "data"]
    ended = house.ended()
    assert (ended.status, ended.end_reason) == ("ended", "all of its units are done")
    assert house.run.counts().done == 1


def test_who_has_to_be_onboarded_is_onboarded_first_and_then_gets_gold(golden):
    house = golden(onboarding="knows the rules")
    browser = house.browser("x").begin()
    assert browser.token.startswith("onboarding_")
    body = {"provider_data": {"USED_AGENT_ID": browser.token, "onboarding_data": {"ok": True}}}
    assert browser.post("/submit_onboarding", json=body).json()["data"]["init_task_data"]["gold"] == 1


def test_a_factory_gives_each_worker_all_before_any_again():
    class Someone:
        def __init__(self, db_id):
            self.db_id = db_id

    draw = get_gold_factory([{"gold": number} for number in range(5)])
    for worker in (Someone("1"), Someone("2")):
        for _ in range(2):
            assert sorted(draw(worker)["gold"] for _ in range(5)) == [0, 1, 2, 3, 4]
    with pytest.raises(ConfigError):
        get_gold_factory([])


@pytest.mark.parametrize(
    ("completed", "correct", "incorrect", "needed"),
    [
        (0, 0, 0, True),
        (0, 1, 0, False),
        (9, 1, 0, False),
        (30, 1, 0, True),
        (30, 3, 0, False),
        (30, 3, 2, True),
    ],
)
def test_by_itself_a_run_asks_for_gold_first_and_then_seldom(completed, correct, incorrect, needed):
    state = GoldSharedState()
    assert state.worker_needs_gold(completed, correct, incorrect, 1) is needed


def test_by_itself_a_run_allows_as_many_wrong_answers_as_the_option_says():
    state = GoldSharedState()
    assert state.worker_qualifies(10, 0, 2, 2)
    assert not state.worker_qualifies(10, 9, 3, 2)
