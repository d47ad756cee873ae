"""What workers see and what their browsers send, from the address to the receipt, in a real one."""

import requests

from mephisto.web import Limits, Reply

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
    assert desk.answer() == {"rating": "good"}
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
    assert desk.answer() == {"a": "1"}


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
    worker.submit().says("Your answer was not sent, but it is still here. The row is locked.")
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
    worker.submit().says("The file a.bin is larger than 1 MB: please choose a smaller one.")
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


def test_the_button_speaks_the_workers_language_and_asks_for_no_file_of_its_own(browser, open_tab, start):
    """What is not asked for cannot get lost on the way."""
    context = browser.new_context(locale="de-DE")
    context.route(
        "**/_mephisto/sentences*.js*",
        lambda route: route.abort() if route.request.frame.parent_frame else route.continue_(),
    )
    worker = open_tab(context, start("<input name='a'>")).open()
    worker.task.get_by_role("button", name="Absenden").wait_for()
    context.close()
