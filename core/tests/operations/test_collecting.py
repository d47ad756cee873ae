"""While workers are served, Python's garbage collector walks through what is new, and afterwards through all again."""

import gc


def test_what_was_there_before_the_first_worker_is_left_out_until_the_operator_has_shut_down(house):
    house.launch()
    assert gc.get_freeze_count() > 10_000
    house.browser().work()
    house.ended()
    house.operator.shutdown()
    assert gc.get_freeze_count() == 0
