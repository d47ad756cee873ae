"""Admission: the rules that a worker must pass before a unit is looked for, in the order in which they are asked.

Each rule is a question to the rows, asked inside the job that claims. It answers with the reason for a refusal, or
with None. That a worker does an assignment only once is not among them: it only filters the units (`claims`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from mephisto.config import MISSING, TaskRunArgs
from mephisto.instants import SECOND
from mephisto.model import agents, task_runs
from mephisto.qualification_rules import QUAL_NOT_EXIST, Requirement
from mephisto.refusals import Reason
from mephisto.status import ANSWERED_AGENTS, UNFINISHED_RUNS, AgentStatus, RunStatus
from mephisto.store import blocks, qualifications
from mephisto.store.prepared import Prepared
from mephisto.store.rows import AnyRow
from mephisto.store.statements import one_of

_STATUS: Final = Prepared(select(task_runs.c.status).where(task_runs.c.id == bindparam("run")))
_HELD: Final = Prepared(
    select(func.count())
    .select_from(agents)
    .where(
        agents.c.worker_id == bindparam("worker"),
        agents.c.task_id == bindparam("task"),
        one_of(agents.c.status, [AgentStatus.IN_TASK]),
        agents.c.task_run_id == bindparam("run"),
    )
)
_THEIRS: Final = (
    select(func.count())
    .select_from(agents)
    .where(
        agents.c.worker_id == bindparam("worker"),
        agents.c.task_id == bindparam("task"),
        agents.c.unit_id.is_not(None),
        # Who held a unit when its run died holds it no more.
        one_of(agents.c.status, ANSWERED_AGENTS)
        | (
            one_of(agents.c.status, [AgentStatus.IN_TASK])
            & agents.c.task_run_id.in_(
                select(task_runs.c.id).where(one_of(task_runs.c.status, UNFINISHED_RUNS))
            )
        ),
    )
)
_DONE_OR_HELD: Final = Prepared(_THEIRS)
_DONE_OR_HELD_IN_RUN: Final = Prepared(_THEIRS.where(agents.c.task_run_id == bindparam("run")))


@dataclass(frozen=True)
class Terms:
    """What a run allows: times in microseconds; a limit of 0 is none.

    `window` is how many units are offered at the same time; `heard` says that someone listens to the run's events.
    """

    run_id: int
    task_id: int
    provider: str
    duration: int
    allowed_concurrent: int = 0
    maximum_units: int = 0
    window: int = 0
    heard: bool = False
    block_qualification: str | None = None
    onboarding_qualification: str | None = None
    requirements: tuple[Requirement, ...] = field(default=())


def terms_of(run: AnyRow, *, heard: bool = False) -> Terms:
    """Return the terms of a run, a row with id, task_id, provider and config, as far as rows know them.

    The qualifications that a run asks for stand in its script, and are not among them.
    """
    task = {**vars(TaskRunArgs()), **(run.config.get("task") or {})}
    blueprint = run.config.get("blueprint") or {}
    return Terms(
        run_id=run.id,
        task_id=run.task_id,
        provider=run.provider,
        duration=task["assignment_duration_in_seconds"] * SECOND,
        allowed_concurrent=task["allowed_concurrent"],
        maximum_units=task["maximum_units_per_worker"],
        window=task["max_num_concurrent_units"],
        heard=heard,
        block_qualification=_named(blueprint, "block_qualification"),
        onboarding_qualification=_named(blueprint, "onboarding_qualification"),
    )


def _named(options: Mapping[str, Any], name: str) -> str | None:
    given = options.get(name)
    return None if given in {"", MISSING} else given


Rule = Callable[[Connection, Terms, int], Reason | None]


def first_refusal(connection: Connection, terms: Terms, worker: int) -> Reason | None:
    """Return why *worker* may not have a unit of this run now; None if no rule says so."""
    return next((reason for rule in RULES if (reason := rule(connection, terms, worker))), None)


def _run_is_open(connection: Connection, terms: Terms, _: int) -> Reason | None:
    status = _STATUS.scalar(connection, {"run": terms.run_id})
    if status == RunStatus.LAUNCHING:
        return Reason.TRY_AGAIN
    return None if status == RunStatus.LIVE else Reason.RUN_CLOSED


def _is_not_blocked(connection: Connection, terms: Terms, worker: int) -> Reason | None:
    if blocks.is_blocked_at_run(connection, worker, terms.run_id):
        return Reason.BLOCKED
    if not terms.block_qualification:
        return None
    asked = (Requirement(terms.block_qualification, QUAL_NOT_EXIST),)
    return Reason.BLOCKED if qualifications.unmet(connection, worker, asked) else None


def _is_qualified(connection: Connection, terms: Terms, worker: int) -> Reason | None:
    return Reason.NOT_QUALIFIED if qualifications.unmet(connection, worker, terms.requirements) else None


def _has_not_failed(connection: Connection, terms: Terms, worker: int) -> Reason | None:
    """Keep out who failed the onboarding; who has not done it yet is offered it (`claims`)."""
    name = terms.onboarding_qualification
    if name and qualifications.value(connection, worker, name) == 0:
        return Reason.ONBOARDING_FAILED
    return None


def _is_below_maximum(connection: Connection, terms: Terms, worker: int) -> Reason | None:
    if terms.maximum_units and done_or_held(connection, terms, worker) >= terms.maximum_units:
        return Reason.TASK_MAXIMUM
    return None


def _holds_few_enough(connection: Connection, terms: Terms, worker: int) -> Reason | None:
    if not terms.allowed_concurrent:
        return None
    whose = {"worker": worker, "task": terms.task_id, "run": terms.run_id}
    held = int(_HELD.scalar(connection, whose))
    return Reason.CONCURRENT_MAXIMUM if held >= terms.allowed_concurrent else None


def done_or_held(connection: Connection, terms: Terms, worker: int, run_id: int | None = None) -> int:
    """Count a worker's units of this task over all its runs, or of one run."""
    whose = {"worker": worker, "task": terms.task_id}
    if run_id is None:
        return int(_DONE_OR_HELD.scalar(connection, whose))
    return int(_DONE_OR_HELD_IN_RUN.scalar(connection, whose | {"run": run_id}))


RULES: Final[tuple[Rule, ...]] = (
    _run_is_open,
    _is_not_blocked,
    _is_qualified,
    _has_not_failed,
    _is_below_maximum,
    _holds_few_enough,
)
