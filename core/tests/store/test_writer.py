"""The one writer: each job has its effect exactly once or not at all, and whoever waits hears of it."""

import functools
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, insert, select
from sqlalchemy.exc import IntegrityError

from mephisto.errors import StoreError
from mephisto.store import Lane

note = Table("note", MetaData(), Column("text", String, unique=True))
# A reference that is checked by COMMIT, not by the statement.
reply = Table(
    "reply",
    note.metadata,
    Column("id", Integer, primary_key=True),
    Column("parent", ForeignKey("reply.id", deferrable=True, initially="DEFERRED")),
)


@pytest.fixture(autouse=True)
def tables(store):
    store.write(note.metadata.create_all)


def adding(text, runs=None):
    """Make a job that writes a note, and counts in *runs* how often it is run."""

    def add(connection):
        if runs is not None:
            runs.append(text)
        connection.execute(insert(note).values(text=text))
        return text

    return add


def raising(error, text="half"):
    """Make a job that writes a note and then raises."""

    def fail(connection):
        connection.execute(insert(note).values(text=text))
        raise error

    return fail


def texts(store):
    with store.read() as connection:
        return sorted(connection.execute(select(note.c.text)).scalars())


def failure(pending):
    with pytest.raises(BaseException) as raised:  # noqa: PT011 - it is looked at by whoever asks
        pending.result(10)
    return raised.value


class Refusal(Exception):
    """What a job raises on purpose."""


def test_a_savepoint_inside_a_job_is_rolled_back_with_the_job(store, tmp_path):
    def job(connection):
        with connection.begin_nested():
            connection.execute(insert(note).values(text="inner"))
        raise Refusal

    with pytest.raises(Refusal):
        store.write(job)
    assert texts(store) == []

    # The driver's own transactions, which SQLAlchemy uses unless told otherwise: the row is left.
    naive = create_engine(f"sqlite:///{tmp_path / 'naive.db'}")
    with naive.connect() as connection:
        note.create(connection)
        connection.commit()
        with pytest.raises(Refusal), connection.begin():
            job(connection)
        assert connection.execute(select(note.c.text)).scalars().all() == ["inner"]
    naive.dispose()


def test_a_violated_constraint_fails_alone(store, one_batch):
    """One transaction for the batch, without savepoints, would lose the others or run them twice."""
    runs = []
    with one_batch(store):
        queued = [store.submit(adding(text, runs)) for text in ("a", "b", "a", "c")]

    assert isinstance(failure(queued[2]), IntegrityError)
    assert [queued[place].result(10) for place in (0, 1, 3)] == ["a", "b", "c"]
    assert runs == ["a", "b", "a", "c"]
    assert texts(store) == ["a", "b", "c"]


def test_what_a_job_wrote_before_it_violated_a_constraint_is_gone(store, one_batch):
    def twice(connection):
        connection.execute(insert(note).values(text="first"))
        connection.execute(insert(note).values(text="first"))

    with one_batch(store):
        other, failed = store.submit(adding("other")), store.submit(twice)
    assert isinstance(failure(failed), IntegrityError)
    assert other.result(10) == "other"
    assert texts(store) == ["other"]


ERRORS = [Refusal("no"), KeyboardInterrupt(), SystemExit(3), GeneratorExit(), BaseException("odd")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_any_other_error_rolls_the_batch_back_and_each_job_runs_again_alone(store, one_batch, error):
    """Without the rollback, the jobs before it would have their effect twice; a thread that lets an exit through dies."""
    runs = []
    with one_batch(store):
        before = store.submit(adding("before", runs))
        failed = store.submit(raising(error))
        after = store.submit(adding("after", runs))

    assert failure(failed) is error
    assert (before.result(10), after.result(10)) == ("before", "after")
    assert runs == ["before", "before", "after"]
    assert texts(store) == ["after", "before"]
    assert store.write(adding("later")) == "later"


def test_a_commit_that_fails_fails_only_whose_fault_it_is(store, one_batch):
    """To take the COMMIT of a batch for granted would give out results that are nowhere."""

    def orphan(connection):
        connection.execute(insert(reply).values(id=1, parent=99))

    with one_batch(store):
        good, bad, other = store.submit(adding("good")), store.submit(orphan), store.submit(adding("other"))

    assert "FOREIGN KEY" in str(failure(bad))
    assert (good.result(10), other.result(10)) == ("good", "other")
    assert texts(store) == ["good", "other"]
    with store.read() as connection:
        assert connection.execute(select(reply)).all() == []
    assert store.write(adding("later")) == "later"


def test_a_result_is_given_out_when_others_can_read_what_was_written(store, one_batch):
    """To give it out when its job returns would be early: another connection sees nothing yet."""
    seen_inside = []

    def job(connection, text):
        connection.execute(insert(note).values(text=text))
        seen_inside.append(text in texts(store))

    def is_seen(pending, text):
        pending.result(10)
        return text in texts(store)

    with ThreadPoolExecutor(20) as waiting, one_batch(store):
        seen_by_then = [
            waiting.submit(is_seen, store.submit(functools.partial(job, text=text)), text)
            for text in map(str, range(20))
        ]

    assert seen_inside == [False] * 20
    assert [seen.result() for seen in seen_by_then] == [True] * 20


@pytest.mark.parametrize("method", ["commit", "rollback"])
def test_a_job_cannot_end_the_transaction_that_it_shares(store, one_batch, method):
    """A job that commits would save the half of another, which is then run again."""

    def ends_it(connection):
        connection.execute(insert(note).values(text="mine"))
        getattr(connection, method)()

    with one_batch(store):
        before, wrong = store.submit(adding("before")), store.submit(ends_it)
    assert isinstance(failure(wrong), StoreError)
    assert before.result(10) == "before"
    assert texts(store) == ["before"]


def test_a_connection_that_broke_is_replaced(store, one_batch):
    def breaks_it(connection):
        connection.connection.driver_connection.close()

    with one_batch(store):
        before, wrong = store.submit(adding("before")), store.submit(breaks_it)
        after = store.submit(adding("after"))
    assert failure(wrong) is not None
    assert (before.result(10), after.result(10)) == ("before", "after")
    assert texts(store) == ["after", "before"]


def test_many_threads_have_each_effect_once(store):
    def work(seed):
        done = []
        for number in range(40):
            text = f"{seed} {number}"
            try:
                if number % 10 == 7:
                    store.write(raising(Refusal(), text))
                store.write(adding("same" if number % 10 == 3 else text), Lane(number % 3))
            except (IntegrityError, Refusal):
                continue
            done.append("same" if number % 10 == 3 else text)
        return done

    with ThreadPoolExecutor(8) as pool:
        done = [text for texts in pool.map(work, range(8)) for text in texts]
    assert sorted(done) == texts(store)
    assert done.count("same") == 1
    assert len(done) == 8 * 32 + 1
