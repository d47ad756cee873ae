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


def refuse(desk, text):
    """Let the desk keep nothing that comes together with *text*."""
    take = desk.live_updates

    def refusing(agent, data):
        if any(update["text"] == text for update in data["updates"]):
            return Reply({"error": "This cannot be kept."}, 400)
        return take(agent, data)

    desk.live_updates = refusing


def test_what_the_server_does_not_take_is_told_and_keeps_nothing_else_back(chat, desk):
    refuse(desk, "word 1")
    chat.task.locator("#say").click()
    until(chat, lambda: desk.errors)
    assert desk.errors[0][1]["message"] == "A live update was not kept. This cannot be kept."
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


def says(worker, *words):
    """Let the page say all of *words* at once."""
    worker.task.locator("body").evaluate(
        "(_, words) => words.forEach((text) => mephistoLiveTask.sendLiveUpdate({ text }))", words
    )


def test_of_words_said_at_once_only_the_one_that_is_refused_is_lost(chat, desk):
    refuse(desk, "3")
    says(chat, *"12345")
    until(chat, lambda: desk.errors and len(heard(desk)) == 4)
    assert heard(desk) == ["1", "2", "4", "5"]


def test_words_that_are_too_large_together_are_sent_one_by_one(chat, desk):
    words = [letter * 400_000 for letter in "abcde"]
    says(chat, *words)
    until(chat, lambda: len(heard(desk)) == 5)
    assert heard(desk) == words
    assert desk.errors == []


def test_all_that_was_said_before_the_answer_comes_before_it(chat, desk):
    says(chat, *"123")
    chat.submit().saved()
    assert heard(desk) == ["1", "2", "3"]
    kinds = [packet["packet_type"] for packet in desk.asked if packet["data"].get("updates") != []]
    assert kinds.index("submit_unit") > len(kinds) - 1 - kinds[::-1].index("live_updates")


def test_an_answer_does_not_wait_long_for_what_was_said_before_it(chat, desk):
    chat.page.route("**/live_updates", lambda _: None)
    says(chat, "never answered")
    chat.submit().saved()


def test_an_answer_arrives_though_nothing_can_be_said(work, desk):
    worker = work("<input name='a'>")
    worker.field().wait_for()
    worker.page.route("**/talking.js*", lambda route: route.fulfill(status=500))
    says(worker, "never sent")
    worker.submit().saved()
    assert desk.answer() == {"a": ""}


def test_a_first_word_that_is_said_while_the_server_is_away_arrives_once_it_is_back(work, desk):
    worker = work("<input name='a'>")
    worker.field().wait_for()
    worker.page.context.set_offline(True)
    says(worker, "one")
    worker.page.wait_for_timeout(500)
    says(worker, "two")
    worker.page.context.set_offline(False)
    until(worker, lambda: heard(desk) == ["one", "two"])


def test_what_another_answers_in_place_of_the_server_is_no_receipt(chat, desk):
    desk.instead["live_updates"] = [Reply({}), Reply({})]
    says(chat, "one")
    until(chat, lambda: heard(desk) == ["one"])


def test_a_page_that_loads_itself_again_is_told_each_of_what_was_said_once(chat, desk):
    desk.say("hello")
    says(chat, "yes")
    shown(chat, "script: hello")
    until(chat, lambda: heard(desk))
    # Something comes for the page while it is loaded.
    chat.task.locator("body").evaluate("() => { location.reload(); }")
    for number in range(20):
        desk.say(f"{number}")
        chat.page.wait_for_timeout(20)
    shown(chat, ", ".join(["script: hello", "me: yes", *(f"script: {number}" for number in range(20))]))


@pytest.mark.parametrize(
    "said",
    [
        "'words'",
        "null",
        "undefined",
        "['words']",
        "{ n: 10n }",
        "(() => { const a = {}; a.a = a; return a; })()",
    ],
)
def test_what_is_no_json_object_is_an_error_of_the_page_and_keeps_nothing_back(chat, desk, said):
    chat.task.locator("body").evaluate(
        f"() => setTimeout(() => {{ mephistoLiveTask.sendLiveUpdate({said}); }})"
    )
    until(chat, lambda: desk.errors)
    assert "TypeError" in desk.errors[0][1]["message"]
    says(chat, "go on")
    until(chat, lambda: heard(desk) == ["go on"])


def test_a_listener_that_comes_later_is_told_what_was_said_before_as_the_first_is(chat, desk):
    desk.say("one")
    desk.say("two")
    shown(chat, "script: one, script: two")
    chat.task.locator("body").evaluate(
        """() => mephistoLiveTask.onLiveUpdate(({ text }) => {
            document.querySelector("output").textContent += ` ${text}`;
            throw new Error("wrong");
        })"""
    )
    shown(chat, "script: one, script: two one two")
