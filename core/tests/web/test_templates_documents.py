"""A template is an ordinary page: scripts in order, events, links, files beside it, and what cannot be loaded."""

import json
import socket
import threading

import pytest
from playwright.sync_api import expect

from mephisto.web import Template
from mephisto.web.documents import Document

ORDER = """<script>window.seen = ['head']; document.addEventListener('DOMContentLoaded', () => seen.push('ready'));
addEventListener('load', () => { seen.push('load'); document.getElementById('out').textContent = seen.join(' ') });</script>
<script src="beside.js"></script><p id="out"></p><script>document.write('<b onclick="seen.push(1)">written</b>');
seen.push(document.querySelector('b').textContent)</script><script type="module">seen.push('module')</script>"""


@pytest.mark.parametrize("around", ["{}", "<!doctype html><html><head></head><body>{}</body></html>"])
def test_scripts_run_in_order_and_find_what_is_before_them(work, around):
    worker = work(around.replace("{}", ORDER), files={"beside.js": "seen.push('beside')"})
    worker.task.get_by_text("head beside written module ready load").wait_for()
    assert worker.problems == []


def test_links_lead_within_the_page_to_files_beside_it_and_never_away(work, desk):
    worker = work(
        "<a href='#end'>Down</a><div style='height: 4000px'></div><h2 id='end'>The end</h2>"
        "<img src='pictures/one.svg' alt='one'><a href='https://elsewhere.invalid/'>Away</a><input name='a' value='1'>",
        files={"pictures/one.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"},
    )
    worker.task.get_by_text("Down").click()
    assert worker.task.locator("html").evaluate("() => [location.hash, scrollY > 1000]") == ["#end", True]
    assert worker.task.get_by_alt_text("one").evaluate("(image) => image.naturalWidth") == 9
    with worker.page.context.expect_page():
        worker.task.get_by_text("Away").click()
    worker.submit().saved()


def test_styles_of_the_page_do_not_touch_the_bar(work):
    worker = work("<style>* { color: rgb(1, 2, 3) !important; display: none !important }</style><p>text</p>")
    title = worker.page.get_by_role("heading", name="A title")
    title.wait_for()
    assert title.evaluate("(node) => getComputedStyle(node).color") != "rgb(1, 2, 3)"


def test_what_is_refused_is_named_and_the_page_goes_on(work, desk, context):
    context.route("https://cdn.invalid/**", lambda route: route.abort())
    worker = work(
        "<script src='https://cdn.invalid/library.js'></script><script>missing()</script><input name='a' value='1'>"
    )
    worker.submit().saved()
    told = [(error["message"], error["file"]) for _, error in desk.errors]
    assert sorted(told, reverse=True) == [
        ("https://cdn.invalid/library.js did not load", "task.html"),
        ("Uncaught ReferenceError: missing is not defined", "task.html"),
    ]


def test_a_picture_that_waits_for_its_source_is_no_error(work, desk):
    worker = work("<img src='' alt=''><input name='a' value='1'>")
    worker.page.wait_for_timeout(500)
    worker.submit().saved()
    assert desk.errors == []


@pytest.fixture
def silent():
    """An address that takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        kept = []

        def accept():
            while True:
                try:
                    kept.append(listener.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in kept:
            connection.close()


@pytest.mark.parametrize(
    "template",
    [
        "<script src='{}/a.js?x=1&amp;y=2'></script><input name='a' value='1'>",
        "<link rel=stylesheet href='{}/a.css'><script>document.title = 'run'</script><input name='a' value='1'>",
        "<script defer src='{}/a.js'></script><input name='a' value='1'>",
        "<script type=module src='{}/a.js'></script><input name='a' value='1'>",
        "<script type='module'>import { a } from '{}/a.js'; a()</script><input name='a' value='1'>",
        "<script type=module>import '{}/a.js'</script><input name='a' value='1'>",
    ],
    ids=["script", "style sheet", "late script", "module", "module's import", "module's bare import"],
)
def test_what_never_answers_is_left_out_and_named(work, desk, silent, template):
    worker = work(template.replace("{}", silent))
    worker.task.locator("input").wait_for(timeout=20_000)
    worker.submit().saved()
    ((_, error),) = desk.errors
    assert error["message"].startswith(f"{silent}/a.")
    assert error["message"].endswith("did not answer, so the page is shown without it")


def test_a_page_is_ready_though_a_module_of_its_module_never_answers(work, desk, silent):
    worker = work(
        "<script type=module src='own.js'></script><input name='a' value='1'>",
        files={"own.js": f"import '{silent}/a.js'"},
    )
    worker.task.get_by_role("button", name="Submit").wait_for(timeout=20_000)
    worker.submit().saved()
    ((_, error),) = desk.errors
    assert error["message"].startswith("A script that runs late has not answered")


def test_only_the_named_script_is_left_out():
    document = Document("<script src='a.js'></script><script src=b.js></script><p>a.js</p>", "task")
    assert (
        "<script data-mephisto-left-out='a.js'></script><script src=b.js></script><p>a.js</p>"
        in document.fill({}, ["a.js"])
    )


def test_a_page_can_show_its_errors_to_workers(work):
    worker = work(
        "<script>_MEPHISTO_CONFIG_.set('ADD_ERROR_HANDLING', true);"
        "_MEPHISTO_CONFIG_.set('ERROR_REPORT_TO_EMAIL', 'lab@example.org');</script><p>Text</p>"
        "<script>addEventListener('load', () => { throw new Error('broken') })</script>"
    )
    worker.task.get_by_role("alert").filter(has_text="broken").wait_for()
    assert worker.task.get_by_role("link", name="lab@example.org").count() == 1


IPAD = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15"


@pytest.mark.parametrize(("touch", "is_kept_away"), [(True, True), (False, False)])
def test_ipads_that_call_themselves_macs_are_kept_away_and_macs_are_not(
    start, browser, desk, touch, is_kept_away
):
    url = start("<p>text</p>", task_config={"block_mobile": True})
    context = browser.new_context(user_agent=IPAD)
    context.add_init_script(
        f"Object.defineProperty(Navigator.prototype, 'maxTouchPoints', {{ get: () => {5 if touch else 0} }})"
    )
    page = context.new_page()
    page.goto(url + "/?worker_id=x&assignment_id=1")
    if is_kept_away:
        page.get_by_role("heading", name="This task needs a computer").wait_for()
    else:
        page.frame_locator("iframe").get_by_text("text").wait_for()
    assert bool(desk.packets("register_agent")) is not is_kept_away
    context.close()


def test_a_base_of_the_page_does_not_mislead_what_is_ours(work):
    worker = work(
        "<html><head><base href='https://elsewhere.invalid/x/'></head><body><input name='a'></body></html>"
    )
    button = worker.task.get_by_role("button", name="Submit")
    expect(button).to_have_css("border-radius", "8px")  # once its style sheet is here
    worker.submit().saved()


WIDE = """<p><textarea cols="120"></textarea></p><table><tr><td>{0}</td><td>{0}</td></tr></table><pre>{1}</pre>
<select><option>{1}</select><video width="900" height="90"></video><iframe width="900"></iframe>
<fieldset><input size="120"></fieldset><p>{0}</p>
<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg><img src="wide.svg" alt="wide">"""


def test_a_fragment_does_not_scroll_sideways_on_a_phone(start, browser, open_tab):
    image = "<svg xmlns='http://www.w3.org/2000/svg' width='900' height='9'/>"
    template = WIDE.format("word" * 40, "word " * 40)
    context = browser.new_context(viewport={"width": 390, "height": 780})
    worker = open_tab(context, start(template, files={"wide.svg": image})).open()
    worker.task.get_by_role("button", name="Submit").wait_for()
    assert worker.task.locator("html").evaluate("(root) => root.scrollWidth") <= 390
    context.close()


def test_phones_are_kept_away_where_the_task_says_so(start, browser, desk):
    url = start("<p>text</p>", task_config={"block_mobile": True})
    phone = browser.new_context(
        user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148"
    )
    page = phone.new_page()
    page.goto(url + "/?worker_id=x&assignment_id=1")
    page.get_by_text("does not work on phones").wait_for()
    assert desk.packets("register_agent") == []
    phone.close()


# What a template says about itself


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("${a-b} ${c.d} ${e f}", {"a-b", "c.d", "e f"}),
        ("${mephisto_agent_id} ${provider_worker_id} ${}", set()),
        ("<!-- ${told} --><p>${a}</p>", {"a"}),
        ("<script>const x = `${i} of ${n}`; const y = '${a}'</script>", {"a"}),
        ("<a onclick='f(`${a}`)'>", {"a"}),
    ],
)
def test_the_variables_that_data_has_to_fill_are_known(text, needed):
    assert Template.of(text).needed == needed


def test_columns_that_a_template_never_mentions_are_known():
    assert Template.of("<!-- ${a} --><script>`${b}`</script>").without_use(["a", "b", "c"]) == ["c"]


def test_a_variable_in_a_script_is_what_the_row_holds(work, desk):
    desk.values = {"rows": [{"a": 1}]}
    worker = work(
        "<input type='hidden' name='out'><script>document.querySelector('input').value = JSON.stringify(${rows})</script>"
    )
    worker.submit().saved()
    (packet,) = desk.packets("submit_unit")
    assert json.loads(packet["data"]["final_data"]["out"]) == [{"a": 1}]
