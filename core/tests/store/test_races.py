"""Many clients, few units: no unit goes to two workers, and no limit is passed, at any moment.

The limits are looked at inside each transaction that could pass them, so nothing is too short-lived to be seen.
`MEPHISTO_RACES=100000` asks for that many accepts instead of the 2,000 that the suite takes.
"""

import os
import random
import threading
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from mephisto.model import agents, assignments, submissions, units
from mephisto.status import DONE_UNITS, WITHOUT_ANSWER, AgentStatus, SubmissionKind, UnitStatus
from mephisto.store import Lane, attempts, claims, reserving, runs
from mephisto.store import submissions as answers

ACCEPTS = int(os.environ.get("MEPHISTO_RACES", "2000"))
CLIENTS = 64
WORKERS = 90
WINDOW = 24
AT_ONCE = 2
PER_ROW = 3
PATIENCE_SECONDS = 30 + ACCEPTS / 100


class Crowd:
    """64 clients who work as 90 people on two runs of one task, several of them as the same person."""

    def __init__(self, ground):
        self.ground, self.store = ground, ground.store
        rows = ACCEPTS // PER_ROW  # more than will be accepted: ends come by limits and by the count
        self.maximum = max(4, ACCEPTS // WORKERS * 9 // 10)
        limits = {"window": WINDOW, "allowed_concurrent": AT_ONCE, "maximum_units": self.maximum}
        self.runs = [ground.run(rows, PER_ROW, task="shared", ended=False, **limits) for _ in range(2)]
        self.violations = Counter()
        self.held = {}  # token: agent id, of every unit that was given out
        self.receipts = {}  # token: code
        self.left = deque()  # units that somebody walked away from
        self.refusals = Counter()
        self.reserved = deque()  # units that were
        self.lock = threading.Lock()
        self.finished = threading.Event()

    def work(self, seed):
        chance = random.Random(seed)  # noqa: S311 - dice, not secrets
        fruitless = 0
        while len(self.held) < ACCEPTS and fruitless < 200 and not self.finished.is_set():
            run = chance.choice(self.runs)
            worker = f"w{chance.randrange(WORKERS)}"
            place = f"{worker} {chance.randrange(ACCEPTS)}" if chance.random() < 0.5 else None
            held = self.claim(run, worker, place)
            if held is None:
                fruitless += 1
                held = self.left.popleft() if self.left else None
                if held is not None:
                    self.answer(*held)
                continue
            fruitless = 0
            if chance.random() < 0.1:
                self.keep_one_back(run, chance)
            if chance.random() < 0.2:
                self.left.append((run, held.token))
            else:
                self.answer(run, held.token)
                if chance.random() < 0.1:
                    self.answer(run, held.token)

    def claim(self, run, worker, place):
        asked = attempts.Request(
            worker, place or f"{worker} {self.store.ids.new()}", trusted=True, again=True
        )

        def job(connection):
            got = claims.claim(connection, self.store.ids, run, asked, self.store.now())
            if isinstance(got, attempts.Held) and got.fresh:
                self.look(connection, run, got.worker_id)
            return got

        got = self.store.write(job, Lane.CLAIM)
        if isinstance(got, attempts.Refused):
            self.refusals[got.reason] += 1
            return None
        with self.lock:
            self.held[got.token] = got.agent_id
        return got

    def answer(self, run, token):
        incoming = answers.Incoming(token, "", {"from": token}, token)

        def job(connection):
            receipt = answers.accept(connection, self.store.ids, run, incoming, self.store.now())
            worker = connection.execute(
                select(agents.c.worker_id).where(agents.c.token == token)
            ).scalar_one()
            self.look(connection, run, worker)
            return receipt

        receipt = self.store.write(job, Lane.SUBMIT)
        with self.lock:
            known = self.receipts.setdefault(token, receipt.code)
        if known != receipt.code:
            self.violations["an answer had two receipts"] += 1

    def let_time_pass(self):
        """Now and then, everyone's time is over: who is slow answers late."""
        while not self.finished.wait(0.1):
            self.ground.time.move(2 * self.runs[0].duration)
            for run in self.runs:
                self.ground.time_out(run)
            self.ground.time.move(-self.runs[0].duration // 2)

    def keep_one_back(self, run, chance):
        """Reserve, as a script does, a unit that others would soon be given, and give it back."""
        free = units.c.status.in_((UnitStatus.LAUNCHED, UnitStatus.CREATED)), units.c.reserved_at.is_(None)
        oldest = select(units.c.id).where(units.c.task_run_id == run.run_id, *free).order_by(units.c.id)
        with self.store.read() as connection:
            found = connection.execute(oldest.limit(WINDOW)).scalars().all()
        if not found:
            return
        unit_id = chance.choice(found)

        def reserve(connection):
            got = reserving.reserve(connection, unit_id, self.store.now(), run.window)
            self.look(connection, run, None)
            return got

        def give_back(connection):
            held = (agents.c.unit_id == unit_id, agents.c.status.not_in(WITHOUT_ANSWER))
            if connection.execute(select(agents.c.id).where(*held)).first() is not None:
                self.violations["a reserved unit was given out"] += 1
            reserving.clear(connection, unit_id, run.window)
            self.look(connection, run, None)

        if self.store.write(reserve):
            self.store.write(give_back)
            self.reserved.append(unit_id)

    def look(self, connection, run, worker):
        """Count, inside the transaction, what this worker and this run hold."""

        def number(query):
            return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()

        mine = select(agents.c.id).where(agents.c.worker_id == worker)
        live = mine.where(agents.c.task_run_id == run.run_id, agents.c.status == AgentStatus.IN_TASK)
        counted = mine.where(agents.c.task_id == run.task_id, agents.c.status.not_in(WITHOUT_ANSWER))
        active = (UnitStatus.LAUNCHED, UnitStatus.ASSIGNED)
        offered = select(units.c.id).where(units.c.task_run_id == run.run_id, units.c.status.in_(active))
        for what, found, most in (
            ("allowed_concurrent", number(live), AT_ONCE),
            ("maximum_units_per_worker", number(counted), self.maximum),
            ("max_num_concurrent_units", number(offered), WINDOW),
        ):
            if found > most:
                self.violations[what] += 1


@pytest.fixture(scope="module")
def crowd(tmp_path_factory, ground_on):
    with ground_on(tmp_path_factory.mktemp("races")) as ground:
        crowd = Crowd(ground)
        clock = threading.Thread(target=crowd.let_time_pass)
        clock.start()
        with ThreadPoolExecutor(CLIENTS) as clients:
            working = [clients.submit(crowd.work, seed) for seed in range(CLIENTS)]
            try:
                for client in working:
                    client.result(PATIENCE_SECONDS)
            finally:
                crowd.finished.set()
        clock.join()
        while crowd.left:
            crowd.answer(*crowd.left.popleft())
        yield crowd


def count(crowd, *columns, where=()):
    with crowd.store.read() as connection:
        query = select(func.count()).where(*where).group_by(*columns)
        return connection.execute(query).scalars().all()


def test_the_crowd_was_large_enough_to_tell(crowd):
    # Limits may end it a little earlier: who meets whom is chance.
    assert len(crowd.held) >= ACCEPTS * 9 // 10
    assert {"too many at once", "try again"} <= set(crowd.refusals)
    assert len(crowd.reserved) > ACCEPTS / 100


def test_no_limit_is_passed_at_any_moment(crowd):
    assert crowd.violations == {}


def test_what_a_script_has_reserved_is_nobodys(crowd):
    assert crowd.violations["a reserved unit was given out"] == 0


def test_no_unit_is_done_or_held_by_two(crowd):
    counting = (agents.c.status.not_in(WITHOUT_ANSWER),)
    assert max(count(crowd, agents.c.unit_id, where=counting)) == 1


def test_nobody_works_twice_on_an_assignment(crowd):
    counting = (agents.c.status.not_in(WITHOUT_ANSWER),)
    assert max(count(crowd, agents.c.assignment_id, agents.c.worker_id, where=counting)) == 1


def test_no_assignment_has_more_units_than_it_was_made_with(crowd):
    with crowd.store.read() as connection:
        rows = connection.execute(select(func.count()).select_from(assignments)).scalar_one()
        total = connection.execute(select(func.count()).select_from(units)).scalar_one()
    assert total == rows * PER_ROW


def test_no_claim_is_lost(crowd):
    with crowd.store.read() as connection:
        stored = connection.execute(select(agents.c.token, agents.c.id)).all()
    assert dict(map(tuple, stored)) == crowd.held


def test_units_and_attempts_agree_on_who_has_what(crowd):
    with crowd.store.read() as connection:
        holders = connection.execute(
            select(units.c.status, units.c.agent_id, agents.c.unit_id, agents.c.status)
            .select_from(units.outerjoin(agents, agents.c.id == units.c.agent_id))
            .where(units.c.id == agents.c.unit_id)
        ).all()
        done = connection.execute(
            select(func.count())
            .select_from(units)
            .where(units.c.status.in_(DONE_UNITS | {UnitStatus.ASSIGNED}))
        ).scalar_one()
    expected = {UnitStatus.COMPLETED: AgentStatus.COMPLETED, UnitStatus.ASSIGNED: AgentStatus.IN_TASK}
    assert len(holders) == done
    assert all(expected[unit] == agent for unit, _, _, agent in holders)


def test_each_answer_was_kept_once_and_counts_once(crowd):
    with crowd.store.read() as connection:
        kept = connection.execute(
            select(agents.c.token, submissions.c.receipt_code).join_from(submissions, agents)
        ).all()
        answered = connection.execute(
            select(submissions.c.kind, agents.c.status).join_from(submissions, agents)
        ).all()
    assert dict(map(tuple, kept)) == crowd.receipts
    assert len(kept) == len(crowd.receipts)
    assert all(
        (kind == SubmissionKind.ANSWER) == (status == AgentStatus.COMPLETED) for kind, status in answered
    )
    assert {kind for kind, _ in answered} == {SubmissionKind.ANSWER, SubmissionKind.LATE}


def test_ended_runs_leave_nothing_in_anyones_hands(crowd):
    for run in crowd.runs:
        crowd.ground.close(run)
    with crowd.store.read() as connection:
        left = connection.execute(
            select(func.count()).select_from(agents).where(agents.c.status == AgentStatus.IN_TASK)
        ).scalar_one()
        assert left == 0
        assert not any(
            runs.glance(connection, run.run_id, crowd.store.now()).is_any_overdue for run in crowd.runs
        )
