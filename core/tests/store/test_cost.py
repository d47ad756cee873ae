"""What is done for every worker, and at every look of the clock, costs the same however much there is and was done.

It is counted in steps of SQLite's own machine, which are the same on each computer.
"""

import pytest
from sqlalchemy import Connection

from mephisto.store import Lane, attempts, claims, live_updates, runs
from mephisto.store import submissions as answers

FEW, MANY = 40, 800


@pytest.fixture(scope="module")
def filled(ground_on, tmp_path_factory):
    """Runs of which few and many units are done, as many are open, and as many are another run's."""
    with ground_on(tmp_path_factory.mktemp("cost")) as ground:
        made = {}
        for size in (FEW, MANY):
            terms = ground.run(rows=2 * size, allowed_concurrent=3, maximum_units=5)

            def job(connection, terms=terms, size=size):
                for number in range(size):
                    held = claims.claim(
                        connection, ground.store.ids, terms, asked(number), ground.store.now()
                    )
                    accept(connection, ground, terms, held)

            ground.store.write(job)
            made[size] = terms
        yield ground, made


def asked(number):
    return attempts.Request(f"worker {number}", f"place {number}", trusted=True)


def accept(connection, ground, terms, held):
    incoming = answers.Incoming(held.token, "one", {"x": 1}, "digest")
    answers.accept(connection, ground.store.ids, terms, incoming, ground.store.now())


def steps(connection: Connection, work):
    """Count the steps that SQLite takes for *work*."""
    taken = 0

    def count():
        nonlocal taken
        taken += 1

    driver = connection.connection.driver_connection
    driver.set_progress_handler(count, 1)
    try:
        work()
    finally:
        driver.set_progress_handler(None, 0)
    return taken


LOOKS = {
    "the clock's look": lambda connection, ground, terms: runs.glance(
        connection, terms.run_id, ground.store.now()
    ),
    "when something moved": lambda connection, _, terms: runs.last_moved(connection, terms.run_id),
    "who is at work": lambda connection, _, terms: runs.at_work(connection, terms.run_id),
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_costs_the_same_in_a_run_of_any_size(filled, look):
    ground, made = filled
    with ground.store.read() as connection:
        few, many = (
            steps(connection, lambda terms=made[size]: LOOKS[look](connection, ground, terms))
            for size in (FEW, MANY)
        )
    assert many < 1.5 * few


def test_a_unit_and_its_answer_cost_the_same_in_a_run_of_any_size(filled):
    ground, made = filled

    def cost(size):
        def job(connection):
            held = []

            def claim():
                request = asked(f"new {size}")
                held.append(
                    claims.claim(connection, ground.store.ids, made[size], request, ground.store.now())
                )

            claiming = steps(connection, claim)
            return claiming, steps(connection, lambda: accept(connection, ground, made[size], held[0]))

        return ground.store.write(job, Lane.CLAIM)

    few, many = cost(FEW), cost(MANY)
    assert many[0] < 1.5 * few[0]
    assert many[1] < 1.5 * few[1]


def test_what_a_page_says_is_found_and_taken_at_the_same_cost_however_much_waits_or_was_taken(filled):
    ground, made = filled
    store = ground.store

    def talk(connection, agent_id, size):
        new = [live_updates.NewUpdate(str(number), {"number": number}) for number in range(size)]
        live_updates.add(connection, store.ids, agent_id, new, store.now(), from_worker=True)
        for _ in range(size // 2):
            live_updates.take(connection, agent_id, store.now())

    def cost(size):
        def job(connection):
            held = claims.claim(connection, store.ids, made[size], asked(f"talks {size}"), store.now())
            agent_id = held.agent_id
            talk(connection, agent_id, size)
            looking = steps(connection, lambda: live_updates.is_waiting(connection, agent_id))
            return looking, steps(connection, lambda: live_updates.take(connection, agent_id, store.now()))

        return store.write(job, Lane.CLAIM)

    few, many = cost(FEW), cost(MANY)
    assert many[0] < 1.5 * few[0]
    assert many[1] < 1.5 * few[1]
