"""Each check that a provider passes can fail."""

import itertools

import pytest

from mephisto import Adapter, Identity, MephistoError, Refuse, hookimpl
from mephisto.testing import ProviderTests
from mephisto.testing.stand_ins import ADAPTER, OpenProvider, registration


@pytest.fixture
def checks(trying):
    """Return the checks of a provider that identifies people as a function says."""

    def of(identify):
        class Plugin(OpenProvider):
            @hookimpl
            def provider_identify(self, data):
                return identify(data)

        return trying(ProviderTests, Plugin, registration=lambda _, worker: registration(worker))

    return of


def test_a_good_one_passes(trying):
    checks = trying(ProviderTests, OpenProvider, registration=lambda _, worker: registration(worker))
    checks.test_it_knows_a_worker_again()
    checks.test_it_tells_workers_apart()
    checks.test_it_refuses_registrations_without_content()
    checks.test_it_withstands_malformed_registrations()
    checks.test_its_adapter_defines_the_four_functions()


def test_the_registration_has_to_be_said(trying):
    with pytest.raises(NotImplementedError, match=r"registration\('worker1'\) return what the adapter would"):
        trying(ProviderTests, OpenProvider).test_it_knows_a_worker_again()


def test_a_worker_who_is_someone_new_each_time_is_found(checks):
    numbers = itertools.count()
    with pytest.raises(AssertionError, match="The same registration was identified as"):
        checks(lambda data: Identity(data["worker_name"], str(next(numbers)))).test_it_knows_a_worker_again()


def test_a_worker_who_is_refused_is_found(checks):
    refusing = checks(lambda _: Refuse("Nobody may work today."))
    with pytest.raises(AssertionError, match=r"worker1 was refused: Nobody may work today\."):
        refusing.test_it_knows_a_worker_again()
    with pytest.raises(AssertionError, match=r"worker1 was refused: Nobody may work today\."):
        refusing.test_it_tells_workers_apart()


@pytest.mark.parametrize(
    ("identify", "said"),
    [
        (lambda data: Identity("someone", data["worker_name"]), "have the name 'someone'"),
        (lambda data: Identity(data["worker_name"], "1"), "have the registration '1'"),
    ],
)
def test_workers_who_are_taken_for_each_other_are_found(checks, identify, said):
    with pytest.raises(AssertionError, match=said):
        checks(identify).test_it_tells_workers_apart()


def test_a_stranger_who_is_let_in_is_found(checks):
    with pytest.raises(AssertionError, match=r"\{\} was not refused, but identified as"):
        checks(lambda _: Identity("someone", "1")).test_it_refuses_registrations_without_content()


def test_a_hook_that_raises_is_found(checks):
    raising = checks(lambda data: Identity(data["worker_name"].strip(), "1"))
    with pytest.raises(MephistoError, match="failed in 'provider_identify'"):
        raising.test_it_refuses_registrations_without_content()
    with pytest.raises(MephistoError, match="failed in 'provider_identify'"):
        raising.test_it_withstands_malformed_registrations()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Refuse("no"), "refused without a sentence: 'no'"),
        (Refuse(""), "refused without a sentence: ''"),
        ("worker1", "answered 'worker1' to"),
        (Identity("", "1"), "which is empty"),
        (Identity("worker1", 7), "which is no text"),
    ],
)
def test_an_answer_that_says_nothing_is_found(checks, answer, said):
    with pytest.raises(AssertionError, match=said):
        checks(lambda _: answer).test_it_withstands_malformed_registrations()


def test_an_adapter_without_a_function_is_found(trying, tmp_path):
    script = tmp_path / "adapter.js"
    script.write_text(ADAPTER.read_text().replace("getAssignmentId()", "getAssignment()"))

    class Plugin(OpenProvider):
        @hookimpl
        def provider_adapter(self):
            return Adapter(script)

    checks = trying(ProviderTests, Plugin)
    with pytest.raises(AssertionError, match=r"adapter\.js does not define getAssignmentId\."):
        checks.test_its_adapter_defines_the_four_functions()
    script.unlink()
    with pytest.raises(AssertionError, match="There is no file"):
        checks.test_its_adapter_defines_the_four_functions()


def test_an_adapter_of_another_type_is_found(trying):
    class Plugin(OpenProvider):
        @hookimpl
        def provider_adapter(self):
            return ADAPTER

    with pytest.raises(AssertionError, match="not an Adapter"):
        trying(ProviderTests, Plugin).test_its_adapter_defines_the_four_functions()
