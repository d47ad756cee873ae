"""An import path of existing run scripts: gold units, which a blueprint may have by its options."""

from collections.abc import Callable
from typing import Any

from mephisto.abstractions.blueprints.mixins.options import given, name_of
from mephisto.config import GoldArgs as UseGoldUnitArgs
from mephisto.data_model.constants.assignment_state import AssignmentState
from mephisto.data_model.objects import Unit
from mephisto.qualification_rules import QUAL_NOT_EXIST, make_qualification_dict
from mephisto.shared_state import GoldSharedState as GoldUnitSharedState
from mephisto.shared_state import get_gold_factory
from mephisto.status import UnitKind
from mephisto.store import gold
from mephisto.store.extras import UNIT_INDEX

__all__ = ["GoldUnitSharedState", "UseGoldUnit", "UseGoldUnitArgs", "get_gold_factory"]


class UseGoldUnit:
    """What scripts make of the options of a run with gold units; *args* is `cfg.mephisto`."""

    @staticmethod
    def create_validation_function(
        args: Any, screen_unit: Callable[[Unit], bool | None]
    ) -> Callable[[Unit], None]:
        """Return an `on_unit_submitted` that counts answers, and asks *screen_unit* about those to gold units.

        True counts as right, False as wrong, None as neither. Nothing is asked or counted if use_golds is false.
        """
        is_used, names = (
            given(args, "use_golds") is True,
            gold.GoldNames(given(args, "gold_qualification_base")),
        )

        def judge(unit: Unit) -> None:
            agent = unit.get_assigned_agent()
            if not is_used or agent is None or unit.db_status not in AssignmentState.completed():
                return
            counted: str | None = names.completed if unit.unit_index >= 0 else None
            if unit.unit_index == UNIT_INDEX[UnitKind.GOLD]:
                verdict = screen_unit(unit)
                counted = None if verdict is None else names.correct if verdict else names.wrong
            if counted:
                store, agent_id, name = unit.db.store, int(agent.db_id), counted
                store.write(lambda connection: gold.count(connection, store.ids, agent_id, name, store.now()))

        return judge

    @staticmethod
    def get_mixin_qualifications(args: Any, shared_state: Any) -> list[dict[str, Any]]:  # noqa: ARG004 - scripts pass it
        """Return what keeps those out who got too many gold units wrong, for the qualifications of a shared state.

        How many that are is up to max_incorrect_golds and worker_qualifies. Raises `ConfigError` if
        gold_qualification_base is not set.
        """
        names = gold.GoldNames(name_of(args, "gold_qualification_base"))
        return [make_qualification_dict(names.disqualified, QUAL_NOT_EXIST, None)]
