"""Scripts of a page may name, draw and listen to what they like: the answer arrives all the same."""

import pytest

NAMES = [
    "<script>var parent = 1, Map = 2, FormData = 3, File = 4, Set = 5, post = 6, page = 7;</script>",
    "<script>class Map {} class Field {} let File = 0; const Set = 1;</script>",
]


@pytest.mark.parametrize("script", NAMES)
def test_names_that_a_page_takes_are_not_missed_by_ours(work, desk, script):
    worker = work(f"{script}<input name='a'>")
    worker.field().press_sequentially("typed")
    worker.page.wait_for_timeout(600)
    worker.open().says("is here again")
    worker.submit().saved()
    assert desk.answer() == {"a": "typed"}
    assert worker.problems == []


DRAWN = "<input name=a value=1>"
FORM = f"<form method=post action=/nowhere>{DRAWN}<button>Submit</button></form>"


@pytest.mark.parametrize("drawn", [DRAWN, FORM], ids=["fields", "form"])
@pytest.mark.parametrize(
    "script",
    [
        "document.body.innerHTML = DRAWN",
        "document.documentElement.innerHTML = '<body>' + DRAWN + '</body>'",
        "document.body.replaceWith(Object.assign(document.createElement('body'), { innerHTML: DRAWN }))",
        "document.write(DRAWN); document.close()",
    ],
)
def test_a_page_that_draws_all_of_itself_has_a_button_and_its_answer_arrives(work, desk, script, drawn):
    worker = work(f"<p>before</p><script>const DRAWN = `{drawn}`; onload = () => {{ {script} }}</script>")
    worker.field().wait_for()
    worker.submit().saved()
    assert desk.answer() == {"a": "1"}


SHADOW = """<own-form></own-form><script>
customElements.define("own-form", class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "MODE" });
    const draw = () => {
      root.innerHTML = '<form action="/nowhere"><input name="a" value="1"><button>Hand in</button></form>';
      root.addEventListener("submit", (event) => (root.querySelector("input").value += "2"));
      window.own = root.querySelector("button");
    };
    WHEN;
  }
});
</script>"""


@pytest.mark.parametrize("when", ["draw()", "setTimeout(draw, 300)"], ids=["at once", "later"])
@pytest.mark.parametrize("mode", ["open", "closed"])
def test_a_form_inside_a_shadow_root_hands_in_and_takes_the_place_of_our_button(work, desk, mode, when):
    """What its own listeners fill in is part of the answer, as anywhere."""
    worker = work(SHADOW.replace("MODE", mode).replace("WHEN", when))
    hand_in_by_its_own_button(worker)
    assert desk.answer() == {"a": "12"}


DECLARED = """<div><template shadowrootmode="open">
<form action="/nowhere"><input name="a" value="1"><button>Hand in</button></form></template></div>"""
NESTED = f'<section><template shadowrootmode="open">{DECLARED}</template></section>'
ITS_SCRIPT = """<script>
const outer = document.querySelector("section")?.shadowRoot ?? document;
const root = outer.querySelector("div").shadowRoot;
root.addEventListener("submit", (event) => (root.querySelector("input").value += "2"));
addEventListener("DOMContentLoaded", () => (window.own = root.querySelector("button")));
</script>"""


@pytest.mark.parametrize("declared", [DECLARED, NESTED], ids=["one", "one in another"])
def test_a_form_inside_a_shadow_root_that_the_html_declares_hands_in_too(work, desk, declared):
    worker = work(declared + ITS_SCRIPT)
    hand_in_by_its_own_button(worker)
    assert desk.answer() == {"a": "12"}


def hand_in_by_its_own_button(worker):
    """Press `own` of the page when it is drawn, and ours is hidden."""
    body = worker.task.locator("body")
    body.evaluate("async () => { while (!window.own) { await new Promise(requestAnimationFrame); } }")
    worker.task.locator("#html-task-submit-button").wait_for(state="hidden")
    body.evaluate("() => own.click()")
    worker.saved()


# As libraries do that draw forms from a state of their own.
STATE = """<form><input name="text"><input type="checkbox" name="box"><input type="radio" name="r" value="1" checked>
<input type="radio" name="r" value="2"><input type="hidden" name="state"><button>Hand in</button></form><script>
const state = {}, value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
const text = document.querySelector("[name=text]");
let known = "";
Object.defineProperty(text, "value", {
  get() { return value.get.call(this); },
  set(given) { known = given; value.set.call(this, given); },
});
text.addEventListener("input", () => text.value === known || (known = state.text = text.value));
for (const choice of document.querySelectorAll("[type=checkbox], [type=radio]")) {
  choice.addEventListener("click", () => (state[choice.name] = choice.type === "radio" ? choice.value : choice.checked));
}
document.forms[0].addEventListener("submit", () => (document.querySelector("[name=state]").value = JSON.stringify(state)));
</script>"""


def test_what_is_filled_in_again_reaches_pages_that_keep_their_own_state(work, desk):
    worker = work(STATE)
    worker.field("text").press_sequentially("typed")
    worker.field("box").check()
    worker.task.locator("[value='2']").check()
    worker.page.wait_for_timeout(600)
    worker.open().says("is here again")
    worker.task.get_by_role("button", name="Hand in").click()
    worker.saved()
    state = '{"text":"typed","box":true,"r":"2"}'
    assert desk.answer() == {"text": "typed", "box": "on", "r": "2", "state": state}


def test_keys_reach_the_page_before_anything_is_clicked(work, desk):
    worker = work(
        "<input type='hidden' name='a'><script>addEventListener('keydown', ({ key }) => {"
        " document.querySelector('[name=a]').value = key })</script>"
    )
    worker.page.wait_for_function("() => document.activeElement.localName === 'iframe'")
    worker.page.keyboard.press("7")
    worker.submit().saved()
    assert desk.answer() == {"a": "7"}


def test_the_field_that_the_page_chooses_has_the_focus(work, desk):
    worker = work("<input name='a'><input name='b' autofocus>")
    worker.page.wait_for_function("() => document.activeElement.localName === 'iframe'")
    worker.page.keyboard.type("here")
    worker.submit().saved()
    assert desk.answer() == {"a": "", "b": "here"}
