"""What is wrong with screening and gold units, before anything is created."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mephisto.config import BlueprintArgs, GoldArgs, ScreeningArgs, TaskRunArgs
from mephisto.errors import Problem
from mephisto.shared_state import GoldSharedState, ScreeningSharedState, SharedTaskState, is_set

SCREENING: Final = "mephisto.blueprint.use_screening_task"
GOLD: Final = "mephisto.blueprint.use_golds"


def problems_of_extras(
    task: TaskRunArgs, blueprint: BlueprintArgs, state: SharedTaskState
) -> Iterator[Problem]:
    """Name what no run could screen with, or give gold units with."""
    used = []
    if isinstance(blueprint, ScreeningArgs) and blueprint.use_screening_task:
        used.append(SCREENING)
        yield from _problems_of_screening(blueprint, blueprint.block_qualification, state)
    if isinstance(blueprint, GoldArgs) and blueprint.use_golds:
        used.append(GOLD)
        yield from _problems_of_gold(blueprint, state)
    if len(used) > 1:
        yield Problem(
            f"Both {' and '.join(used)} are true.",
            "A run either screens its workers or gives them gold units.",
            "Set one of them to false.",
        )
    if used and task.allowed_concurrent != 1:
        yield Problem(
            f"mephisto.task.allowed_concurrent is {task.allowed_concurrent}.",
            f"{used[0]} is true: what a worker gets next depends on the answer before, so that they hold one unit at a time.",
            "Set it to 1.",
        )


def _problems_of_screening(
    options: ScreeningArgs, block: str | None, state: SharedTaskState
) -> Iterator[Problem]:
    if not options.passed_qualification_name:
        yield _unnamed("passed_qualification_name", SCREENING, "Workers who pass are granted it.")
    if not block:
        yield _unnamed(
            "block_qualification", SCREENING, "Workers who fail are granted it, and get nothing any more."
        )
    if not isinstance(state, ScreeningSharedState):
        yield _without_part(state, ScreeningSharedState, SCREENING)
        return
    yield from _problems_of_number(options.max_screening_units, state.screening_data_factory)
    if not is_set(state, "on_unit_submitted"):
        yield Problem(
            f"{SCREENING} is true, and nobody judges the answers.",
            "The shared state has no on_unit_submitted: nobody would ever pass.",
            "Give it ScreenTaskRequired.create_validation_function(cfg.mephisto, your_function).",
        )


def _problems_of_number(most: int | None, factory: object) -> Iterator[Problem]:
    name = "mephisto.blueprint.max_screening_units"
    if factory is False:
        if most != 0:
            yield Problem(
                f"{name} is {'not set' if most is None else most}.",
                "screening_data_factory is False: workers are screened with units of the data, and there are no others.",
                "Set it to 0, or give screening_data_factory a generator of dicts.",
            )
        return
    if most is None or most < 1:
        yield Problem(
            f"{name} is {'not set' if most is None else most}.",
            "It says how many screening units are paid at most.",
            "Set it to 1 or more; or screen with units of the data: set it to 0, and screening_data_factory to False.",
        )
    if not isinstance(factory, Iterable) or isinstance(factory, Mapping | str | bytes):
        yield Problem(
            f"screening_data_factory of the shared state is {factory!r}.",
            "It has to be a generator of dicts, or False.",
            "Call the generator function, and give what it returns."
            if callable(factory)
            else "Give it a generator.",
        )


def _problems_of_gold(options: GoldArgs, state: SharedTaskState) -> Iterator[Problem]:
    if not options.gold_qualification_base:
        yield _unnamed(
            "gold_qualification_base",
            GOLD,
            "The qualifications that count right and wrong answers begin with it.",
        )
    most = options.max_gold_units
    if most is None or most < 1:
        yield Problem(
            f"mephisto.blueprint.max_gold_units is {'not set' if most is None else most}.",
            "It says how many gold units are paid at most.",
            "Set it to 1 or more.",
        )
    for name in ("min_golds", "max_incorrect_golds"):
        if getattr(options, name) < 0:
            yield Problem(
                f"mephisto.blueprint.{name} is {getattr(options, name)}.",
                "It is a number of answers.",
                "Set it to 0 or more.",
            )
    if most is not None and 0 < most < options.min_golds:
        yield Problem(
            f"mephisto.blueprint.min_golds is {options.min_golds}, and max_gold_units {most}.",
            "Nobody could get enough gold units to go on to those of the data.",
            "Lower the one, or raise the other.",
        )
    if not isinstance(state, GoldSharedState):
        yield _without_part(state, GoldSharedState, GOLD)
    elif not is_set(state, "on_unit_submitted") and not is_set(state, "worker_needs_gold"):
        yield Problem(
            f"{GOLD} is true, and nobody judges the answers.",
            "The shared state has no on_unit_submitted: workers would get nothing but gold units.",
            "Give it UseGoldUnit.create_validation_function(cfg.mephisto, your_function).",
        )


def _unnamed(option: str, used: str, why: str) -> Problem:
    return Problem(f"mephisto.blueprint.{option} is not set.", f"{used} is true. {why}", "Give it a name.")


def _without_part(state: SharedTaskState, part: type, used: str) -> Problem:
    return Problem(
        f"{used} is true, and the blueprint's shared state knows nothing of it.",
        f"{type(state).__qualname__} is no {part.__name__}.",
        f"Mix {part.__name__} into the blueprint's shared state.",
    )
