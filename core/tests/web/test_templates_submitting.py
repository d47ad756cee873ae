"""Templates submit in many ways; each way, the answer arrives, and nothing leaves the page for another address."""

import pytest

SEND = "<input name='a' value='1'><button>Send it</button>"
ELSEWHERE = "action='https://elsewhere.invalid/submit' method='post'"


def send(worker):
    worker.task.get_by_role("button", name="Send it").click()
    return worker


@pytest.mark.parametrize(
    "script",
    [
        "document.forms[0].addEventListener('submit', (event) => event.stopPropagation())",
        "document.forms[0].addEventListener('submit', (event) => event.stopImmediatePropagation())",
        "document.body.addEventListener('submit', (event) => event.stopPropagation())",
        "document.addEventListener('submit', (event) => event.stopPropagation(), true)",
        "document.forms[0].onsubmit = (event) => { event.cancelBubble = true }",
    ],
)
def test_an_event_that_the_page_ends_is_an_answer_all_the_same(work, desk, script):
    send(work(f"<form {ELSEWHERE}>{SEND}</form><script>{script}</script>")).saved()
    assert desk.answer() == {"a": "1"}


@pytest.mark.parametrize(
    "script",
    [
        "(event) => { event.stopPropagation(); event.preventDefault() }",
        "(event) => { event.preventDefault(); event.stopImmediatePropagation() }",
        "(event) => { event.stopImmediatePropagation(); event.preventDefault() }",
    ],
)
def test_an_event_that_the_page_ends_and_refuses_is_none(work, desk, script):
    worker = work(
        f"<form {ELSEWHERE}>{SEND}</form><script>document.forms[0].addEventListener('submit', {script})</script>"
    )
    send(worker)
    worker.page.wait_for_timeout(300)
    assert desk.packets("submit_unit") == []
    assert worker.task.locator("input[name=a]").count() == 1


def test_hidden_fields_that_scripts_fill_at_the_last_moment_are_in_the_answer(work, desk):
    worker = work(
        f"<form {ELSEWHERE}><input type='hidden' name='boxes'>{SEND}</form>"
        "<script>document.forms[0].addEventListener('submit', (event) => {"
        "event.target.boxes.value = '[1,2]'; event.stopPropagation() })</script>"
    )
    send(worker).saved()
    assert desk.answer() == {"boxes": "[1,2]", "a": "1"}


@pytest.mark.parametrize(
    "button",
    [
        "<button formaction='https://elsewhere.invalid/'>Send it</button>",
        "<button formtarget='_top' formaction='https://elsewhere.invalid/'>Send it</button>",
        "<button formnovalidate>Send it</button><input required name='empty'>",
        "<input type='image' alt='Send it' src='data:,'>",
    ],
)
def test_buttons_with_ways_of_their_own_submit_here(work, desk, button):
    send(work(f"<form><input name='a' value='1'>{button}</form>")).saved()
    assert desk.answer()["a"] == "1"


def test_the_return_key_submits_the_pages_own_form(work, desk):
    worker = work(f"<form {ELSEWHERE}>{SEND}</form>")
    worker.task.locator("input").press("Enter")
    worker.saved()
    assert desk.answer() == {"a": "1"}


def test_the_names_of_all_buttons_are_part_of_the_shape(work, desk):
    worker = work(
        "<form><button name='skip' value='1'>Skip</button><button name='done' value='1'>Send it</button></form>"
    )
    send(worker).saved()
    assert desk.answer() == {"skip": None, "done": "1"}


def test_fields_outside_the_form_and_in_fieldsets_count_as_in_any_form(work, desk):
    worker = work(
        "<form id='f'><fieldset disabled><input name='off' value='1'></fieldset>"
        "<input value='no name'><div contenteditable>text</div><button>Send it</button></form>"
        "<input form='f' name='tied' value='2'><input name='outside' value='3'>"
    )
    send(worker).saved()
    assert desk.answer() == {"off": None, "tied": "2"}


# Pages of Mechanical Turk, which put a form of known names around them


AROUND = (
    "<p>Text</p><input name='a' value='1'><p id='seen'></p><script>"
    "document.getElementById('mturk_form').addEventListener('submit', (event) => {"
    "  const first = !document.title; document.title = 'asked'; if (first) event.preventDefault(); });"
    "window.addEventListener('load', () => { document.querySelector('#submitButton').value = 'Send it' });</script>"
)


@pytest.mark.parametrize("before", ["", "<!doctype html><html><body>"], ids=["fragment", "document"])
def test_a_page_that_expects_the_form_around_it_has_one(work, desk, before):
    worker = work(before + AROUND)
    send(worker)
    worker.page.wait_for_timeout(200)
    assert desk.packets("submit_unit") == []
    send(worker).saved()
    assert desk.answer() == {"a": "1"}


def test_a_page_may_hold_the_button_back_until_it_is_done(work, desk):
    worker = work(
        "<input type='checkbox' name='done' onclick='submitButton.disabled = false'>"
        "<script>addEventListener('load', () => { document.getElementById('submitButton').disabled = true })</script>"
    )
    button = worker.task.locator("#submitButton")
    worker.task.locator("#submitButton:disabled").wait_for()
    worker.task.get_by_role("checkbox").click()
    button.click()
    worker.saved()
    assert desk.answer() == {"done": "on"}


def test_a_page_that_brings_this_form_itself_keeps_it(work, desk):
    worker = work(
        f"<form id='mturk_form' {ELSEWHERE}><input type='hidden' id='assignmentId' name='assignmentId' value=''>"
        "<input name='a' value='1'><input type='submit' id='submitButton' value='Send it'></form>"
        "<script>turkSetAssignmentID()</script>"
    )
    send(worker).saved()
    assert desk.answer() == {"assignmentId": "", "a": "1"}
    assert desk.errors == []


def test_a_hidden_button_stays_hidden_around_such_a_page(work):
    worker = work(
        "<p>Text</p><script>_MEPHISTO_CONFIG_.set('HIDE_SUBMIT_BUTTON', true); // no submitButton\n</script>"
    )
    worker.task.locator("#submitButton").wait_for(state="hidden")
