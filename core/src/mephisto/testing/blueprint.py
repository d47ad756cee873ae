"""What a blueprint has to keep: data that become units, and pages that are where it says."""

from collections.abc import Mapping
from pathlib import Path

from mephisto.effects import AssignmentData, Pages
from mephisto.shared_state import SharedTaskState
from mephisto.store import json_text
from mephisto.testing.plugin import PluginTests


class BlueprintTests(PluginTests):
    """Checks of a blueprint. `options`, or what `shared_state` returns, give a few units of work."""

    kind = "blueprint"

    def test_nothing_is_wrong_with_its_options(self) -> None:
        use = self.use()
        problems = use.ask_all(
            use.hooks.blueprint_check, config=self.config(), shared_state=self._shared_state()
        )
        assert not problems, "\n".join(map(str, problems))

    def test_its_data_give_units(self) -> None:
        use = self.use()
        tasks = use.ask(use.hooks.blueprint_tasks, config=self.config(), shared_state=self._shared_state())
        first = next(iter(tasks), None)
        assert first is not None, "blueprint_tasks gave no assignment; choose options that give some."
        assert isinstance(first, AssignmentData), f"blueprint_tasks gave {first!r}, not an AssignmentData."
        assert isinstance(first.data, Mapping), (
            f"The data of an assignment are {first.data!r}, not a mapping."
        )
        json_text.encode(dict(first.data))
        assert first.units >= 1, f"An assignment wants {first.units} workers."

    def test_its_pages_are_built(self, tmp_path: Path) -> None:
        use = self.use()
        pages = use.ask(use.hooks.blueprint_build, config=self.config(), public=tmp_path)
        assert isinstance(pages, Pages), f"blueprint_build answered {pages!r}, not Pages."
        for name in (pages.task, pages.preview, pages.onboarding):
            assert name is None or (tmp_path / name).is_file(), f"The page {name!r} was not built."

    def _shared_state(self) -> SharedTaskState:
        state: type[SharedTaskState] = getattr(self.plugin(), "SharedState", SharedTaskState)
        return self.shared_state() or state()
