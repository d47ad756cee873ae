"""Templates with a form of their own, and without one."""

import pytest


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
    assert desk.answer() == {"rating": "good"}


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
    assert desk.answer() == {"a": "1", "by": "own"}


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
    assert desk.answer() == {"a": "1"}


def test_a_form_without_any_button_relies_on_ours(work, desk):
    work(
        "<form action='https://elsewhere.invalid/' method='post'><input name='a' value='1'></form>"
    ).submit().saved()
    assert desk.answer() == {"a": "1"}


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
    assert desk.answer() == {"a": "1"}


def test_submitting_twice_sends_once(work, desk):
    worker = work(
        "<form><input name='a'></form><a onclick='for (const i of [1, 2]) document.forms[0].submit()'>Go</a>"
    )
    worker.task.get_by_text("Go").click()
    worker.saved()
    assert len(desk.packets("submit_unit")) == 1
