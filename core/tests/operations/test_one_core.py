"""Python lets one thread work at a time: those that take turns share a core, a researcher's functions have all."""

import os
import sys
import threading

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a thread choose its core")


def cores_of(name):
    return [os.sched_getaffinity(thread.native_id) for thread in threading.enumerate() if name in thread.name]


def test_the_threads_that_serve_and_the_one_that_writes_share_a_core(house):
    house.launch()
    house.browser().begin()
    shared = cores_of("mephisto-writer")[-1]
    assert len(shared) == 1
    assert cores_of("mephisto-web")[-1] == shared
    assert shared in cores_of("CP Server")


def test_what_started_before_the_server_stays_on_all_cores(house):
    everywhere = os.sched_getaffinity(os.getpid())
    house.launch()
    assert os.sched_getaffinity(threading.get_native_id()) == everywhere
    assert cores_of("mephisto-clock")[-1] == everywhere


def test_a_researchers_function_has_all_cores_though_a_request_waits_for_it(house, rows_state):
    found = []

    def may(_worker, _unit):
        found.append(os.sched_getaffinity(threading.get_native_id()))
        return True

    house.launch(state=rows_state(worker_can_do_unit=may))
    house.browser().begin()
    assert found == [os.sched_getaffinity(os.getpid())]
