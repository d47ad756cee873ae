"""Ids: unique, each larger than the last, in the order of time, and small enough for any database."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor

from mephisto.store.ids import Ids


def test_each_id_is_larger_than_the_last():
    ids = Ids()
    made = [ids.new() for _ in range(20_000)]
    assert all(earlier < later for earlier, later in itertools.pairwise(made))


def test_ids_made_later_are_larger_whoever_made_them():
    earlier = Ids().new()
    time.sleep(0.002)
    assert Ids().new() > earlier


def test_ids_have_at_most_63_bits_until_2163(monkeypatch):
    year_2163 = 6_088_000_000  # seconds since 1970
    monkeypatch.setattr("time.time_ns", lambda: year_2163 * 10**9)
    assert 2**62 < Ids().new() < 2**63


def test_a_clock_that_is_set_back_does_not_set_ids_back(monkeypatch):
    ids, now = Ids(), time.time_ns()
    monkeypatch.setattr("time.time_ns", lambda: now)
    first = ids.new()
    monkeypatch.setattr("time.time_ns", lambda: now - 3_600 * 10**9)
    assert ids.new() == first + 1


def test_a_block_is_in_a_row_and_belongs_to_nobody_else():
    ids = Ids()
    before, block, after = ids.new(), ids.block(5_000), ids.new()
    assert len(block) == 5_000
    assert before < block[0]
    assert list(block) == list(range(block[0], block[0] + 5_000))
    assert block[-1] < after
    assert len(ids.block(0)) == 0
    assert ids.new() > after


def test_threads_never_get_the_same_id():
    """To look at the last id and to note the next, without a lock, gives two threads the same."""
    ids = Ids()

    def make(number):
        return list(ids.block(3)) if number % 2 else [ids.new()]

    with ThreadPoolExecutor(8) as pool:
        made = [new for several in pool.map(make, range(8_000)) for new in several]
    assert len(set(made)) == len(made) == 16_000
