"""An import path of existing run scripts: screening, which a blueprint may have by its options."""

from collections.abc import Callable
from typing import Any

from mephisto.abstractions.blueprints.mixins.options import given, name_of
from mephisto.config import ScreeningArgs as ScreenTaskRequiredArgs
from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.data_model.objects import Unit
from mephisto.qualification_rules import QUAL_NOT_EXIST, make_qualification_dict
from mephisto.shared_state import ScreeningSharedState as ScreenTaskSharedState

__all__ = ["ScreenTaskRequired", "ScreenTaskRequiredArgs", "ScreenTaskSharedState"]


class ScreenTaskRequired:
    """What scripts make of the options of a run that screens its workers; *args* is `cfg.mephisto`."""

    @staticmethod
    def create_validation_function(
        args: Any, screen_unit: Callable[[Unit], bool | None]
    ) -> Callable[[Unit], None]:
        """Return an `on_unit_submitted` that asks *screen_unit* about answers that screen their worker.

        These are the answers to screening units or, without any, those of workers who have not passed yet. True grants
        passed_qualification_name, False block_qualification; None grants nothing, and the worker is screened again.
        Nothing is asked if use_screening_task is false.
        """
        is_used = given(args, "use_screening_task") is True
        passed, blocked = given(args, "passed_qualification_name"), given(args, "block_qualification")
        has_own_units = bool(given(args, "max_screening_units"))

        def judge(unit: Unit) -> None:
            worker = unit.get_worker()
            if not is_used or worker is None or unit.db_status not in AssignmentState.completed():
                return
            screens = unit.unit_index < 0 if has_own_units else not worker.is_qualified(passed)
            verdict = screen_unit(unit) if screens else None
            if verdict is not None:
                worker.grant_qualification(passed if verdict else blocked)

        return judge

    @staticmethod
    def get_mixin_qualifications(args: Any, shared_state: Any) -> list[dict[str, Any]]:  # noqa: ARG004 - scripts pass it
        """Return what keeps those out who failed, for the qualifications of a shared state.

        Raises `ConfigError` if a name is not set.
        """
        name_of(args, "passed_qualification_name")
        return [make_qualification_dict(name_of(args, "block_qualification"), QUAL_NOT_EXIST, None)]
