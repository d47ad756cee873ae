"""A page and the script of its run talk while the worker is at work, as a template writes it."""

import pytest

from mephisto.web import Reply

CHAT = """
<output></output><button type="button" id="say">Say</button><input name="a">
<script>
  const spoken = [];
  mephistoLiveTask.onLiveUpdate((update, { fromWorker }) => {
    spoken.push(`${fromWorker ? "me" : "script"}: ${update.text}`);
    document.querySelector("output").textContent = spoken.join(", ");
  });
  document.getElementById("say").onclick = () => mephistoLiveTask.sendLiveUpdate({ text: `word ${++words}` });
  let words = 0;
</script>
"""


@pytest.fixture
def chat(work):
    return work(CHAT)


def shown(worker, text):
    worker.task.locator("output").get_by_text(text, exact=True).wait_for()


def heard(desk):
    return [update["data"]["text"] for update in desk.said if update["from_worker"]]


def until(worker, condition):
    for _ in range(100):
        if condition():
            return
        worker.page.wait_for_timeout(100)
    raise AssertionError("What was waited for did not come.")


def test_a_page_hears_the_script_in_order(chat, desk):
    desk.say("one")
    shown(chat, "script: one")
    desk.say("two")
    desk.say("three")
    shown(chat, "script: one, script: two, script: three")


def test_what_a_page_says_arrives_in_order_and_is_not_told_to_itself(chat, desk):
    for _ in range(3):
        chat.task.locator("#say").click()
    until(chat, lambda: len(heard(desk)) == 3)
    assert heard(desk) == ["word 1", "word 2", "word 3"]
    desk.say("yes")
    shown(chat, "script: yes")


def test_a_page_that_is_opened_again_is_told_what_was_said_before_its_own_words_included(chat, desk):
    desk.say("hello")
    chat.task.locator("#say").click()
    until(chat, lambda: heard(desk))
    chat.open()
    shown(chat, "script: hello, me: word 1")


def test_what_is_said_while_the_server_is_away_arrives_once_it_is_back(chat, desk):
    desk.say("hello")
    shown(chat, "script: hello")
    chat.page.context.set_offline(True)
    chat.task.locator("#say").click()
    chat.task.locator("#say").click()
    desk.say("there?")
    chat.page.wait_for_timeout(1000)
    assert heard(desk) == []
    chat.page.context.set_offline(False)
    shown(chat, "script: hello, script: there?")
    until(chat, lambda: len(heard(desk)) == 2)
    assert heard(desk) == ["word 1", "word 2"]


def test_what_is_said_just_before_the_answer_or_the_end_of_the_page_arrives(work, desk):
    worker = work(
        """<form><input name="a"><button>Submit</button></form><script>
        document.forms[0].onsubmit = () => mephistoLiveTask.sendLiveUpdate({ text: "last" });
        </script>"""
    )
    worker.submit().saved()
    until(worker, lambda: heard(desk) == ["last"])
    assert desk.answer() == {"a": ""}


def test_nothing_is_asked_by_a_page_that_neither_speaks_nor_listens_nor_after_its_answer(work, desk, chat):
    desk.say("hello")
    shown(chat, "script: hello")
    chat.submit().saved()
    asked = len(desk.packets("live_updates"))
    chat.page.wait_for_timeout(1500)
    assert len(desk.packets("live_updates")) <= asked + 1
    asked = len(desk.packets("live_updates"))
    work("<input name='a'>", address="/?worker_id=y&assignment_id=2").task.locator("input").wait_for()
    chat.page.wait_for_timeout(1000)
    assert len(desk.packets("live_updates")) == asked


def test_in_a_preview_nobody_speaks(work, desk):
    worker = work(CHAT, address="/")
    worker.task.locator("#say").click()
    worker.page.wait_for_timeout(500)
    assert desk.packets("live_updates") == []
    assert worker.problems == []


def test_what_the_server_does_not_take_is_told_and_keeps_nothing_else_back(chat, desk):
    take = desk.live_updates

    def refuse_the_first_word(agent, data):
        if any(update["text"] == "word 1" for update in data["updates"]):
            return Reply({"error": "This cannot be kept."}, 400)
        return take(agent, data)

    desk.live_updates = refuse_the_first_word
    chat.task.locator("#say").click()
    until(chat, lambda: desk.errors)
    assert desk.errors[0][1]["message"] == "This cannot be kept."
    chat.task.locator("#say").click()
    until(chat, lambda: heard(desk) == ["word 2"])


def test_one_listener_that_fails_keeps_nothing_from_the_others(work, desk):
    worker = work(
        """<output></output><script>
        mephistoLiveTask.onLiveUpdate(() => missing());
        mephistoLiveTask.onLiveUpdate(({ text }) => { document.querySelector("output").textContent += text; });
        </script>"""
    )
    desk.say("one ")
    desk.say("two")
    shown(worker, "one two")
    until(worker, lambda: desk.errors)
    assert "missing is not defined" in desk.errors[0][1]["message"]
