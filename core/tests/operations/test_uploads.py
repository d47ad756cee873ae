"""Files of workers: whole or not at all, inside their folder whatever they are called, and within limits."""

import hashlib
from pathlib import Path

import pytest

HOSTILE = {
    "up": "../../../escaped",
    "absolute": "/tmp/escaped",  # noqa: S108 - that is what it tries
    "windows": "..\\..\\escaped.txt",
    "drive": "C:\\escaped.txt",
    "device": "CON",
    "null device": "/dev/null",
    "dots": "..",
    "dot": ".",
    "hidden": ".bashrc",
    "newline": "a\r\nb",
    "quotes": '";x="',
    "long": "x" * 10_000,
    "unicode": "\u202etxt.exe \U0001f600",
    "space": " ",
}


def page(browser, files, answer=None, submission_id="s1"):
    return browser.submit_as_page(answer or {"x": 1}, submission_id, files)


def npm(browser, files):
    return browser.submit({"x": 1}, None, files)


@pytest.fixture
def browser(house):
    house.launch(
        [{"a": 1}, {"a": 2}], largest_upload_in_megabytes=1, largest_answer_in_megabytes=2, most_uploads=3
    )
    return house.browser().begin()


def stored(house):
    """List (field, name, content) of the files that are kept, and see that each is what its row says."""
    found = []
    for row in house.rows("uploads"):
        content = (house.directory / row.path).read_bytes()
        assert (row.size, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert row.submission_id
        found.append((row.field, row.name, content))
    assert len(house.files()) == len(found), "There are files of which no row tells."
    return found


@pytest.mark.parametrize("send", [page, npm])
def test_a_file_is_kept_with_its_field_name_and_type_under_a_name_of_ours(house, browser, send):
    assert send(browser, [("photo", ("me.png", b"\x89PNG", "image/png"))]).status_code == 200
    assert stored(house) == [("photo", "me.png", b"\x89PNG")]
    upload, agent = house.rows("uploads")[0], house.rows("agents")[0]
    assert upload.content_type == "image/png"
    assert upload.path == f"files/{agent.task_run_id}/{agent.id}/{upload.id}"


@pytest.mark.parametrize("send", [page, npm])
def test_several_files_of_one_field_and_of_several_are_all_kept(house, browser, send):
    files = [("a", ("1.txt", b"1")), ("a", ("1.txt", b"2")), ("b", ("3.txt", b"3"))]
    assert send(browser, files).status_code == 200
    assert stored(house) == [("a", "1.txt", b"1"), ("a", "1.txt", b"2"), ("b", "3.txt", b"3")]


@pytest.mark.parametrize("send", [page, npm])
def test_an_empty_file_is_kept_and_one_that_was_not_chosen_is_none(house, browser, send):
    assert send(browser, [("a", ("empty.txt", b"")), ("b", ("", b""))]).status_code == 200
    assert stored(house) == [("a", "empty.txt", b"")]


@pytest.mark.parametrize("send", [page, npm])
def test_a_hostile_name_of_a_file_or_a_field_leads_nowhere(house, tmp_path, send):
    house.launch([{"a": name} for name in HOSTILE])
    before = set(tmp_path.rglob("*"))
    for what, name in HOSTILE.items():
        browser = house.browser("x", what).begin()
        assert send(browser, [(name, (name, b"evil")), ("file1", (name, b"more"))]).status_code == 200, what
    assert [content for _, _, content in stored(house)] == [b"evil", b"more"] * len(HOSTILE)
    folder = house.directory / "files"
    new = {path for path in set(tmp_path.rglob("*")) - before if path.is_file()}
    assert all(path.is_relative_to(folder) or path.name.startswith("mephisto.db") for path in new)
    assert all(path.name.isdigit() for path in folder.rglob("*"))
    assert not Path("/tmp/escaped").exists()  # noqa: S108
    assert max(len(row.name) for row in house.rows("uploads")) <= 1_000


def test_a_name_with_nul_is_refused_or_kept_without_it(house, browser):
    boundary, token = "b", browser.token
    part = b'Content-Disposition: form-data; name="f\0"; filename="a\0.txt"\r\n\r\nevil'
    fields = b'Content-Disposition: form-data; name="final_string_data"\r\n\r\n{}'
    body = b"".join(b"--b\r\n" + each + b"\r\n" for each in (part, fields)) + b"--b--\r\n"
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Mephisto-Agent": token}
    reply = browser.post("/submit_task", data=body, headers=headers)
    assert reply.status_code in {200, 400}
    assert all("\0" not in field + name for field, name, _ in stored(house))


MEGABYTE = 1 << 20


@pytest.mark.parametrize("send", [page, npm])
def test_a_file_may_be_as_large_as_largest_upload_in_megabytes_and_no_larger(house, browser, send):
    reply = send(browser, [("a", ("a.bin", b"x" * (MEGABYTE + 1)))])
    assert (reply.status_code, bool(reply.json()["error"])) == (413, True)
    assert stored(house) == []
    assert house.statuses("agents") == ["in task"]
    assert send(browser, [("a", ("a.bin", b"x" * MEGABYTE))]).status_code == 200
    assert len(stored(house)[0][2]) == MEGABYTE


@pytest.mark.parametrize("send", [page, npm])
def test_an_answer_with_its_files_may_be_as_large_as_largest_answer_in_megabytes(house, browser, send):
    reply = send(browser, [("a", (f"{index}.bin", b"x" * (MEGABYTE - 10))) for index in range(3)])
    assert reply.status_code == 413
    assert stored(house) == []
    assert house.count("submissions") == 0


def test_the_limit_of_an_answer_holds_without_a_content_length(house, browser):
    def chunks():
        yield b'--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'
        for _ in range(3 * 64):
            yield b"x" * (MEGABYTE // 64)
        yield b"\r\n--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b", "Mephisto-Agent": browser.token}
    assert browser.post("/submit_task", data=chunks(), headers=headers).status_code == 413
    assert stored(house) == []


def test_an_answer_may_have_most_uploads_files_and_no_more(house, browser):
    files = [("a", (f"{index}.txt", b"x")) for index in range(4)]
    assert npm(browser, files).status_code == 413
    assert stored(house) == []
    assert npm(browser, files[:3]).status_code == 200
    assert len(stored(house)) == 3


def test_files_are_never_served_to_workers(house, browser):
    page(browser, [("a", ("a.txt", b"secret"))])
    path = house.rows("uploads")[0].path
    for address in (f"/{path}", f"/../{path}", f"/{Path(path).name}", "/incoming/", "/files/"):
        assert browser.session.get(browser.url + address, timeout=10).status_code == 404


def test_a_file_before_an_unknown_token_leaves_nothing(house, browser):
    files = [("a", ("a.txt", b"hello")), ("b", ("b.bin", b"x" * 500_000))]
    assert browser.submit({"x": 1}, None, files, token="f" * 32).status_code == 404
    assert stored(house) == []
