"""What plugins of every kind have to keep."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from mephisto.composing.options import settle
from mephisto.plugins import Use, find, installed
from mephisto.plugins.contract import DATACLASSES, violations
from mephisto.shared_state import SharedTaskState
from mephisto.testing.stage import launched, stored_answer
from mephisto.testing.stand_ins import registration
from mephisto.testing.worker import Worker

#: What takes long to import; commands that only read options must not wait for it.
HEAVY: Final = ("flask", "sqlmodel", "sqlalchemy", "hydra", "omegaconf", "boto3", "requests", "cheroot")
MOST_UNITS: Final = 20

_IMPORTED: Final = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
before = set(sys.modules)
__import__(sys.argv[2])
print(json.dumps(sorted(set(sys.modules) - before)))
"""


class PluginTests:
    """Checks of one plugin; derive from the class of its kind, and say its `name`, and `options` if it needs any."""

    kind: ClassVar[str]
    name: ClassVar[str]
    #: What would stand below `mephisto.<kind>`; of a blueprint they should give a few units.
    options: ClassVar[Mapping[str, Any]] = {}
    #: How long a run may take to end after its last receipt was confirmed.
    seconds_to_end: ClassVar[float] = 5

    def shared_state(self) -> SharedTaskState | None:
        """Return what a run script would hand over; by default the plugin's own without any values."""
        return None

    def registration(self, worker: str) -> Mapping[str, Any]:
        """Return what `getAgentRegistration` of the provider's adapter would return for *worker*."""
        return registration(worker)

    def plugin(self) -> type[Any]:
        """Import the plugin's class as it is, right or wrong."""
        found = find(self.kind, self.name).entry_point.load()
        assert isinstance(found, type), f"The entry point {self.name!r} leads to {found!r}, not to a class."
        return found

    def config(self) -> Any:
        """Settle `options`, as a launch does."""
        chosen = {f"_{self.kind}_type": self.name, **self.options}
        return settle(self.plugin().Config, chosen, f"mephisto.{self.kind}", Path.cwd())

    def use(self) -> Use:
        """Make an instance of the plugin alone, to call its hooks as the core does."""
        return Use({self.kind: self.name})

    def test_it_is_discovered(self) -> None:
        offers = installed(self.kind)
        assert self.name in offers, f"There is no {self.kind} {self.name!r}; installed: {', '.join(offers)}."

    def test_its_front_door_is_light(self) -> None:
        module = find(self.kind, self.name).entry_point.module
        done = subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", _IMPORTED, json.dumps(sys.path), module],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"Importing {module} alone fails:\n{done.stderr}"
        imported = {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}
        heavy = [name for name in HEAVY if name in imported]
        assert not heavy, f"Importing {module} imports {', '.join(heavy)}; import these where they are used."

    def test_it_keeps_its_contract(self) -> None:
        wrong = list(violations(self.kind, self.plugin()))
        assert not wrong, "\n".join(wrong)

    def test_each_option_has_a_sentence_of_help(self) -> None:
        wrong = [
            f"The help of {option.name!r} is {option.metadata.get('help')!r}; it has to end with a period."
            for option in self._options()
            if not str(option.metadata.get("help", "")).endswith(".")
        ]
        assert not wrong, "\n".join(wrong)

    def test_its_options_settle(self) -> None:
        config = self.config()
        chosen = getattr(self.plugin().Config(), f"_{self.kind}_type")
        assert chosen == self.name, f"{type(config).__name__} says _{self.kind}_type = {chosen!r}."

    def test_workers_complete_a_run(self, tmp_path: Path) -> None:
        with launched(tmp_path, self.kind, self.name, self.options, self.shared_state()) as run:
            units = run.counts().total
            assert 0 < units <= MOST_UNITS, f"`options` give {units} units; 1 to {MOST_UNITS} can be tested."
            for number in range(1, units + 1):
                answer = {"answer": f"number {number}"}
                with Worker(run.url, self.registration(f"worker{number}")) as worker:
                    worker.open_site()
                    worker.accept_unit()
                    receipt = worker.submit(answer)
                    stored = stored_answer(run, receipt)
                    assert stored == answer, f"{answer!r} was acknowledged, but {stored!r} is stored."
                    worker.confirm(receipt)
            assert run.ended.wait(self.seconds_to_end), (
                f"All units were done, but the run has not ended after {self.seconds_to_end} s: {run.counts()}"
            )
            assert not run.failed, f"The data of the task ended with an error: {run.feeder.error!r}"

    def _options(self) -> Iterator[dataclasses.Field[Any]]:
        for attribute in DATACLASSES[self.kind]:
            found = getattr(self.plugin(), attribute, None)
            for option in dataclasses.fields(found) if found is not None else ():
                if not option.name.startswith("_"):
                    yield option
