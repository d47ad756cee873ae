"""What workers read while they work: the time that is left, that the task closes, and what they had filled in."""

import json

import pytest

from mephisto.refusals import Reason

FIELDS = """
<label>Text <input name='a'></label><label>Again <input name='a'></label>
<label>Long <textarea name='t'></textarea></label>
<label><input type='checkbox' name='c' value='yes'>Yes</label>
<label><input type='radio' name='r' value='1'>One</label><label><input type='radio' name='r' value='2'>Two</label>
<label>Choose <select name='s' multiple><option>x<option>y</select></label>
<input type='hidden' name='h' value='theirs'>
<label>Secret <input type='password' name='p'></label>
<output></output><script>document.querySelector("textarea").oninput = (event) => {
  document.querySelector("output").textContent = event.target.value };</script>
"""


@pytest.fixture
def clock(context):
    """The browser's clock, which tests move."""
    context.clock.install()
    return context.clock


def fill_in(worker):
    worker.field("a").first.fill("first")
    worker.field("a").last.fill("second")
    worker.field("t").fill("long")
    worker.field("c").check()
    worker.field("r").last.check()
    worker.field("s").select_option(["y"])
    worker.field("p").fill("secret")
    return worker


FILLED = {"a": ["first", "second"], "t": "long", "c": "yes", "r": "2", "s": ["y"], "h": "theirs"}


# Drafts


def test_what_was_filled_in_is_there_again_after_a_reload(work, desk):
    worker = fill_in(work(FIELDS))
    worker.page.wait_for_timeout(600)
    worker.open().says("is here again")
    assert worker.task.locator("output").text_content() == "long"
    worker.submit().saved()
    (packet,) = desk.packets("submit_unit")
    assert packet["data"]["final_data"] == {**FILLED, "p": ""}


def test_drafts_go_to_the_server_now_and_then(work, desk, clock):
    worker = work(FIELDS)
    worker.task.get_by_role("button", name="Submit").wait_for()
    for text in ("one", "two"):
        worker.field("t").fill(text)
        clock.run_for(1000)
    assert desk.drafts == []
    clock.run_for(20_000)
    worker.page.wait_for_timeout(200)
    assert [(agent, draft["t"]) for agent, draft in desk.drafts] == [("token-1", "two")]
    clock.run_for(60_000)
    worker.page.wait_for_timeout(200)
    assert len(desk.drafts) == 1
    assert len(desk.packets("keep_draft")) >= 3


def test_the_last_draft_goes_to_the_server_when_the_worker_leaves(work, desk):
    worker = fill_in(work(FIELDS))
    worker.page.wait_for_timeout(600)
    worker.page.goto("about:blank")
    worker.page.wait_for_timeout(500)
    assert [draft["t"] for _, draft in desk.drafts] == ["long"]


def test_a_draft_is_forgotten_with_its_answer(work, desk):
    worker = fill_in(work(FIELDS))
    worker.page.wait_for_timeout(600)
    worker.submit().saved().open().field("t").wait_for()
    worker.page.wait_for_timeout(300)
    assert worker.field("t").input_value() == ""


ROWS = """<button type="button">Add a row</button><script>document.querySelector("button").onclick = () => {
  document.querySelector("button").insertAdjacentHTML("beforebegin",
    "<input name='row'><select name='kind'><option>x<option>y</select>") };</script>"""


def add_row(worker):
    worker.task.get_by_role("button", name="Add a row").click()


def test_fields_that_are_drawn_late_are_filled_in_then(work, desk):
    worker = work("<input name='first'>" + ROWS)
    for text in ("one", "two"):
        add_row(worker)
        worker.field("row").last.fill(text)
    worker.field("kind").last.select_option("y")
    worker.page.wait_for_timeout(600)
    for _ in range(2):  # a draft of fewer fields takes nothing from the one that is kept
        worker.open().says("is here again").field("first").fill("more")
        worker.page.wait_for_timeout(600)
    add_row(worker)
    add_row(worker)
    worker.task.locator("[name=row]").nth(1).wait_for()
    worker.page.wait_for_timeout(200)
    assert [field.input_value() for field in worker.field("row").all()] == ["one", "two"]
    assert [field.input_value() for field in worker.field("kind").all()] == ["x", "y"]
    worker.field("row").last.fill("mine")
    add_row(worker)
    assert worker.field("row").nth(1).input_value() == "mine"


def test_options_that_are_drawn_late_are_chosen_then(work):
    worker = work(
        "<select name='s'></select><script>setTimeout(() => { "
        "document.querySelector('select').innerHTML = '<option>x<option>y' }, 400)</script>"
    )
    worker.field("s").select_option("y")
    worker.page.wait_for_timeout(600)
    worker.open().says("is here again").task.locator("option").first.wait_for(state="attached")
    worker.page.wait_for_timeout(200)
    assert worker.field("s").input_value() == "y"


# Time


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (30, "0:30 left"),
        (119, "1:59 left"),
        (1799, "29 min left"),
        (7300, "2 hr left"),
        (200_000, "2 days left"),
    ],
)
def test_the_time_that_is_left_is_shown(work, desk, clock, seconds, text):
    desk.standing["seconds_left"] = seconds
    assert work(FIELDS).says(text).page.get_by_role("timer").count() == 1


def test_a_warning_is_spoken_twice(work, desk, clock):
    desk.standing["seconds_left"] = 310
    worker = work(FIELDS).says("5 min left")
    spoken = worker.page.locator("[aria-live=assertive]")
    assert spoken.text_content() == ""
    desk.standing["seconds_left"] = 295
    clock.run_for(15_000)
    assert spoken.text_content() == "Five minutes left for this task."
    desk.standing["seconds_left"] = 50
    clock.run_for(21_000)
    worker.says("One minute left")


def test_a_warning_is_over_when_the_answer_is_saved(work, desk, clock):
    desk.standing["seconds_left"] = 310
    worker = work(FIELDS).says("5 min left")
    desk.standing["seconds_left"] = 295
    clock.run_for(15_000)
    spoken = worker.page.locator("[aria-live=assertive]")
    assert spoken.text_content() != ""
    worker.submit().saved()
    assert spoken.text_content() == ""


def test_who_runs_out_of_time_may_still_hand_in(work, desk, clock):
    desk.standing["seconds_left"] = 5
    worker = work(FIELDS).says("0:05 left")
    desk.standing.update(seconds_left=0, status="timeout")
    clock.run_for(6000)
    worker.says("Your time is over. You can still hand in").submit().saved()


def test_time_that_the_server_adds_is_there(work, desk, clock):
    desk.standing["seconds_left"] = 5
    worker = work(FIELDS).says("0:05 left")
    desk.standing["seconds_left"] = 600
    clock.run_for(6000)
    worker.says("(10|9) min left")


def test_workers_read_that_the_task_closes_and_may_submit(work, desk, clock):
    worker = work(FIELDS).says("29 min left|30 min left")
    desk.standing.update(seconds_left=60, closing=True)
    clock.run_for(20_500)
    worker.says("This task is closing.").says("(1:00|0:5.) left").submit().saved()


# Languages


@pytest.mark.parametrize(
    ("browsers", "option", "spoken"),
    [("de-AT", None, "de"), ("fr-FR", None, "en"), ("en-US", "de", "de"), ("de-DE", "en", "en")],
)
def test_the_language_is_the_options_or_the_browsers(browser, open_tab, start, browsers, option, spoken):
    context = browser.new_context(locale=browsers)
    worker = open_tab(context, start(template=FIELDS, language=option)).open()
    button = {"en": "Submit", "de": "Absenden"}[spoken]
    worker.task.get_by_role("button", name=button).click()
    worker.page.get_by_role("heading", name={"en": "is saved", "de": "ist gespeichert"}[spoken]).wait_for()
    assert worker.page.locator("html").get_attribute("lang") == spoken
    context.close()


def test_a_refusal_is_read_in_the_workers_language(browser, open_tab, start, desk):
    desk.refusal = {"failure_reason": "All is done.", "refusal": "nothing left"}
    context = browser.new_context(locale="de-DE")
    open_tab(context, start(template=FIELDS)).open().says("Alles ist getan.")
    context.close()


@pytest.fixture
def catalogues(context, start):
    page = context.new_page()
    page.goto(start() + "/")
    return [
        {
            name: sentence
            for part in ("sentences", "seldom")
            for name, sentence in page.evaluate(
                f"async () => (await import('/_mephisto/{part}-{language}.js')).sentences"
            ).items()
        }
        for language in ("en", "de")
    ]


def test_every_sentence_is_there_in_both_languages(catalogues):
    english, german = catalogues
    reasons = {str(reason) for reason in Reason}
    assert set(german) == set(english) | reasons
    assert not set(english) & reasons


def test_every_sentence_has_the_same_values_in_both_languages(catalogues):
    english, german = catalogues
    for name, sentence in english.items():
        assert values_of(german[name]) == values_of(sentence), name
        assert german[name].strip(), name


def values_of(sentence):
    return sorted(part.split("}")[0] for part in sentence.split("{")[1:])


# What goes wrong in a page


def test_whatever_fails_to_load_is_told_once(work, desk):
    worker = work(
        "<img src='none.png' alt=''><script src='none.js'></script><link rel='stylesheet' href='none.css'><p>text</p>"
        "<img src='none.png' alt=''>"
    )
    worker.task.get_by_text("text").wait_for()
    worker.page.wait_for_timeout(500)
    told = json.dumps([error["message"] for _, error in desk.errors])
    assert [told.count(name) for name in ("none.png", "none.js", "none.css")] == [1, 1, 1]
