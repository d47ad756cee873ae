"""What workers see and what their browsers send, in a real one."""

import json

import pytest
import requests

from mephisto.web import Limits, Reply

WORKER = "/?worker_id=x&assignment_id=1"


def answer_of(desk):
    (packet,) = desk.packets("submit_unit")
    return packet["data"]["final_data"]


# From the address to the receipt


def test_without_a_worker_there_is_a_preview_that_sends_nothing(work, desk):
    worker = work("<form><input name='a'><button>Send it</button></form>", address="/")
    worker.task.get_by_role("button", name="Send it").click()
    worker.says("nothing was sent")
    assert worker.task.locator("#html-task-submit-button").count() == 0
    assert desk.asked == []


def test_an_answer_is_saved_confirmed_and_only_then_handed_to_the_provider(work, desk):
    worker = work("<p>${character_name}</p><input name='rating' value='good'>")
    confirmed_at_alert = []
    worker.page.on("dialog", lambda _: confirmed_at_alert.extend(desk.confirmed))
    worker.task.get_by_text("Loaded Character 1").wait_for()
    worker.submit().saved()
    assert answer_of(desk) == {"rating": "good"}
    assert worker.alerts == ['The task has been submitted! Data: {"rating":"good"}']
    assert confirmed_at_alert == [("token-1", "RECEIPT-token-1")]
    assert worker.page.get_by_text("RECEIPT-token-1").is_visible()
    assert worker.problems == []


def test_a_worker_without_a_task_reads_why(work, desk):
    desk.refusal = {"failure_reason": "Later, please."}
    worker = work("<p>never</p>")
    worker.says("Later, please.")
    assert worker.page.locator("iframe").count() == 0


def test_a_worker_who_comes_back_finds_the_receipt(work, desk):
    desk.refusal = {"failure_reason": "You have done this one.", "receipt": "RECEIPT-7"}
    worker = work("<p>never</p>").saved()
    worker.says("RECEIPT-7")


def test_the_browser_is_known_again_but_is_not_another(work, context, browser, desk):
    worker = work("<p>a</p>")
    worker.task.get_by_text("a").wait_for()
    worker.open()
    worker.task.get_by_text("a").wait_for()
    other = browser.new_context()
    type(worker)(other.new_page(), worker.url).open().task.get_by_text("a").wait_for()
    other.close()
    keys = [packet["data"]["browser_key"] for packet in desk.packets("register_agent")]
    assert keys[0] == keys[1] != keys[2]
    assert min(map(len, keys)) >= 32


# When something is in the way


def test_a_busy_server_is_waited_for_and_the_answer_sent_under_one_id(work, desk):
    busy = Reply({"error": "Busy."}, 503, retry_after=0)
    desk.instead = {"register_agent": [busy, busy], "page": [busy], "submit_unit": [busy, busy]}
    work("<input name='a' value='1'>").submit().saved()
    sent = desk.packets("submit_unit")
    assert len(sent) == 3
    assert len({packet["data"]["submission_id"] for packet in sent}) == 1


def test_a_lost_connection_is_waited_for(work, context, desk):
    worker = work("<input name='a' value='1'>")
    worker.task.get_by_role("button", name="Submit").wait_for()
    context.set_offline(True)
    worker.submit().says("your answer is kept here and will be sent")
    context.set_offline(False)
    worker.saved()
    assert answer_of(desk) == {"a": "1"}


def test_a_lost_receipt_is_asked_for_again(work, desk):
    """The answer arrived, its receipt did not: the second request brings the first one's."""
    worker = work("<input name='a' value='1'>")
    lost = []

    def lose_first(route):
        if lost:
            route.continue_()
            return
        lost.append(
            requests.post(
                worker.url + "/submit_task",
                data=route.request.post_data_buffer,
                headers=route.request.headers,
            )
        )
        route.abort()

    worker.page.route("**/submit_task", lose_first)
    worker.submit().saved()
    assert len(desk.packets("submit_unit")) == 2
    assert len(desk.submissions) == 1


def test_a_refused_answer_stays_in_the_page_and_can_be_sent_again(work, desk):
    desk.instead["submit_unit"] = [Reply({"error": "The row is locked."}, 400)]
    worker = work("<input name='a' required>")
    worker.task.locator("input").fill("mine")
    worker.submit().says("Your answer was not sent: The row is locked.")
    assert worker.task.locator("input").input_value() == "mine"
    worker.submit().saved()
    assert desk.submissions["token-1"]["final_data"] == {"a": "mine"}


def test_an_answer_that_another_tab_has_given_is_not_lost_on_the_worker(work, desk):
    worker = work("<input name='a' value='1'>")
    worker.task.locator("input").wait_for()
    desk.submissions["token-1"] = {"submission_id": "another tab's"}
    worker.submit().saved().says("RECEIPT-token-1")


def test_a_page_that_cannot_be_opened_offers_another_try(work, desk):
    desk.instead["register_agent"] = [Reply({"error": "This went wrong."}, 500)]
    worker = work("<p>here</p>")
    worker.says("This went wrong.")
    worker.page.get_by_role("button", name="Try again").click()
    worker.task.get_by_text("here").wait_for()


def test_a_file_that_is_too_large_is_told_before_it_is_sent(work, desk):
    worker = work("<input type='file' name='f'>", limits=Limits(upload=2_000_000))
    worker.task.locator("input").set_input_files(
        {"name": "a.bin", "mimeType": "", "buffer": b"x" * 2_000_001}
    )
    worker.submit().says("The file a.bin is larger than 1 MB")
    assert desk.packets("upload") == []


def test_errors_of_the_page_are_told_once_each(work, desk):
    worker = work(
        "<script>for (const i of [1, 2]) setTimeout(() => { throw new Error('broken') });"
        "Promise.reject(new Error('rejected'));</script><p>text</p>"
    )
    worker.task.get_by_text("text").wait_for()
    worker.page.wait_for_timeout(300)
    told = sorted((agent, error["message"]) for agent, error in desk.errors)
    assert told == [("token-1", "Uncaught Error: broken"), ("token-1", "rejected")]
    assert all(set(error) == {"message", "file", "line"} for _, error in desk.errors)


# The shape of an answer


CONTROLS = """
<input type="hidden" name="hidden" value="h">
<input type="text" name="text">
<input type="text" name="pair"><input type="text" name="pair">
<input type="checkbox" name="lone" value="yes" {ticked}>
<input type="checkbox" name="group" value="1" {ticked}><input type="checkbox" name="group" value="2">
<input type="radio" name="radio" value="1"><input type="radio" name="radio" value="2" {ticked}>
<select name="one"><option>a</option><option>b</option></select>
<select name="many" multiple><option {chosen}>a</option><option {chosen}>b</option></select>
<input type="file" name="file"><input type="file" name="files" multiple>
<textarea name="area">some text</textarea>
<input name="elements" value="H2O">
<input name="disabled" value="d" disabled>
<input name="__proto__" value="p"><input value="without a name">
<button type="button" name="button" value="b">A button</button>
"""
SHAPE = {
    "hidden": "h",
    "text": "",
    "pair": ["", ""],
    "lone": None,
    "group": [],
    "radio": None,
    "one": "a",
    "many": [],
    "file": {},
    "files": [],
    "area": "some text",
    "elements": "H2O",
    "disabled": None,
}


def without_proto(answer):
    assert answer["__proto__"] == "p"
    return {name: value for name, value in answer.items() if name != "__proto__"}


@pytest.mark.parametrize(
    "around", ["{}", "<form>{}<button>Submit</button></form>"], ids=["no form", "own form"]
)
def test_the_shape_of_an_answer_follows_the_form_when_nothing_is_chosen(work, desk, around):
    work(around.replace("{}", CONTROLS.format(ticked="", chosen=""))).submit().saved()
    assert without_proto(answer_of(desk)) == SHAPE
    assert list(answer_of(desk))[:3] == ["hidden", "text", "pair"]


def test_the_shape_of_an_answer_follows_the_form_when_all_is_chosen(work, desk):
    worker = work(CONTROLS.format(ticked="checked", chosen="selected"))
    chosen = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"abc"}
    worker.task.locator("[name=file]").set_input_files(chosen)
    worker.task.locator("[name=files]").set_input_files([chosen])
    worker.submit().saved()
    answer = without_proto(answer_of(desk))
    files = [answer.pop("file"), *answer.pop("files")]
    assert [sorted(file) for file in files] == [["lastModified", "name", "size", "type"]] * 2
    assert {(file["name"], file["size"], file["type"]) for file in files} == {("a.txt", 3, "text/plain")}
    chosen_shape = {"lone": "yes", "group": ["1"], "radio": "2", "many": ["a", "b"]}
    assert answer == {name: value for name, value in {**SHAPE, **chosen_shape}.items() if "file" not in name}
    assert [desk.uploads[upload][0]["field"] for upload in desk.submissions["token-1"]["uploads"]] == [
        "file",
        "files",
    ]
    assert desk.uploads["upload-1"][1] == b"abc"


def test_the_button_that_was_pressed_is_part_of_the_answer(work, desk):
    worker = work(
        "<form><button name='verdict' value='yes'>Yes</button><button name='verdict' value='no'>No</button></form>"
    )
    worker.task.get_by_role("button", name="No").click()
    worker.saved()
    assert answer_of(desk) == {"verdict": "no"}


# Templates with and without a form of their own


def test_our_button_asks_for_what_is_required_and_moves_nothing(work, desk):
    worker = work(
        "<div id='box'><label><input type='radio' name='rating' value='good' required>Good</label></div>"
        "<script>const parent = document.getElementById('box'); const input = parent.querySelector('input');</script>"
    )
    worker.submit()
    worker.page.wait_for_timeout(200)
    assert desk.packets("submit_unit") == []
    worker.task.get_by_text("Good").click()
    assert worker.task.locator("#box > label > input").count() == 1
    worker.submit().saved()
    assert answer_of(desk) == {"rating": "good"}


def test_buttons_of_the_page_do_not_submit_unless_they_say_so(work, desk):
    worker = work(
        "<input name='a' value='1'><button onclick='this.textContent = \"Pressed\"'>Play</button>"
        "<button type='submit' name='by' value='own'>Send it</button>"
    )
    worker.submit_unseen = worker.task.get_by_role("button", name="Play")
    worker.submit_unseen.click()
    worker.task.get_by_text("Pressed").wait_for()
    assert desk.packets("submit_unit") == []
    worker.task.get_by_role("button", name="Send it").click()
    worker.saved()
    assert answer_of(desk) == {"a": "1", "by": "own"}


def test_a_page_with_a_form_and_its_button_gets_none_of_ours(work):
    worker = work("<form><input name='a'><button>Send it</button></form>")
    worker.task.get_by_role("button", name="Send it").wait_for()
    assert not worker.task.locator("#html-task-submit-button").is_visible()


def test_a_form_that_is_drawn_later_replaces_our_button(work, desk):
    worker = work(
        "<div id='root'></div><script>setTimeout(() => { document.getElementById('root').innerHTML ="
        " '<form><input name=a value=1><button>Send it</button></form>' }, 100)</script>"
    )
    worker.task.get_by_role("button", name="Send it").click()
    worker.saved()
    assert answer_of(desk) == {"a": "1"}


def test_a_form_without_any_button_relies_on_ours(work, desk):
    work(
        "<form action='https://elsewhere.invalid/' method='post'><input name='a' value='1'></form>"
    ).submit().saved()
    assert answer_of(desk) == {"a": "1"}


def test_a_page_may_keep_its_form_from_being_submitted(work, desk):
    worker = work(
        "<form><input name='a'><button>Send it</button></form><script>let tries = 0;"
        "document.querySelector('form').onsubmit = () => { tries += 1; document.title = tries; return tries > 1 }</script>"
    )
    worker.task.get_by_role("button", name="Send it").click()
    worker.page.wait_for_timeout(200)
    assert desk.packets("submit_unit") == []
    worker.task.get_by_role("button", name="Send it").click()
    worker.saved()


@pytest.mark.parametrize(
    "script",
    [
        "document.querySelector('form').submit()",
        "HTMLFormElement.prototype.submit.call(document.forms[0])",
        "document.querySelector('form').requestSubmit()",
    ],
)
def test_a_page_may_submit_by_script(work, desk, script):
    worker = work(f"<form><input name='a' value='1'></form><a onclick=\"{script}\">Go</a>")
    worker.task.get_by_text("Go").click()
    worker.saved()
    assert answer_of(desk) == {"a": "1"}


def test_submitting_twice_sends_once(work, desk):
    worker = work(
        "<form><input name='a'></form><a onclick='for (const i of [1, 2]) document.forms[0].submit()'>Go</a>"
    )
    worker.task.get_by_text("Go").click()
    worker.saved()
    assert len(desk.packets("submit_unit")) == 1


# What templates find


def test_a_whole_document_runs_as_it_is_with_our_configuration_and_the_adapter(work, desk):
    worker = work(
        "<!doctype html><html lang='de'><head><title>Mine</title><script>"
        "window.seen = [_MEPHISTO_CONFIG_.get('HIDE_SUBMIT_BUTTON'), getWorkerName(), document.compatMode];"
        "</script></head><body><input type='hidden' name='seen'><script>"
        "let thrown = 0; try { _MEPHISTO_CONFIG_.get('NOT_THERE') } catch { thrown += 1 }"
        "document.querySelector('input').value = JSON.stringify([...seen, thrown, document.documentElement.lang]);"
        "</script></body></html>"
    )
    worker.submit().saved()
    assert json.loads(answer_of(desk)["seen"]) == [False, "x", "CSS1Compat", 1, "de"]


def test_our_button_can_be_hidden_and_shown_at_any_time(work):
    worker = work(
        "<script>_MEPHISTO_CONFIG_.set('HIDE_SUBMIT_BUTTON', true);"
        "_MEPHISTO_CONFIG_.EVENT_EMITTER.on('HIDE_SUBMIT_BUTTON', (hidden) => { document.title = hidden });</script>"
        "<a onclick=\"_MEPHISTO_CONFIG_.set('HIDE_SUBMIT_BUTTON', false)\">Show</a>"
    )
    button = worker.task.locator("#html-task-submit-button")
    button.wait_for(state="hidden")
    worker.task.get_by_text("Show").click()
    button.wait_for(state="visible")
    assert button.text_content() == "Submit"


def test_scripts_of_the_page_find_our_button_when_the_document_is_ready(work):
    worker = work(
        "<p id='out'></p><script>document.addEventListener('DOMContentLoaded', () => {"
        "document.getElementById('out').textContent = document.getElementById('html-task-submit-button').type })</script>"
    )
    worker.task.get_by_text("submit", exact=True).wait_for()


def test_messages_from_elsewhere_are_not_listened_to(work, desk):
    worker = work(
        "<iframe srcdoc=\"<script>top.postMessage({mephisto: 'submit', answer: {a: 1}, files: []}, '*')</script>\"></iframe><p>text</p>"
    )
    worker.task.get_by_text("text").wait_for()
    worker.page.evaluate("window.postMessage({mephisto: 'submit', answer: {a: 2}, files: []}, '*')")
    worker.page.wait_for_timeout(200)
    assert desk.packets("submit_unit") == []


def test_the_shells_policy_holds_and_breaks_nothing(work):
    worker = work("<p>text</p>")
    worker.task.get_by_text("text").wait_for()
    refused = worker.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.injected = 1';"
        " document.body.append(s); return window.injected === undefined }"
    )
    assert refused
    assert worker.problems == []


@pytest.mark.parametrize(("ancestors", "shown"), [(("http://127.0.0.1:*",), True), (("'self'",), False)])
def test_the_task_is_framed_by_whom_the_provider_names_and_by_no_other(work, ancestors, shown):
    worker = work("<p>the task</p>", files={"outer.html": "<iframe></iframe>"}, frame_ancestors=ancestors)
    worker.page.goto(worker.url.replace("localhost", "127.0.0.1") + "/outer.html")
    worker.page.evaluate(
        "(address) => { document.querySelector('iframe').src = address }", worker.url + WORKER
    )
    worker.page.wait_for_load_state("networkidle")
    task = worker.task.frame_locator("iframe").get_by_text("the task")
    assert task.count() == (1 if shown else 0)


@pytest.mark.parametrize("address", [WORKER, "/"])
def test_the_page_says_what_it_is_to_those_who_do_not_see_it(work, address):
    worker = work("<p>text</p>", address=address)
    worker.task.get_by_text("text").wait_for()
    assert worker.page.title() == "A title"
    assert worker.page.get_by_role("banner").get_by_role("heading", level=1).text_content() == "A title"
    assert worker.page.get_by_role("status").count() == 1
    assert worker.page.locator("iframe").get_attribute("title") == "Task"
    assert worker.page.locator("html").get_attribute("lang") == "en"
