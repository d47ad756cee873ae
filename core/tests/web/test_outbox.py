"""From the page to the row, whatever is in the way: in a real browser."""

import base64
import json

import pytest

from mephisto.web import Limits, Reply

WORKER = "/?worker_id=x&assignment_id=1"
FIELD = "<label>Text <input name='a'></label>"
KEPT = "your answer is kept here and will be sent"
GONE = Reply({"error": "Nobody here has this token."}, 404)


@pytest.fixture
def begin(work):
    """Open a template with one field and fill it in."""

    def begun(template=FIELD, text="mine", **changes):
        worker = work(template, **changes)
        worker.task.get_by_role("button", name="Submit").wait_for()
        worker.field().fill(text)
        return worker

    return begun


def answers(desk):
    return [packet["data"]["final_data"] for packet in desk.packets("submit_unit")]


def away(worker, context):
    """Submit while there is no connection, and wait until the worker was told."""
    context.set_offline(True)
    return worker.submit().says(KEPT)


# Kept until it is saved


def test_an_answer_outlives_a_reload_in_the_middle(begin, desk, context):
    worker = begin()
    worker.page.route("**/submit_task", lambda route: route.abort())
    worker.submit().says(KEPT)
    worker.page.unroute("**/submit_task")
    worker.open().saved().says("RECEIPT-token-1")
    assert answers(desk) == [{"a": "mine"}]
    assert worker.alerts[-1] == 'The task has been submitted! Data: {"a":"mine"}'
    assert len(desk.packets("register_agent")) == 1


def test_files_outlive_a_reload_too(begin, desk):
    worker = begin(f"{FIELD}<input type='file' name='f'>")
    worker.field("f").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"abc"})
    worker.page.route("**/submit_task", lambda route: route.abort())
    worker.submit().says(KEPT)
    worker.page.unroute("**/submit_task")
    worker.open().saved()
    assert [(data["name"], content) for data, content in desk.uploads.values()] == [("a.txt", b"abc")]


def test_an_answer_outlives_a_restart_of_the_browser(profile, open_tab, start, desk):
    url = start(template=FIELD)
    first = profile()
    worker = open_tab(first, url).open()
    worker.page.route("**/submit_task", lambda route: route.abort())
    worker.task.get_by_role("button", name="Submit").wait_for()
    worker.field().fill("before")
    worker.submit().says(KEPT)
    first.close()
    open_tab(profile(), url).open().saved()
    assert answers(desk) == [{"a": "before"}]


def test_the_same_answer_keeps_its_identity_over_all_tries(begin, desk, context):
    worker = begin()
    desk.instead["submit_unit"] = [Reply({}, 503, retry_after=0)] * 2
    away(worker, context)
    context.set_offline(False)
    worker.saved()
    assert len({packet["data"]["submission_id"] for packet in desk.packets("submit_unit")}) == 1


def test_what_was_saved_is_forgotten_here(begin, desk):
    begin().submit().saved().open().field().wait_for()
    assert len(desk.packets("submit_unit")) == 1


def test_another_places_answer_is_sent_in_passing(begin, desk):
    worker = begin()
    worker.page.route("**/submit_task", lambda route: route.abort())
    worker.submit().says(KEPT)
    worker.page.unroute("**/submit_task")
    worker.open("/?worker_id=x&assignment_id=2")
    worker.field().wait_for()
    worker.page.wait_for_timeout(300)
    assert answers(desk) == [{"a": "mine"}]
    assert list(desk.submissions) == ["token-1"]


def test_without_storage_the_page_asks_to_be_left_open(context, begin, desk):
    context.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('closed') } })"
    )
    worker = begin()
    context.set_offline(True)
    worker.submit().says("please leave this page open")
    context.set_offline(False)
    worker.saved()


# When nobody takes it


def test_an_answer_whose_agent_is_gone_is_kept_and_can_be_saved_as_a_file(begin, desk):
    desk.instead["submit_unit"] = [GONE]
    worker = begin(f"{FIELD}<input type='file' name='f'>")
    worker.field("f").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"abc"})
    worker.submit().says("has not arrived yet")
    with worker.page.expect_download() as download:
        worker.press("Save it as a file")
    content = json.loads(download.value.path().read_text())
    assert download.value.suggested_filename.endswith(".json")
    assert content["agent"] == "token-1"
    assert content["answer"]["a"] == "mine"
    assert base64.b64decode(content["files"][0]["content"]) == b"abc"
    desk.instead["submit_unit"] = [GONE]
    worker.open().says("has not arrived yet").press("Go on to the task")
    worker.field().wait_for()
    # It is tried again whenever a page is opened.
    worker.open().field().wait_for()
    worker.page.wait_for_timeout(300)
    assert desk.submissions["token-1"]["final_data"]["a"] == "mine"


def test_when_the_time_is_over_and_nothing_helps_the_answer_can_be_saved_as_a_file(begin, desk, context):
    desk.standing["seconds_left"] = 2
    worker = begin()
    context.set_offline(True)
    worker.submit().says("The server has been away since your time ran out")
    with worker.page.expect_download():
        worker.press("Save it as a file")
    context.set_offline(False)
    worker.saved()
    assert answers(desk) == [{"a": "mine"}]


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(answer=1_000_000), "It is larger than 0 MB: please shorten it."),
        (
            Limits(total=1_000_000),
            "Together with its files it is larger than 0 MB: please choose smaller ones.",
        ),
    ],
)
def test_an_answer_that_is_too_large_is_told_before_it_is_sent(begin, desk, limits, sentence):
    worker = begin(text="x" * 1_100_000, limits=limits)
    worker.submit().says(sentence)
    assert desk.packets("submit_unit") == []
    worker.field().fill("shorter")
    worker.submit().saved()


# After the answer, and instead of a task


def test_the_next_task_is_offered_where_workers_serve_themselves(begin, desk):
    worker = begin(
        adapter="function getNextTaskURL() { return '/?worker_id=x&assignment_id=2'; }", self_service=True
    )
    worker.submit().saved().press("Next task")
    worker.field().fill("second")
    worker.submit().saved()
    assert answers(desk) == [{"a": "mine"}, {"a": "second"}]


def test_no_next_task_is_offered_where_there_is_none(begin, desk):
    desk.may_go_on = False
    worker = begin(adapter="function getNextTaskURL() { return '/?worker_id=x'; }", self_service=True)
    worker.submit().saved().says("RECEIPT-token-1")
    assert worker.page.get_by_role("button").count() == 0
    for may_go_on in (False, True):
        desk.refusal = {
            "failure_reason": "It is saved.",
            "refusal": "finished",
            "receipt": "R",
            "may_go_on": may_go_on,
        }
        worker.open().saved()
        assert worker.page.get_by_role("button", name="Next task").count() == int(may_go_on)


def test_an_answer_that_is_not_judged_yet_is_saved_and_can_be_judged_again(work, desk):
    desk.refusal = {"failure_reason": "It could not be looked at yet.", "refusal": "onboarding not judged"}
    worker = work(FIELD).saved().says("could not be looked at yet")
    desk.refusal = None
    worker.press("Try again").field().wait_for()


def test_no_next_task_is_offered_where_the_provider_gives_places(begin):
    worker = begin(adapter="function getNextTaskURL() { return '/'; }").submit().saved()
    assert worker.page.get_by_role("button").count() == 0


def test_an_attempt_that_ended_can_be_followed_by_another(work, desk):
    desk.refusal = {
        "failure_reason": "Your time is over.",
        "refusal": "attempt ended",
        "may_start_again": True,
    }
    worker = work(FIELD, self_service=True).says("Your time is over.")
    desk.refusal = None
    worker.press("Start again").field().wait_for()
    assert [packet["data"]["again"] for packet in desk.packets("register_agent")] == [False, True]


def test_an_attempt_that_ended_stays_so_where_the_provider_gives_places(work, desk):
    desk.refusal = {"failure_reason": "Your time is over.", "may_start_again": True}
    worker = work(FIELD).says("Your time is over.")
    assert worker.page.get_by_role("button").count() == 0


def test_work_that_comes_later_is_looked_for(work, desk, context):
    desk.refusal = {"failure_reason": "Nothing now.", "may_try_again": True}
    page_clock = context.clock
    page_clock.install()
    worker = work(FIELD).says("Nothing now.").says("we look again")
    worker.press("Look again").says("Nothing now.")
    page_clock.fast_forward(30_000)
    worker.page.wait_for_timeout(200)
    assert len(desk.packets("register_agent")) == 3
    desk.refusal = None
    page_clock.fast_forward(60_000)
    worker.field().wait_for()


# The browser's key


def test_the_browser_is_known_by_a_cookie_where_storage_was_cleared(begin, desk, context):
    worker = begin()
    (cookie,) = context.cookies()
    assert (cookie["name"], cookie["sameSite"], cookie["secure"]) == ("mephisto-browser-key", "Lax", False)
    worker.page.evaluate("localStorage.clear()")
    worker.open().field().wait_for()
    assert len({packet["data"]["browser_key"] for packet in desk.packets("register_agent")}) == 1
