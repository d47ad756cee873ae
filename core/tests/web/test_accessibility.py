"""Everyone can work here: axe finds nothing, the keyboard is enough, and it fits phones and large letters."""

from pathlib import Path

import axe_playwright_python
import pytest

from mephisto.web import Reply

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
TASK = """<!doctype html><html lang="en"><head><title>Task</title></head><body><main><h1>Rate it</h1>
<p><label>Your words <input name="a"></label></p></main></body></html>"""
FRAGMENT = "<h1>Rate it</h1><p><label>Your words <input name='a'></label></p>"
NEXT = "function getNextTaskURL() { return '/'; }"


def preview(desk, work, **look):
    return work(TASK, address="/", **look).says("Preview: accept")


def task(desk, work, template=TASK, **look):
    worker = work(template, **look).says("left")
    worker.task.get_by_role("button", name="Submit").wait_for()
    return worker


def fragment(desk, work, **look):
    return task(desk, work, FRAGMENT, **look)


def refused(desk, work, **look):
    desk.refusal = {"failure_reason": "Nothing now.", "may_try_again": True}
    return work(TASK, **look).says("Nothing now.")


def ended(desk, work, **look):
    desk.refusal = {"failure_reason": "Your time is over.", "may_start_again": True}
    return work(TASK, self_service=True, **look).says("Your time is over.")


def away(desk, work, **look):
    worker = task(desk, work, **look)
    worker.task.get_by_role("button", name="Submit").wait_for()
    worker.page.context.set_offline(True)
    return worker.submit().says("kept here")


def kept(desk, work, **look):
    desk.standing["seconds_left"] = 2
    worker = task(desk, work, **look)
    worker.task.get_by_role("button", name="Submit").wait_for()
    worker.page.context.set_offline(True)
    return worker.submit().says("Save it as a file")


def stranded(desk, work, **look):
    desk.instead["submit_unit"] = [Reply({"error": "Nobody."}, 404)]
    return task(desk, work, **look).submit().says("has not arrived yet")


def closing(desk, work, **look):
    desk.standing["seconds_left"] = 1
    worker = task(desk, work, **look)
    # At the end of its time the page asks once more.
    desk.standing.update(seconds_left=50, closing=True)
    return worker.says("This task is closing.")


def finished(desk, work, **look):
    return task(desk, work, self_service=True, adapter=NEXT, **look).submit().saved()


def failed(desk, work, **look):
    desk.instead["register_agent"] = [Reply({"error": "This went wrong."}, 500)]
    return work(TASK, **look).says("This went wrong.")


STATES = [preview, task, fragment, refused, ended, away, kept, stranded, closing, finished, failed]


def findings(page):
    """Ask axe about the page and the frame in it."""
    for frame in page.frames:
        frame.evaluate(AXE)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [(entry["id"], [node["target"] for node in entry["nodes"]]) for entry in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(state, scheme, desk, work, context):
    opened = context.new_page
    context.new_page = lambda: _with_scheme(opened(), scheme)
    worker = state(desk, work)
    assert findings(worker.page) == []
    context.set_offline(False)


def _with_scheme(page, scheme):
    page.emulate_media(color_scheme=scheme)
    return page


# At 200 % zoom a window of 1280 pixels shows as many as one of 640 does.
@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize("state", STATES)
def test_it_fits_phones_and_large_letters(state, width, desk, work, context):
    opened = context.new_page
    context.new_page = lambda: _with_width(opened(), width)
    page = state(desk, work, title="A title that is rather long, as titles of tasks can be").page
    for frame in page.frames:
        wide = frame.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
    cut_off = page.evaluate(
        "() => [...document.querySelectorAll('button, dd, #state, #time')].filter((element) =>"
        " element.getBoundingClientRect().right > innerWidth + 1).map((element) => element.outerHTML)"
    )
    assert cut_off == []
    context.set_offline(False)


def _with_width(page, width):
    page.set_viewport_size({"width": width, "height": 640})
    return page


def test_the_keyboard_is_enough_from_the_first_field_to_the_next_task(work, desk):
    worker = work(TASK, self_service=True, adapter=NEXT)
    worker.task.get_by_role("button", name="Submit").wait_for()
    for _ in range(3):
        worker.page.keyboard.press("Tab")
        if worker.field().evaluate("(field) => document.activeElement === field"):
            break
    worker.page.keyboard.type("mine")
    worker.page.keyboard.press("Tab")
    worker.page.keyboard.press("Enter")
    worker.saved()
    (packet,) = desk.packets("submit_unit")
    assert packet["data"]["final_data"] == {"a": "mine"}
    assert worker.page.evaluate("document.activeElement.localName") == "h2"
    worker.page.keyboard.press("Tab")
    worker.page.keyboard.press("Enter")
    worker.says("Preview: accept")


def test_focus_goes_back_to_the_page_when_an_answer_was_refused(work, desk):
    desk.instead["submit_unit"] = [Reply({"error": "Not this way."}, 400)]
    worker = work(TASK).submit().says("Not this way.")
    assert worker.page.evaluate("document.activeElement.localName") == "iframe"


OWN_DARK = (
    """<style>@media (prefers-color-scheme: dark) { body { background: #111; color: #eee; } }</style>"""
)
KNOWS_DARK = "<meta name='color-scheme' content='light dark'>"
LIGHT, DARK = "rgb(251, 251, 250)", "rgb(22, 24, 28)"


@pytest.mark.parametrize(
    ("template", "ground"), [(FRAGMENT, LIGHT), (OWN_DARK + FRAGMENT, DARK), (KNOWS_DARK + FRAGMENT, DARK)]
)
def test_in_the_dark_the_bar_is_as_bright_as_the_page_below_it(work, context, template, ground):
    opened = context.new_page
    context.new_page = lambda: _with_scheme(opened(), "dark")
    worker = work(template).says("left")
    worker.task.get_by_role("button", name="Submit").wait_for()
    worker.page.wait_for_function(
        "(ground) => getComputedStyle(document.body).backgroundColor === ground", arg=ground
    )
    worker.page.emulate_media(color_scheme="light")
    worker.page.wait_for_function(
        "(ground) => getComputedStyle(document.body).backgroundColor === ground", arg=LIGHT
    )
    worker.page.emulate_media(color_scheme="dark")
    worker.submit().saved()
    assert worker.page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor") == DARK


@pytest.mark.parametrize(
    ("scheme", "button"), [("light", "rgb(36, 87, 197)"), ("dark", "rgb(143, 180, 255)")]
)
def test_buttons_look_like_buttons_in_browsers_that_do_not_know_light_dark(
    browser, start, desk, open_tab, scheme, button
):
    context = browser.new_context(color_scheme=scheme)

    def as_older_browser(route):
        route.fulfill(
            content_type="text/css", body=route.fetch().text().replace("light-dark(", "not-known-here(")
        )

    context.route("**/_mephisto/*.css", as_older_browser)
    desk.instead["register_agent"] = [Reply({"error": "This went wrong."}, 500)]
    worker = open_tab(context, start(TASK)).open()
    shown = worker.page.get_by_role("button", name="Try again")
    assert shown.evaluate("(node) => getComputedStyle(node).backgroundColor") == button
    context.close()
