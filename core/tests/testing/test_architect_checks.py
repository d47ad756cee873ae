"""Each check that an architect passes can fail."""

import dataclasses

import pytest

from mephisto import Deployed, MephistoError, hookimpl
from mephisto.testing import ArchitectTests
from mephisto.testing.stand_ins import LoopbackArchitect
from mephisto.web import create_app, serve


class _Answering(LoopbackArchitect):
    """Deploys well, and says something else about it."""

    def change(self, deployed):
        raise NotImplementedError

    @hookimpl
    def architect_deploy(self, site, desk):
        server = serve(create_app(site, desk), "127.0.0.1", 0)
        self.stop = server.stop
        return self.change(Deployed(server.url))


def test_a_good_one_passes(trying, tmp_path):
    checks = trying(ArchitectTests, LoopbackArchitect)
    for number, check in enumerate(
        (
            checks.test_it_serves_what_it_deploys,
            checks.test_its_answer_can_be_stored,
            checks.test_nothing_is_served_after_shutting_down,
            checks.test_shutting_down_twice_is_harmless,
        )
    ):
        check(tmp_path / str(number))
    checks.test_shutting_down_before_deploying_is_harmless()


@pytest.mark.parametrize(
    ("url", "said"),
    [("{url}/elsewhere", "GET / answered 404"), ("http://127.0.0.1:9", "GET / answered None")],
    ids=["not the site", "nobody there"],
)
def test_what_is_not_served_is_found(trying, tmp_path, url, said):
    class Plugin(_Answering):
        def change(self, deployed):
            return Deployed(url.format(url=deployed.url))

    with pytest.raises(AssertionError, match=said):
        trying(ArchitectTests, Plugin).test_it_serves_what_it_deploys(tmp_path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "http://127.0.0.1/"}, "ends with a slash"),
        ({"state": {"when": object()}}, "is not a JSON object"),
        ({"state": {1: "one"}}, "is not a JSON object"),
    ],
    ids=["slash", "no JSON", "keys"],
)
def test_an_answer_that_cannot_be_stored_is_found(trying, tmp_path, changes, said):
    class Plugin(_Answering):
        def change(self, deployed):
            return dataclasses.replace(deployed, **changes)

    with pytest.raises(AssertionError, match=said):
        trying(ArchitectTests, Plugin).test_its_answer_can_be_stored(tmp_path)


def test_an_answer_of_another_type_is_found(trying, tmp_path):
    class Plugin(_Answering):
        def change(self, deployed):
            return deployed.url

    with pytest.raises(AssertionError, match="not a Deployed"):
        trying(ArchitectTests, Plugin).test_its_answer_can_be_stored(tmp_path)


def test_a_server_that_goes_on_is_found(trying, tmp_path):
    started = []

    class Plugin(LoopbackArchitect):
        @hookimpl
        def architect_deploy(self, site, desk):
            started.append(serve(create_app(site, desk), "127.0.0.1", 0))
            return Deployed(started[-1].url)

    try:
        with pytest.raises(AssertionError, match="still serves the task"):
            trying(ArchitectTests, Plugin).test_nothing_is_served_after_shutting_down(tmp_path)
    finally:
        started[-1].stop()


def test_shutting_down_that_works_only_once_is_found(trying, tmp_path):
    class Plugin(LoopbackArchitect):
        @hookimpl
        def architect_shutdown(self):
            self.stop()
            self.stop = None

    checks = trying(ArchitectTests, Plugin)
    with pytest.raises(MephistoError, match="'NoneType' object is not callable"):
        checks.test_shutting_down_twice_is_harmless(tmp_path)
    with pytest.raises(MephistoError, match="'NoneType' object is not callable"):
        checks.test_shutting_down_before_deploying_is_harmless()
