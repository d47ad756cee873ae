"""Admission: the rules that a worker must pass before a unit is looked for, in the order in which they are asked.

What the rows tell of who asks is read in one look, inside the job that claims. Each rule answers with the reason for
a refusal, or with None. That a worker does an assignment only once is not among them: it only filters the units
(`claims`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, case, exists, func, select, true

from mephisto.config import MISSING, TaskRunArgs
from mephisto.instants import SECOND
from mephisto.model import agents, blocks, roles, task_runs, units
from mephisto.qualification_rules import QUAL_NOT_EXIST, Requirement
from mephisto.refusals import Reason
from mephisto.status import ANSWERED_AGENTS, EXTRA_UNITS, UNFINISHED_RUNS, AgentStatus, RunStatus, UnitKind
from mephisto.store import events, gold, qualifications
from mephisto.store.prepared import Prepared
from mephisto.store.roles import RoleName
from mephisto.store.rows import AnyRow
from mephisto.store.statements import one_of

_HELD: Final = (
    select(func.count())
    .select_from(agents)
    .where(
        agents.c.worker_id == bindparam("worker"),
        agents.c.task_id == bindparam("task"),
        one_of(agents.c.status, [AgentStatus.IN_TASK]),
        agents.c.task_run_id == bindparam("run"),
    )
    .scalar_subquery()
)
_THEIRS: Final = (
    select(func.count())
    .select_from(agents)
    .where(
        agents.c.worker_id == bindparam("worker"),
        agents.c.task_id == bindparam("task"),
        agents.c.unit_id.is_not(None),
        agents.c.unit_id.not_in(
            select(units.c.id).where(
                units.c.worker_id == bindparam("worker"), one_of(units.c.kind, EXTRA_UNITS)
            )
        ),
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
_DONE_OR_HELD_IN_RUN: Final = Prepared(_THEIRS.where(agents.c.task_run_id == bindparam("run")))
_BLOCKED: Final = exists().where(
    blocks.c.requester_id == task_runs.c.requester_id, blocks.c.worker_id == bindparam("worker")
)
_GIVES_OUT: Final = exists().where(
    roles.c.task_run_id == bindparam("run"),
    roles.c.name == RoleName.DESK,
    roles.c.fence == bindparam("desk_fence"),
)
# What no limit asks for is not counted.
_LOOK: Final = Prepared(
    select(
        task_runs.c.status,
        _BLOCKED.label("is_blocked"),
        case((bindparam("desk_fence").is_not(None), _GIVES_OUT), else_=true()).label("gives_out"),
        case((bindparam("allowed_concurrent") > 0, _HELD), else_=0).label("held"),
        case((bindparam("maximum_units") > 0, _THEIRS.scalar_subquery()), else_=0).label("done_or_held"),
    ).where(task_runs.c.id == bindparam("run"))
)


@dataclass(frozen=True)
class ExtraTerms:
    """Which units a run gives beside those of its data: of one *kind*, and at most so many."""

    kind: UnitKind
    most: int


def extra_terms(options: Mapping[str, Any]) -> ExtraTerms | None:
    """Return what a blueprint's *options* say of such units; None for none, also if units of the data screen."""
    for is_used, most, kind in (
        ("use_screening_task", "max_screening_units", UnitKind.SCREENING),
        ("use_golds", "max_gold_units", UnitKind.GOLD),
    ):
        if options.get(is_used) is True and isinstance(options.get(most), int) and options[most] > 0:
            return ExtraTerms(kind, options[most])
    return None


@dataclass(frozen=True)
class Terms:
    """What a run allows: times in microseconds; a limit of 0 is none.

    `window` is how many units are offered at the same time; `heard` says that someone listens to the run's events.
    `desk_fence` is the turn in which this process gives units out; None where it does not, and only asks.
    """

    run_id: int
    task_id: int
    provider: str
    duration: int
    allowed_concurrent: int = 0
    maximum_units: int = 0
    window: int = 0
    heard: bool = False
    desk_fence: int | None = None
    block_qualification: str | None = None
    onboarding_qualification: str | None = None
    requirements: tuple[Requirement, ...] = field(default=())
    extra: ExtraTerms | None = None


def stored_terms(connection: Connection, run_id: int) -> Terms:
    """Return the terms of a run as far as rows know them, for a process that does not work on it.

    The qualifications that a run's script asks for stand only there, and are not among them.
    """
    query = select(task_runs.c.id, task_runs.c.task_id, task_runs.c.provider, task_runs.c.config)
    run = connection.execute(query.where(task_runs.c.id == run_id)).one()
    return terms_of(run, heard=events.are_heard(connection, run_id))


def terms_of(run: AnyRow, *, heard: bool = False) -> Terms:
    """Return the terms of a run, a row with id, task_id, provider and config, as `stored_terms` does."""
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
        requirements=gold.requirements(gold.names_of(blueprint)),
        extra=extra_terms(blueprint),
    )


def _named(options: Mapping[str, Any], name: str) -> str | None:
    given = options.get(name)
    return None if given in {"", MISSING} else given


@dataclass(frozen=True)
class Applicant:
    """Who asks, and what one look at the rows tells of them: status, is_blocked, gives_out, held and done_or_held."""

    connection: Connection
    worker: int
    seen: AnyRow


Rule = Callable[[Applicant, Terms], Reason | None]


def first_refusal(connection: Connection, terms: Terms, worker: int) -> Reason | None:
    """Return why *worker* may not have a unit of this run now; None if no rule says so."""
    asked = {
        "run": terms.run_id,
        "task": terms.task_id,
        "worker": worker,
        "desk_fence": terms.desk_fence,
        "allowed_concurrent": terms.allowed_concurrent,
        "maximum_units": terms.maximum_units,
    }
    applicant = Applicant(connection, worker, _LOOK.first(connection, asked))
    return next((reason for rule in RULES if (reason := rule(applicant, terms))), None)


def _run_is_open(applicant: Applicant, _: Terms) -> Reason | None:
    if applicant.seen.status == RunStatus.LAUNCHING:
        return Reason.TRY_AGAIN
    return None if applicant.seen.status == RunStatus.LIVE else Reason.RUN_CLOSED


def _units_are_given_out_here(applicant: Applicant, _: Terms) -> Reason | None:
    """Give nothing out once another process has taken over: the page finds that one with its next try."""
    return None if applicant.seen.gives_out else Reason.TRY_AGAIN


def _is_not_blocked(applicant: Applicant, terms: Terms) -> Reason | None:
    if applicant.seen.is_blocked:
        return Reason.BLOCKED
    if not terms.block_qualification:
        return None
    asked = (Requirement(terms.block_qualification, QUAL_NOT_EXIST),)
    return Reason.BLOCKED if qualifications.unmet(applicant.connection, applicant.worker, asked) else None


def _is_qualified(applicant: Applicant, terms: Terms) -> Reason | None:
    unmet = qualifications.unmet(applicant.connection, applicant.worker, terms.requirements)
    return Reason.NOT_QUALIFIED if unmet else None


def _has_not_failed(applicant: Applicant, terms: Terms) -> Reason | None:
    """Keep out who failed the onboarding; who has not done it yet is offered it (`claims`)."""
    name = terms.onboarding_qualification
    if name and qualifications.value(applicant.connection, applicant.worker, name) == 0:
        return Reason.ONBOARDING_FAILED
    return None


def _is_below_maximum(applicant: Applicant, terms: Terms) -> Reason | None:
    reached = terms.maximum_units and applicant.seen.done_or_held >= terms.maximum_units
    return Reason.TASK_MAXIMUM if reached else None


def _holds_few_enough(applicant: Applicant, terms: Terms) -> Reason | None:
    reached = terms.allowed_concurrent and applicant.seen.held >= terms.allowed_concurrent
    return Reason.CONCURRENT_MAXIMUM if reached else None


def done_or_held(connection: Connection, terms: Terms, worker: int) -> int:
    """Count a worker's units of this run."""
    whose = {"worker": worker, "task": terms.task_id, "run": terms.run_id}
    return int(_DONE_OR_HELD_IN_RUN.scalar(connection, whose))


RULES: Final[tuple[Rule, ...]] = (
    _run_is_open,
    _units_are_given_out_here,
    _is_not_blocked,
    _is_qualified,
    _has_not_failed,
    _is_below_maximum,
    _holds_few_enough,
)
