"""The writer's queue and its thread: who goes first, who is refused, and that nobody waits for ever."""

import functools
import logging
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, select
from sqlalchemy.exc import OperationalError

from mephisto.errors import StoreError
from mephisto.store import Lane, Store, StoreBusy, writer
from mephisto.store.file import connections

note = Table("note", MetaData(), Column("text", String, unique=True))


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


def texts(store):
    with store.read() as connection:
        return sorted(connection.execute(select(note.c.text)).scalars())


def failure(pending):
    with pytest.raises(BaseException) as raised:  # noqa: PT011 - it is looked at by whoever asks
        pending.result(10)
    return raised.value


def results(several):
    return [pending.result(10) for pending in several]


def test_answers_go_before_claims_before_everything_else(store, one_batch):
    runs = []
    order = [Lane.REST, Lane.CLAIM, Lane.SUBMIT, Lane.REST, Lane.SUBMIT, Lane.CLAIM]
    with one_batch(store):
        queued = [
            store.submit(adding(f"{lane.name} {place}", runs), lane) for place, lane in enumerate(order)
        ]
    results(queued)
    assert runs == ["SUBMIT 2", "SUBMIT 4", "CLAIM 1", "CLAIM 5", "REST 0", "REST 3"]


def test_more_jobs_than_one_batch_holds_keep_their_order(store, one_batch):
    runs, count = [], 2 * writer.BATCH + 3
    with one_batch(store):
        queued = [store.submit(adding(number, runs)) for number in range(count)]
    results(queued)
    assert runs == list(range(count))
    assert len(texts(store)) == count


def test_a_full_queue_refuses_at_once_and_takes_on_again_when_it_has_room(store, one_batch):
    store._open().writer._capacity = 2
    with one_batch(store):
        accepted = [store.submit(adding(text)) for text in ("a", "b")]
        with pytest.raises(StoreBusy):
            store.submit(adding("too many"), Lane.SUBMIT)
    results(accepted)
    assert store.write(adding("c")) == "c"
    assert texts(store) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda store: store.write(adding("x")),
        lambda store: store.submit(adding("x")).result(),
        lambda store: store.close(),
    ],
)
def test_a_job_that_would_wait_for_its_own_thread_is_refused(store, wrong):
    """It would wait for ever, and all others with it."""
    pending = store.submit(lambda _: wrong(store))
    assert isinstance(failure(pending), StoreError)
    assert store.write(adding("later")) == "later"
    assert texts(store) == ["later"]


def test_a_job_that_takes_long_is_named_in_the_log_and_what_it_was_given_is_not(
    store, one_batch, caplog, monkeypatch
):
    monkeypatch.setattr(writer, "SLOW_SECONDS", 0.05)

    def dawdle(_, given):
        time.sleep(0.1)

    with one_batch(store):
        queued = [store.submit(functools.partial(dawdle, given="secret")), store.submit(adding("quick"))]
    results(queued)
    store.write(lambda _: None)
    told = [line for line in caplog.messages if "dawdle" in line]
    assert len(told) == 1
    assert "secret" not in caplog.text
    assert "adding" not in caplog.text


def test_closing_finishes_what_is_queued(store, one_batch):
    with one_batch(store):
        queued = [store.submit(adding(f"{number}")) for number in range(300)]
        closing = threading.Thread(target=store.close)
        closing.start()
        while not store._open().writer._closing:
            time.sleep(0.001)
        with pytest.raises(StoreError, match="closed"):
            store.submit(adding("late"))
    closing.join(10)
    assert [pending.result(0) for pending in queued] == [f"{number}" for number in range(300)]
    store.close()
    again = Store(store.directory)
    assert len(texts(again)) == 300
    again.close()


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnhandledThreadExceptionWarning"
)  # it does not end silently
def test_should_the_writer_end_nobody_waits_for_ever(store, one_batch, monkeypatch):
    def breaks(*_):
        raise SystemExit

    with one_batch(store):
        monkeypatch.setattr(writer, "_say_what_was_slow", breaks)
        monkeypatch.setattr(writer, "BATCH", 1)
        first, second = store.submit(adding("first")), store.submit(adding("second"))
    store._open().writer.thread.join(10)
    assert {type(failure(pending)) for pending in (first, second)} == {StoreBusy}
    with pytest.raises(StoreError):
        store.write(adding("late"))


def test_only_the_writer_writes(store):
    """A second writer would be met by the first one's lock, for as long as busy_timeout is."""
    with store.read() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(insert(note).values(text="aside"))
    assert texts(store) == []


@contextmanager
def locked_by_another_process(store):
    code = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
connection.close()
"""
    holder = subprocess.Popen(
        [sys.executable, "-c", code, store.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout.readline().split() == [b"locked"]
        yield
        holder.stdin.close()
        holder.wait(10)


@pytest.fixture
def hasty_store(tmp_path, monkeypatch):
    """A store that is told after a moment that the file is locked."""
    monkeypatch.setattr(connections, "BUSY_MILLISECONDS", 50)
    store = Store(tmp_path / "hasty")
    store.write(note.metadata.create_all)
    yield store
    store.close()


def test_no_job_is_lost_while_another_process_holds_the_lock(hasty_store, caplog):
    """To fail what waits when busy_timeout is over would lose what nobody sends again."""
    with locked_by_another_process(hasty_store):
        queued = [hasty_store.submit(adding(f"{number}")) for number in range(5)]
        with pytest.raises(StoreBusy):
            queued[0].result(0.4)
        assert texts(hasty_store) == []
    results(queued)
    assert texts(hasty_store) == ["0", "1", "2", "3", "4"]
    assert next(record for record in caplog.records if "locked" in record.message).levelno == logging.WARNING


def test_closing_while_another_process_holds_the_lock_tells_those_who_wait(hasty_store):
    with locked_by_another_process(hasty_store):
        queued = [hasty_store.submit(adding(number)) for number in range(2 * writer.BATCH)]
        hasty_store.close()
        assert {type(failure(pending)) for pending in queued} == {StoreBusy}
