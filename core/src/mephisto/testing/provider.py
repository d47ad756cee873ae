"""What a provider has to keep: it knows its workers again, refuses everyone else politely, and brings an adapter."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mephisto.effects import Adapter, Identity, Refuse
from mephisto.testing.plugin import PluginTests

FUNCTIONS: Final = ("getWorkerName", "getAssignmentId", "getAgentRegistration", "handleSubmitToProvider")

#: What may stand where a text belongs. A registration comes from a stranger's browser.
MALFORMED: Final[tuple[Any, ...]] = (None, "", [], {}, True, ["text"], {"key": "value"})


class ProviderTests(PluginTests):
    """Checks of a provider; `registration` has to be overridden."""

    kind = "provider"

    def registration(self, worker: str) -> Mapping[str, Any]:
        """Return what `getAgentRegistration` of the provider's adapter would return for *worker*."""
        raise NotImplementedError(
            f"Let {type(self).__name__}.registration({worker!r}) return what the adapter would."
        )

    def identify(self, data: Mapping[str, Any]) -> Identity | Refuse:
        """Ask the provider who *data* is, as the desk does, and check the form of the answer."""
        use = self.use()
        answer = use.ask(use.hooks.provider_identify, config=self.config(), data=data)
        if isinstance(answer, Refuse):
            assert is_sentence(answer.reason), f"{data!r} was refused without a sentence: {answer.reason!r}"
        else:
            assert isinstance(answer, Identity), f"provider_identify answered {answer!r} to {data!r}."
            for text in (answer.worker_name, answer.registration):
                assert isinstance(text, str), f"{data!r} was identified as {answer!r}, which is no text."
                assert text, f"{data!r} was identified as {answer!r}, which is empty."
        return answer

    def test_it_knows_a_worker_again(self) -> None:
        first, again = (self.identify(self.registration("worker1")) for _ in range(2))
        assert isinstance(first, Identity), f"The registration of worker1 was refused: {first.reason}"
        assert first == again, f"The same registration was identified as {first!r}, then as {again!r}."

    def test_it_tells_workers_apart(self) -> None:
        first, second = (self.identify(self.registration(worker)) for worker in ("worker1", "worker2"))
        assert isinstance(first, Identity), f"The registration of worker1 was refused: {first.reason}"
        assert isinstance(second, Identity), f"The registration of worker2 was refused: {second.reason}"
        assert first.worker_name != second.worker_name, f"Two workers have the name {first.worker_name!r}."
        assert first.registration != second.registration, (
            f"Two workers have the registration {first.registration!r}."
        )

    def test_it_refuses_registrations_without_content(self) -> None:
        names = self.registration("worker1")
        for data in ({}, *(dict.fromkeys(names, value) for value in MALFORMED)):
            answer = self.identify(data)
            assert isinstance(answer, Refuse), f"{data!r} was not refused, but identified as {answer!r}."

    def test_it_withstands_malformed_registrations(self) -> None:
        for data in malformed(self.registration("worker1")):
            self.identify(data)

    def test_its_adapter_defines_the_four_functions(self) -> None:
        use = self.use()
        adapter = use.ask(use.hooks.provider_adapter, config=self.config())
        assert isinstance(adapter, Adapter), f"provider_adapter answered {adapter!r}, not an Adapter."
        assert adapter.script.is_file(), f"There is no file {adapter.script}."
        script = adapter.script.read_text(encoding="utf-8")
        missing = [name for name in FUNCTIONS if not defines(script, name)]
        assert not missing, f"{adapter.script.name} does not define {', '.join(missing)}."


def malformed(registration: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield *registration* with each of its values left out, and each replaced by what does not belong there."""
    for name in registration:
        yield {key: value for key, value in registration.items() if key != name}
        for value in MALFORMED:
            yield {**registration, name: value}


def is_sentence(text: Any) -> bool:
    return isinstance(text, str) and text.strip().endswith((".", "!", "?"))


def defines(script: str, function: str) -> bool:
    """Say whether *script* has a function, or a variable that holds one, of this name."""
    return re.search(rf"\bfunction\s+{function}\b|\b{function}\s*=[^=]", script) is not None
