"""A submission is acknowledged only after its commit, and has exactly one effect."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

ROWS = [{"a": 1}, {"a": 2}]
FILE = ("file1", ("a.txt", b"hello", "text/plain"))
SHAPES = {"json": None, "form": [], "form with a file": [FILE]}


@pytest.fixture
def browser(house):
    house.launch(ROWS)
    return house.browser().begin()


def kept(house):
    return [(row.kind, row.submission_id, row.data) for row in house.rows("submissions")]


@pytest.mark.parametrize("files", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("submission_id", ["s1", None])
def test_the_same_again_returns_the_same_receipt_and_has_one_effect(house, browser, submission_id, files):
    replies = [browser.submit({"x": 1}, submission_id, files) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200] * 3
    assert {reply.json()["status"] for reply in replies} == {"Submitted!"}
    assert len({reply.json()["receipt"] for reply in replies}) == 1
    assert [reply.json()["duplicate"] for reply in replies] == [False, True, True]
    assert kept(house) == [("answer", submission_id or "", {"x": 1})]
    assert house.statuses("units") == ["completed", "launched"]
    assert len(house.files()) == house.count("uploads") == len(files or [])


def test_our_page_that_lost_the_reply_sends_its_files_again_and_gets_its_receipt(house, browser):
    replies = [browser.submit_as_page({"x": 1}, files=[FILE, FILE]) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert replies[0].json()["receipt"] == replies[1].json()["receipt"]
    assert len(house.files()) == house.count("uploads") == 2
    assert all(row.submission_id for row in house.rows("uploads"))


@pytest.mark.parametrize("files", SHAPES.values(), ids=SHAPES)
def test_a_different_id_gets_409_and_the_first_receipt_and_is_kept(house, browser, files):
    receipt = browser.submit({"x": 1}, "s1", files).json()["receipt"]
    other = [("file1", ("b.txt", b"another", "text/plain"))] if files else files
    for _ in range(2):
        reply = browser.submit({"x": 2}, "s2", other)
        assert (reply.status_code, reply.json()["receipt"]) == (409, receipt)
        assert reply.json()["error"]
    assert kept(house) == [("answer", "s1", {"x": 1}), ("duplicate", "s2", {"x": 2})]
    assert house.statuses("units") == ["completed", "launched"]
    assert [row.name for row in house.rows("uploads")] == ["a.txt", "b.txt"][: 2 * len(files or [])]
    assert len(house.files()) == 2 * len(files or [])


@pytest.mark.parametrize("files", SHAPES.values(), ids=SHAPES)
def test_without_an_id_the_first_wins_and_a_differing_body_is_kept_once(house, browser, files):
    receipt = browser.submit({"x": 1}, None, files).json()["receipt"]
    for answer in ({"x": 2}, {"x": 2}, {"x": 3}, {"x": 1}):
        reply = browser.submit(answer, None, files)
        assert reply.status_code == 200
        assert (reply.json()["receipt"], reply.json()["duplicate"]) == (receipt, True)
    assert [(kind, data["x"]) for kind, _, data in kept(house)] == [
        ("answer", 1),
        ("duplicate", 2),
        ("duplicate", 3),
    ]
    assert len(house.files()) == house.count("uploads") == 3 * len(files or [])


def test_without_an_id_another_file_makes_another_body(house, browser):
    for content in (b"one", b"two", b"two", b"one"):
        browser.submit({"x": 1}, None, [("file1", ("a.txt", content))])
    assert [row.kind for row in house.rows("submissions")] == ["answer", "duplicate"]


def test_what_differs_between_two_sendings_of_one_answer_does_not_make_another_body(house, browser):
    def body(moment, order):
        empty = {"lastModified": moment, "name": "", "size": -1, "type": "application/octet-stream"}
        answer = {"rating": "good", "client_timestamp": moment, "file1": empty, "list": [empty]}
        return {key: answer[key] for key in order}

    keys = ["rating", "client_timestamp", "file1", "list"]
    for moment, order in ((1, keys), (2, keys[::-1])):
        assert browser.submit(body(moment, order), None, []).status_code == 200
    assert house.count("submissions") == 1


def test_a_date_of_a_file_that_was_chosen_makes_another_body(house, browser):
    for moment in (1, 2):
        browser.submit({"file1": {"lastModified": moment, "name": "a.txt", "size": 1}}, None, [])
    assert house.count("submissions") == 2


def test_a_body_without_an_id_after_one_with_an_id_is_the_same_answer(house, browser):
    receipt = browser.submit({"x": 1}, "s1").json()["receipt"]
    reply = browser.submit({"x": 1})
    assert (reply.status_code, reply.json()["receipt"]) == (200, receipt)
    assert house.count("submissions") == 1


@pytest.mark.parametrize("files", [*SHAPES.values(), "header"], ids=[*SHAPES, "page with a file"])
def test_an_unknown_token_gets_404_and_nothing_is_stored(house, browser, files):
    header = {"Mephisto-Agent": "0" * 32} if files == "header" else {}
    files = [FILE] if files == "header" else files
    reply = browser.submit({"x": 1}, "s1", files, token="0" * 32, **header)
    assert reply.status_code == 404
    assert house.count("submissions") == house.count("uploads") == 0
    assert house.files() == []


@pytest.mark.parametrize("files", SHAPES.values(), ids=SHAPES)
def test_an_answer_that_cannot_be_stored_is_refused_in_a_sentence_and_leaves_nothing(house, browser, files):
    for answer in ([1], "text", 1, None, {"x": "\0"}):
        reply = browser.submit(answer, "s1", files)
        assert reply.status_code == 400
        assert reply.json()["error"]
    assert house.count("submissions") == house.count("uploads") == 0
    assert house.files() == []
    assert browser.submit({"x": 1}, "s1", files).status_code == 200


def test_an_answer_holds_any_characters_but_nul(house, browser):
    answer = {"x": "ä\u2028\ud800 \U0001f600", "ключ": [1.5, None, True]}
    assert browser.submit(answer, "s1").status_code == 200
    assert house.rows("submissions")[0].data == answer


def test_an_id_that_cannot_be_stored_is_refused(house, browser):
    assert browser.submit({"x": 1}, "\ud800").status_code == 400
    assert house.count("submissions") == 0


@pytest.mark.parametrize("files", SHAPES.values(), ids=SHAPES)
def test_a_submission_is_acknowledged_only_after_its_commit(house, browser, files):
    driver = house.store.write(lambda connection: connection.connection.driver_connection)

    def refuse_commits(action, operation, *_):
        is_commit = action == sqlite3.SQLITE_TRANSACTION and operation == "COMMIT"
        return sqlite3.SQLITE_DENY if is_commit else sqlite3.SQLITE_OK

    driver.set_authorizer(refuse_commits)
    reply = browser.submit({"x": 1}, "s1", files)
    driver.set_authorizer(None)
    assert reply.status_code == 503
    assert "receipt" not in reply.json()
    assert int(reply.headers["Retry-After"]) > 0
    assert house.count("submissions") == house.count("uploads") == 0
    assert house.files() == []
    reply = browser.submit({"x": 1}, "s1", files)
    assert (reply.status_code, reply.json()["duplicate"]) == (200, False)


def test_a_receipt_is_found_again_by_the_worker_who_reloads(house, browser):
    receipt = browser.submit({"x": 1}, "s1").json()["receipt"]
    assert browser.ask()["receipt"] == receipt
    assert house.rows("submissions")[0].receipt_code == receipt


def test_a_receipt_is_confirmed_by_its_own_agent_only(house, browser):
    receipt = browser.submit({"x": 1}, "s1").json()["receipt"]
    stranger = house.browser("y").begin()
    assert stranger.confirm(receipt).status_code == 404
    assert browser.confirm("0000000000").status_code == 404
    assert browser.confirm(receipt).status_code == 200
    assert browser.confirm(receipt).status_code == 200


@pytest.mark.parametrize("files", [None, [FILE]], ids=["json", "form with a file"])
@pytest.mark.parametrize("submission_id", ["s1", None])
def test_32_duplicates_at_the_same_moment_have_one_effect(house, submission_id, files):
    house.launch(ROWS)
    browser = house.browser().begin()
    browsers = [house.browser() for _ in range(32)]
    with ThreadPoolExecutor(32) as pool:
        replies = list(
            pool.map(lambda tab: tab.submit({"x": 1}, submission_id, files, browser.token), browsers)
        )
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["receipt"] for reply in replies}) == 1
    assert [reply.json()["duplicate"] for reply in replies].count(False) == 1
    assert house.count("submissions") == 1
    assert len(house.files()) == house.count("uploads") == len(files or [])
    assert house.statuses("units") == ["completed", "launched"]


def test_32_different_answers_at_the_same_moment_have_one_effect_and_all_are_kept(house):
    house.launch(ROWS)
    token = house.browser().begin().token
    browsers = list(enumerate(house.browser() for _ in range(32)))
    with ThreadPoolExecutor(32) as pool:
        replies = list(
            pool.map(lambda tab: tab[1].submit({"x": tab[0]}, f"s{tab[0]}", token=token), browsers)
        )
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 31
    assert len({reply.json()["receipt"] for reply in replies}) == 1
    assert sorted(row.kind for row in house.rows("submissions")) == ["answer"] + ["duplicate"] * 31
    assert house.statuses("units") == ["completed", "launched"]
