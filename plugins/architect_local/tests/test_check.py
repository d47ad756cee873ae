"""Where no server could start is found before one is."""

from pathlib import Path

import pytest

from mephisto_architect_local._server import why_not

FIRST_FOR_ALL = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
PORT = 81


@pytest.mark.parametrize("port", [0, 3000])
def test_an_address_of_another_machine_is_refused_whatever_the_port(port):
    problem = why_not("192.0.2.1", port)
    assert problem is not None
    assert problem.what == "mephisto.architect.hostname is '192.0.2.1', which is no address of this machine."
    assert problem.why
    assert "'localhost'" in problem.remedy


@pytest.mark.parametrize("hostname", ["localhost", "127.0.0.1"])
def test_any_free_port_of_this_machine_will_do(hostname):
    assert why_not(hostname, 0) is None


@pytest.mark.skipif(
    not FIRST_FOR_ALL.exists() or int(FIRST_FOR_ALL.read_text()) <= PORT,
    reason="all ports are everybody's here",
)
def test_a_port_that_needs_rights_is_answered_with_a_free_one_that_needs_none(as_nobody):
    why_not("localhost", 0)  # imports what nobody may
    problem = as_nobody(lambda: why_not("localhost", PORT))
    assert problem is not None
    assert problem.what == f"You may not serve on port {PORT}."
    assert "below 1024" in problem.why
    free = int(problem.remedy.rpartition("mephisto.architect.port=")[2])
    assert free >= 1024
    assert as_nobody(lambda: why_not("localhost", free)) is None
