"""Runs, units, agents, submissions and decisions, in any order that a crowd and a clock can bring about.

A model beside the store, `ModelOfRuns`, says what each step must do. Triggers in the database write down every change
of a status, so that not even one that is taken back within a transaction goes unseen. `MEPHISTO_STEPS=10000` takes that
many.
"""

import dataclasses
import os
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from going_on import GoingOn, some
from mephisto import status as legal
from mephisto.instants import SECOND
from mephisto.model import agents, decisions, submissions, task_runs, units
from mephisto.status import AgentStatus, RunStatus, SubmissionKind, UnitStatus
from mephisto.store import attempts, offering, reserving, runs
from mephisto.store.decisions import UNIT_STATUSES, Review, decide, undo
from model_of_runs import Attempt, ModelOfRuns, ModelRun

STEPS = int(os.environ.get("MEPHISTO_STEPS", "400"))
STEPS_AN_EXAMPLE = 40
IDENTITIES, BODIES = st.sampled_from(("", "", "one", "two")), st.sampled_from("xy")
WORKERS = st.sampled_from(("ada", "bo", "cy"))
LIMIT = st.sampled_from((0, 1, 2, 3))
DECISIONS = st.sampled_from(tuple(UNIT_STATUSES))
WATCH = """
CREATE TRIGGER watch_{name} AFTER UPDATE OF status ON {name} WHEN OLD.status <> NEW.status
BEGIN INSERT INTO seen VALUES ('{name}', OLD.status, NEW.status); END
"""
TABLES = {"task_run": legal.RUN, "unit": legal.UNIT, "agent": legal.AGENT}


class Life(GoingOn, ModelOfRuns, RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.opened = self.ground_on(Path(self.folder.name))
        self.ground = self.opened.__enter__()
        self.store = self.ground.store
        self.store.write(watch)

    def teardown(self):
        self.opened.__exit__(None, None, None)
        self.folder.cleanup()

    @initialize(draw=st.data())
    def start(self, draw):
        self.launch(*(draw.draw(LIMIT) for _ in range(3)))
        self.give(self.runs[0], 3, 2, ended=False)

    @rule(window=LIMIT, at_once=LIMIT, maximum=LIMIT)
    @precondition(lambda self: len(self.runs) < 3)
    def launch(self, window, at_once, maximum):
        limits = {"window": window, "allowed_concurrent": at_once, "maximum_units": maximum}
        self.runs.append(ModelRun(self.ground.run(0, ended=False, heard=True, **limits)))

    @some("fed")
    def feed(self, run, draw):
        self.give(run, draw(st.integers(0, 3)), draw(st.integers(1, 2)), ended=draw(st.booleans()))

    def give(self, run, rows, per_row, *, ended):
        run.ended = ended
        self.ground.feed(run.terms, rows, per_row, ended=ended)
        for unit in self.ground.rows(units, units.c.task_run_id == run.terms.run_id):
            run.units.setdefault(unit.id, UnitStatus.CREATED)
            run.row_of[unit.id] = unit.assignment_id
        self.offer(run)

    @some("live")
    def change_the_window(self, run, draw):
        run.terms = dataclasses.replace(run.terms, window=draw(LIMIT))
        self.store.write(lambda c: offering.open_window(c, run.terms.run_id, run.terms.window))
        self.offer(run)

    @some("runs")
    def claim(self, run, draw):
        self.ask(run, draw(WORKERS), f"place {len(self.attempts)}")

    @some("live")
    def claim_several(self, run, draw):
        for worker in draw(st.lists(WORKERS, min_size=2, max_size=4)):
            self.ask(run, worker, f"place {len(self.attempts)}")

    @some("attempts")
    def ask_again(self, attempt, draw):
        """Reload the page of an attempt, or of the last one that took its place up."""
        known = [known for known in self.attempts if (known.run, known.place) == (attempt.run, attempt.place)]
        latest, again = known[-1], draw(st.booleans())
        finished = latest.status in legal.ANSWERED_AGENTS
        if latest.status in legal.WITHOUT_ANSWER and again:
            return self.ask(latest.run, latest.worker, latest.place, again=True)
        got = self.ground.claim(latest.run.terms, latest.worker, latest.place, again=again)
        if latest.status == AgentStatus.IN_TASK:
            assert (got.token, got.fresh) == (latest.held.token, False)
        else:
            assert got.reason == ("finished" if finished else "attempt ended")
            assert got.receipt == latest.receipt
        return None

    def ask(self, run, worker, place, **wish):
        got = self.ground.claim(run.terms, worker, place, **wish)
        refused, unit = self.refusal(run, worker), self.next_unit(run, worker)
        if refused or unit is None:
            assert isinstance(got, attempts.Refused)
            assert got.reason == (refused or self.why_none(run, worker))
            return
        assert self.ground.agent(got.agent_id).unit_id == unit
        run.units[unit] = UnitStatus.ASSIGNED
        self.attempts.append(Attempt(run, worker, place, got, unit))

    @some("attempts")
    def submit_again(self, attempt, draw):
        self.submit(attempt, draw(IDENTITIES), draw(BODIES))

    @some("unanswered")
    def submit_first_time(self, attempt, draw):
        self.submit(attempt, draw(IDENTITIES), draw(BODIES))

    def submit(self, attempt, identity, body):
        receipt = self.ground.answer(attempt.run.terms, attempt.held.token, {"x": body}, identity)
        if attempt.first is None:
            self.submit_first(attempt, identity, body)
            assert not receipt.duplicate
            attempt.receipt = receipt.code
            return
        first, first_body = attempt.first
        assert (receipt.code, receipt.duplicate) == (attempt.receipt, True)
        assert receipt.conflict == (identity not in ("", first))
        if receipt.conflict or (not identity and body != first_body):
            attempt.sent.setdefault(identity or f"differing {body}", SubmissionKind.DUPLICATE)

    def submit_first(self, attempt, identity, body):
        run, attempt.first = attempt.run, (identity, body)
        free = not self.refusal(run, attempt.worker) and self.next_unit(run, attempt.worker, attempt.unit)
        if attempt.status in legal.WITHOUT_ANSWER and run.waits(
            attempt.unit
        ):  # reserved once, and given back
            rows = {run.row_of[known.unit] for known in self.counted(attempt.worker, run)}
            free = not self.refusal(run, attempt.worker) and run.row_of[attempt.unit] not in rows
        counts = attempt.status == AgentStatus.IN_TASK or free
        attempt.sent[identity] = SubmissionKind.ANSWER if counts else SubmissionKind.LATE
        if counts:
            attempt.status, run.units[attempt.unit] = AgentStatus.COMPLETED, UnitStatus.COMPLETED
            if run.terms.window:
                self.offer(run)

    @some("runs")
    def let_time_pass(self, run, draw):
        self.ground.time.move(draw(st.sampled_from((1, 40, 70))) * SECOND)
        now, ended = self.store.now(), self.ground.time_out(run.terms)
        overdue = [
            attempt
            for attempt in self.attempts
            if attempt.run is run and attempt.status == AgentStatus.IN_TASK and attempt.deadline < now
        ]
        assert sorted(ended) == sorted(attempt.held.agent_id for attempt in overdue)
        for attempt in overdue:
            attempt.status, run.units[attempt.unit] = AgentStatus.TIMEOUT, UnitStatus.LAUNCHED

    @some("live")
    def extend(self, run, draw):
        gap = draw(st.sampled_from((30, 100))) * SECOND
        self.store.write(lambda c: offering.extend(c, run.terms.run_id, gap))
        for attempt in self.attempts:
            if attempt.run is run and attempt.status == AgentStatus.IN_TASK:
                attempt.deadline += gap

    @some("old_enough")
    def close(self, run, _):
        self.ground.close(run.terms)
        run.status, run.is_closed = RunStatus.CLOSING, True
        for attempt in self.attempts:
            if attempt.run is run and attempt.status == AgentStatus.IN_TASK:
                attempt.status = AgentStatus.EXPIRED
        for unit, found in run.units.items():
            if found in legal.OPEN_UNITS:
                run.units[unit] = UnitStatus.EXPIRED
        run.reserved.clear()

    @some("over")
    def move_the_run(self, run, draw):
        wanted = draw(st.sampled_from([found for found in RunStatus if found != RunStatus.LAUNCHING]))
        moved = self.store.write(lambda c: runs.move(c, run.terms.run_id, wanted))
        assert moved == (wanted in legal.RUN[run.status])
        run.status = wanted if moved else run.status

    @some("with_units")
    def take_a_unit_back(self, run, draw):
        unit = draw(st.sampled_from(sorted(run.units)))
        is_free = run.units[unit] in {UnitStatus.CREATED, UnitStatus.LAUNCHED}
        assert self.store.write(lambda c: offering.take_back(c, unit, run.terms.window)) == is_free
        if is_free:
            run.units[unit] = UnitStatus.EXPIRED
            run.reserved.discard(unit)
            if run.terms.window:
                self.offer(run)

    @some("with_units")
    def reserve(self, run, draw):
        unit = draw(st.sampled_from(sorted(run.units)))
        is_free = run.status == RunStatus.LIVE and unit not in run.reserved
        is_free = is_free and run.units[unit] in {UnitStatus.CREATED, UnitStatus.LAUNCHED}
        reserved = self.store.write(lambda c: reserving.reserve(c, unit, self.store.now(), run.terms.window))
        assert reserved == is_free
        if is_free:
            run.units[unit] = UnitStatus.CREATED
            run.reserved.add(unit)
            if run.terms.window:
                self.offer(run)

    @some("with_reserved")
    def clear_reservation(self, run, draw):
        unit = draw(st.sampled_from(sorted(run.reserved)))
        self.store.write(lambda c: reserving.clear(c, unit, run.terms.window))
        run.reserved.remove(unit)
        self.offer(run)

    @some("with_units")
    def offer_before_its_turn(self, run, draw):
        unit = draw(st.sampled_from(sorted(run.units)))
        waits = run.status == RunStatus.LIVE and run.waits(unit)
        assert self.store.write(lambda c: reserving.offer_now(c, unit)) == waits
        if waits:
            run.units[unit] = UnitStatus.LAUNCHED

    @some("answered")
    def decide(self, attempt, draw):
        wanted, review = draw(DECISIONS), Review(self.store.ids.new(), "me", "", self.store.now())
        self.store.write(lambda c: decide(c, attempt.held.agent_id, wanted, review))
        if wanted != attempt.status:
            attempt.decided.append((review.decision_id, attempt.status, True))
            self.decided(attempt, wanted)

    @some("reviewed")
    def take_back(self, attempt, draw):
        number, before, can_be_undone = attempt.decided[draw(st.sampled_from((-1, 0)))]
        review = Review(self.store.ids.new(), "me", "", self.store.now())
        is_last = can_be_undone and number == attempt.decided[-1][0]
        assert self.store.write(lambda c: undo(c, number, review)) == is_last
        if is_last:
            attempt.decided.append((review.decision_id, attempt.status, False))
            self.decided(attempt, before)

    @invariant()
    def the_rows_are_what_the_model_says(self):
        assert {row.id: row.status for row in self.ground.rows(task_runs)} == {
            run.terms.run_id: run.status for run in self.runs
        }
        assert {row.id: row.status for row in self.ground.rows(units)} == {
            unit: found for run in self.runs for unit, found in run.units.items()
        }
        reserved = self.ground.rows(units, units.c.reserved_at.is_not(None))
        assert {row.id for row in reserved} == {unit for run in self.runs for unit in run.reserved}
        assert {row.id: (row.status, row.deadline) for row in self.ground.rows(agents)} == {
            attempt.held.agent_id: (attempt.status, attempt.deadline) for attempt in self.attempts
        }

    @invariant()
    def nothing_sent_is_dropped_and_one_answer_counts(self):
        kept = {(row.agent_id, row.submission_id): row.kind for row in self.ground.rows(submissions)}
        assert Counter(kept.values()) == Counter(
            kind for attempt in self.attempts for kind in attempt.sent.values()
        )
        answers = Counter(agent for (agent, _), kind in kept.items() if kind == SubmissionKind.ANSWER)
        for unit in self.ground.rows(units):
            assert answers[unit.agent_id] == (unit.status in legal.DONE_UNITS)

    @invariant()
    def each_decision_is_kept(self):
        assert len(self.ground.rows(decisions)) == sum(len(known.decided) for known in self.attempts)

    @invariant()
    def only_legal_transitions_happen(self):
        with self.store.read() as connection:
            seen = connection.exec_driver_sql("SELECT DISTINCT name, was, became FROM seen").all()
        assert [(name, was, became) for name, was, became in seen if became not in TABLES[name][was]] == []


def watch(connection):
    connection.exec_driver_sql("CREATE TABLE seen (name, was, became)")
    for name in TABLES:
        connection.exec_driver_sql(WATCH.format(name=name))


@pytest.fixture
def life(ground_on):
    return type("Life", (Life,), {"ground_on": staticmethod(ground_on)})


def test_no_order_of_events_leads_around_the_rules(life):
    from hypothesis.stateful import run_state_machine_as_test

    few = settings(
        max_examples=max(1, STEPS // STEPS_AN_EXAMPLE),
        stateful_step_count=STEPS_AN_EXAMPLE,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(life, settings=few)
