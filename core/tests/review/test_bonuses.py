"""A bonus is told with the attempt of the worker who gets it, and of nobody else."""

import pytest

from mephisto.data_model.errors import MephistoDBException
from mephisto.store import offering


def test_a_bonus_for_a_unit_is_told_with_the_workers_own_attempt(db, emulator, launch, do_work, begin):
    terms = launch({"url": emulator.url}, rows=1)
    z = begin(terms, "z")
    db.store.write(
        lambda each: offering.time_out(each, db.store.ids, terms.run_id, z.deadline + 1, heard=False)
    )
    do_work(terms, "w")
    first, second = db.find_agents()
    (unit,) = db.find_units()
    assert (first.unit_id, unit.agent_id) == (unit.db_id, second.db_id)
    assert first.get_worker().bonus_worker(0.3, "for the time", unit) == (True, "")
    assert second.get_worker().bonus_worker(0.4, "good", unit) == (True, "")
    places = [body["place"] for _, body in emulator.asked]
    assert places[0].startswith("z ")
    assert places[1].startswith("w ")


def test_a_bonus_for_a_unit_of_others_is_refused(db, agents, emulator):
    y, unit = agents[2].get_worker(), agents[0].get_unit()
    with pytest.raises(MephistoDBException, match="never worked on it"):
        y.bonus_worker(1, "good", unit)
    assert emulator.asked == []


def test_a_bonus_may_be_written_as_text_and_one_that_there_is_not_is_refused(db, agents, emulator):
    x, unit = agents[0].get_worker(), agents[0].get_unit()
    for bonus in ("much", "-1", "0.001", "nan", float("inf"), ["1"]):
        with pytest.raises(MephistoDBException, match="cannot be paid"):
            x.bonus_worker(bonus, "good", unit)
        with pytest.raises(MephistoDBException, match="cannot be paid"):
            agents[0].approve_work(bonus=bonus)
    assert (emulator.asked, agents[0].get_status()) == ([], "completed")
    assert x.bonus_worker("0.5", "good", unit) == (True, "")
    assert [body["cents"] for _, body in emulator.asked] == [50]
