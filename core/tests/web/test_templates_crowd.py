"""The elements <crowd-...> give the answers that the originals give, without a script from anywhere."""

import pytest

from mephisto.web.templates import CROWD_ELEMENTS

ORIGINAL = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
FIELDS = """
<crowd-input name="word" label="Your word" required></crowd-input>
<crowd-text-area name="essay" placeholder="Say why" rows="3"></crowd-text-area>
<crowd-checkbox name="likes" value="birds">Birds</crowd-checkbox>
<crowd-checkbox name="likes" value="cats" checked>Cats</crowd-checkbox>
<crowd-radio-group>
  <crowd-radio-button name="one" value="yes">Yes, it is</crowd-radio-button>
  <crowd-radio-button name="two" value="no">No, it is not</crowd-radio-button>
</crowd-radio-group>
<crowd-slider name="much" min="1" max="5" step="1" pin></crowd-slider>
<crowd-classifier name="mood" categories="['Glad', 'Sad', &quot;Don't know&quot;]" header="Which mood?">
  <classification-target>A sentence</classification-target>
  <short-instructions>Choose.</short-instructions>
  <full-instructions header="All of it">Choose well.</full-instructions>
</crowd-classifier>
<label><input type="radio" name="plain" value="a">A</label><label><input type="radio" name="plain" value="b">B</label>
<input type="checkbox" name="box">
"""
NESTED = {
    "word": "tree",
    "essay": "",
    "likes": {"birds": True, "cats": True},
    "one": {"yes": False},
    "two": {"no": True},
    "much": 1,
    "mood": {"label": "Don't know"},
    "plain": {"a": False, "b": True},
    "box": {"on": False},
}


def fill(task):
    task.get_by_label("Your word").fill("tree")
    task.get_by_role("checkbox", name="Birds").check()
    task.get_by_role("radio", name="Yes, it is").check()
    task.get_by_role("radio", name="No, it is not").check()
    task.get_by_label("Don't know").check()
    task.get_by_label("B", exact=True).check()


def test_answers_have_the_shapes_of_the_originals(work, desk):
    worker = work(f"{ORIGINAL}<crowd-form>{FIELDS}</crowd-form>")
    fill(worker.task)
    worker.submit().saved()
    assert desk.answer() == NESTED
    assert worker.problems == []
    assert desk.errors == []


def test_answers_can_be_flat(work, desk):
    worker = work(f"{ORIGINAL}<crowd-form answer-format='flatten-objects'>{FIELDS}</crowd-form>")
    fill(worker.task)
    worker.submit().saved()
    answer = desk.answer()
    assert answer["likes.birds"] is True
    assert answer["mood.label"] == "Don't know"
    assert answer["plain.b"] is True
    assert answer["much"] == 1
    assert not set(answer) & {"likes", "mood", "plain", "one"}


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("<crowd-input name='a' required></crowd-input>", lambda task: task.locator("input").fill("x")),
        (
            "<crowd-text-area name='a' required></crowd-text-area>",
            lambda task: task.locator("textarea").fill("x"),
        ),
        (
            "<crowd-checkbox name='a' required>A</crowd-checkbox>",
            lambda task: task.get_by_role("checkbox", name="A").check(),
        ),
        (
            "<crowd-slider name='a' max='9' required></crowd-slider>",
            lambda task: task.locator("input").press("End"),
        ),
        (
            "<crowd-classifier name='a' categories='[\"A\"]'></crowd-classifier>",
            lambda task: task.get_by_label("A").check(),
        ),
        (
            "<crowd-radio-group><crowd-radio-button name='a' required>A</crowd-radio-button></crowd-radio-group>",
            lambda task: task.get_by_role("radio", name="A").check(),
        ),
    ],
)
def test_what_is_required_is_asked_for(work, desk, field, answer):
    worker = work(f"<crowd-form>{field}</crowd-form>")
    worker.submit()
    worker.page.wait_for_timeout(300)
    assert desk.packets("submit_unit") == []
    answer(worker.task)
    worker.submit().saved()


def test_a_button_of_the_page_takes_the_place_of_ours_and_its_form_may_refuse(work, desk):
    worker = work(
        "<crowd-form><crowd-input name='a' value='1'></crowd-input><crowd-button form-action='submit'>Send it</crowd-button>"
        "</crowd-form><script>let asked = 0;"
        "document.querySelector('crowd-form').onsubmit = (event) => { asked += 1; if (asked === 1) event.preventDefault() }</script>"
    )
    button = worker.task.get_by_role("button", name="Send it")
    button.click()
    worker.page.wait_for_timeout(200)
    assert desk.packets("submit_unit") == []
    assert not worker.task.locator("#html-task-submit-button").is_visible()
    button.click()
    worker.saved()
    assert desk.answer() == {"a": "1"}


def test_radio_buttons_go_by_arrow_keys(work, desk):
    worker = work(f"<crowd-form>{FIELDS}</crowd-form>")
    worker.task.get_by_role("radio", name="Yes, it is").press("ArrowDown")
    assert worker.task.get_by_role("radio", name="No, it is not").is_checked()
    worker.task.get_by_role("radio", name="No, it is not").press("ArrowDown")
    assert worker.task.get_by_role("radio", name="Yes, it is").is_checked()
    assert not worker.task.get_by_role("radio", name="No, it is not").is_checked()


def test_radio_buttons_that_a_script_draws_belong_together(work, desk):
    worker = work(
        "<crowd-form><crowd-radio-group id='group'></crowd-radio-group></crowd-form><script>"
        "document.getElementById('group').innerHTML = '<crowd-radio-button name=a value=1 checked>One</crowd-radio-button>"
        "<crowd-radio-button name=a value=2>Two</crowd-radio-button>'</script>"
    )
    worker.task.get_by_role("radio", name="Two").check()
    worker.submit().saved()
    assert desk.answer() == {"a": {"1": False, "2": True}}
    assert desk.errors == []


@pytest.mark.parametrize("around", ["<crowd-form>{}</crowd-form>", "{}"], ids=["form", "none"])
def test_radio_buttons_of_one_name_need_no_group(work, desk, around):
    buttons = "".join(
        f"<crowd-radio-button name='{name}' value='{value}' required>{name} {value}</crowd-radio-button>"
        for name in "ab"
        for value in ("yes", "no")
    )
    worker = work(around.replace("{}", buttons))
    worker.task.get_by_role("radio", name="a yes").check()
    worker.submit()
    worker.page.wait_for_timeout(300)
    assert desk.packets("submit_unit") == []
    for name in ("a no", "b yes"):
        worker.task.get_by_role("radio", name=name).check()
    worker.submit().saved()
    assert desk.answer() == {"a": {"yes": False, "no": True}, "b": {"yes": True, "no": False}}


@pytest.mark.parametrize("how", ["slider.value = 0", "slider.value = '7'"])
def test_a_slider_that_a_script_sets_is_answered(work, desk, how):
    worker = work(
        "<crowd-form><crowd-slider name='a' max='9' required></crowd-slider></crowd-form>"
        f"<script>const slider = document.querySelector('crowd-slider'); {how}</script>"
    )
    worker.submit().saved()
    assert desk.answer() == {"a": 7 if "7" in how else 0}


LATE_CHOICES = (
    "<script>document.querySelector('crowd-classifier').categories = ['Glad', { label: 'Sad' }]</script>"
)


@pytest.mark.parametrize(
    "categories", [("categories=\"['Glad', 'Sad']\"", ""), ("", LATE_CHOICES)], ids=["attribute", "script"]
)
def test_sliders_and_classifiers_are_filled_in_again(work, desk, categories):
    attribute, script = categories
    worker = work(
        "<crowd-form><crowd-slider name='a' max='9' required></crowd-slider>"
        "<crowd-slider name='b' max='9' required></crowd-slider>"
        f"<crowd-classifier name='mood' {attribute}></crowd-classifier></crowd-form>{script}"
    )
    slider = worker.task.locator("[name=a] input")
    slider.press("End")
    slider.press("Home")
    worker.task.get_by_label("Sad").check()
    worker.page.wait_for_timeout(600)
    worker.open().says("is here again")
    assert worker.task.get_by_label("Sad").is_checked()
    worker.submit()
    worker.page.wait_for_timeout(300)
    assert desk.packets("submit_unit") == []  # the other slider was left alone
    worker.task.locator("[name=b] input").press("End")
    worker.submit().saved()
    assert desk.answer() == {"a": 0, "b": 9, "mood": {"label": "Sad"}}


def test_scripts_set_categories(work, desk):
    worker = work(
        "<crowd-form><crowd-classifier name='mood'></crowd-classifier></crowd-form><script>"
        "const classifier = document.querySelector('crowd-classifier'); classifier.categories = ['Glad', { label: 'Sad' }];"
        "document.title = classifier.categories.join()</script>"
    )
    worker.task.get_by_label("Sad").check()
    assert worker.task.locator("html").evaluate("() => document.title") == "Glad,Sad"
    worker.submit().saved()
    assert desk.answer() == {"mood": {"label": "Sad"}}


def test_a_form_can_be_asked_to_submit(work, desk):
    worker = work(
        "<crowd-form><crowd-input name='a' value='1'></crowd-input></crowd-form><b>Done</b><script>"
        "document.querySelector('b').onclick = () => document.querySelector('crowd-form').requestSubmit()</script>"
    )
    worker.task.get_by_role("button", name="Submit").wait_for()
    worker.task.get_by_text("Done").click()
    worker.saved()
    assert desk.answer() == {"a": "1"}


@pytest.mark.parametrize(
    "name", sorted(CROWD_ELEMENTS - {"crowd-form", "crowd-input", "crowd-text-area", "crowd-instructions"})
)
def test_elements_that_the_template_does_not_name_are_brought_when_they_are_drawn(work, desk, name):
    part = name.removeprefix("crowd-")
    worker = work(
        f"<crowd-form></crowd-form><script>setTimeout(() => document.querySelector('crowd-form').append("
        f"document.createElement('crowd-' + '{part}')), 300)</script>"
    )
    worker.task.locator(f"{name}:defined").wait_for(state="attached")
    worker.page.wait_for_timeout(200)
    assert desk.errors == []


def test_labels_and_roles_reach_browsers_that_do_not_reflect_them(work, context):
    context.add_init_script(
        "for (const name of ['ariaLabel', 'role']) Object.defineProperty(Element.prototype, name, { get: () => null, set() {} })"
    )
    worker = work(
        "<crowd-form><label for='a'>Your word</label><crowd-input id='a' name='a'></crowd-input><crowd-button aria-label='Go'>"
        "</crowd-button><crowd-radio-group></crowd-radio-group><crowd-card name='c'></crowd-card></crowd-form>"
    )
    worker.task.get_by_role("textbox", name="Your word").wait_for()
    worker.task.get_by_role("button", name="Go").wait_for()
    worker.task.get_by_role("alert").wait_for()
    assert worker.task.get_by_role("radiogroup").count() == 1
    assert worker.page.locator("#place").get_attribute("aria-label") == "Task"


def test_fields_are_filled_in_again_and_passwords_are_not(work):
    worker = work(
        "<crowd-form><crowd-input name='a'></crowd-input><crowd-checkbox name='b'>B</crowd-checkbox>"
        "<crowd-input name='secret' type='password'></crowd-input></crowd-form>"
    )
    for name in ("a", "secret"):
        worker.task.locator(f"[name={name}] input").fill("words")
    worker.task.get_by_role("checkbox", name="B").check()
    worker.page.wait_for_timeout(600)
    worker.open().says("is here again")
    assert worker.task.locator("[name=a] input").input_value() == "words"
    assert worker.task.get_by_role("checkbox", name="B").is_checked()
    assert worker.task.locator("[name=secret] input").input_value() == ""


def test_instructions_open_and_scripts_reach_the_fields(work, desk):
    worker = work(
        "<crowd-form><crowd-instructions link-text='How to do it'><short-summary>Just so.</short-summary></crowd-instructions>"
        "<crowd-input name='a'></crowd-input><crowd-checkbox name='b'></crowd-checkbox></crowd-form><script>"
        "document.addEventListener('all-crowd-elements-ready', () => {"
        "document.querySelector('crowd-input').value = 'set'; document.querySelector('crowd-checkbox').checked = true })</script>"
    )
    worker.task.get_by_text("How to do it").click()
    assert worker.task.get_by_text("Just so.").is_visible()
    worker.submit().saved()
    assert desk.answer() == {"a": "set", "b": {"on": True}}


def test_what_is_not_supported_is_said_to_workers_and_to_the_researcher(work, desk):
    worker = work(
        "<crowd-form><crowd-bounding-box name='boxes'></crowd-bounding-box><crowd-card>Text</crowd-card></crowd-form>"
    )
    worker.task.get_by_text("<crowd-bounding-box>, cannot be shown here").wait_for()
    worker.submit().saved()
    assert {error["message"] for _, error in desk.errors} == {
        "<crowd-bounding-box> is not supported here.",
        "<crowd-card> is not supported here.",
    }
