"""What a template finds around itself, and what it cannot reach."""

import json

import pytest

WORKER = "/?worker_id=x&assignment_id=1"


def test_a_whole_document_runs_as_it_is_with_our_configuration_and_the_adapter(work, desk):
    worker = work(
        "<!doctype html><html lang='de'><head><title>Mine</title><script>"
        "window.seen = [_MEPHISTO_CONFIG_.get('HIDE_SUBMIT_BUTTON'), getWorkerName(), document.compatMode];"
        "</script></head><body><input type='hidden' name='seen'><script>"
        "let thrown = 0; try { _MEPHISTO_CONFIG_.get('NOT_THERE') } catch { thrown += 1 }"
        "document.querySelector('input').value = JSON.stringify([...seen, thrown, document.documentElement.lang]);"
        "</script></body></html>"
    )
    worker.submit().saved()
    assert json.loads(desk.answer()["seen"]) == [False, "x", "CSS1Compat", 1, "de"]


def test_our_button_can_be_hidden_and_shown_at_any_time(work):
    worker = work(
        "<script>_MEPHISTO_CONFIG_.set('HIDE_SUBMIT_BUTTON', true);"
        "_MEPHISTO_CONFIG_.EVENT_EMITTER.on('HIDE_SUBMIT_BUTTON', (hidden) => { document.title = hidden });</script>"
        "<a onclick=\"_MEPHISTO_CONFIG_.set('HIDE_SUBMIT_BUTTON', false)\">Show</a>"
    )
    button = worker.task.locator("#html-task-submit-button")
    button.wait_for(state="hidden")
    worker.task.get_by_text("Show").click()
    button.wait_for(state="visible")
    assert button.text_content() == "Submit"


def test_scripts_of_the_page_find_our_button_when_the_document_is_ready(work):
    worker = work(
        "<p id='out'></p><script>document.addEventListener('DOMContentLoaded', () => {"
        "document.getElementById('out').textContent = document.getElementById('html-task-submit-button').type })</script>"
    )
    worker.task.get_by_text("submit", exact=True).wait_for()


def test_messages_from_elsewhere_are_not_listened_to(work, desk):
    worker = work(
        "<iframe srcdoc=\"<script>top.postMessage({mephisto: 'submit', answer: {a: 1}, files: []}, '*')</script>\"></iframe><p>text</p>"
    )
    worker.task.get_by_text("text").wait_for()
    worker.page.evaluate("window.postMessage({mephisto: 'submit', answer: {a: 2}, files: []}, '*')")
    worker.page.wait_for_timeout(200)
    assert desk.packets("submit_unit") == []


def test_the_shells_policy_holds_and_breaks_nothing(work):
    worker = work("<p>text</p>")
    worker.task.get_by_text("text").wait_for()
    refused = worker.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.injected = 1';"
        " document.body.append(s); return window.injected === undefined }"
    )
    assert refused
    assert worker.problems == []


@pytest.mark.parametrize(("ancestors", "shown"), [(("http://127.0.0.1:*",), True), (("'self'",), False)])
def test_the_task_is_framed_by_whom_the_provider_names_and_by_no_other(work, ancestors, shown):
    worker = work("<p>the task</p>", files={"outer.html": "<iframe></iframe>"}, frame_ancestors=ancestors)
    worker.page.goto(worker.url.replace("localhost", "127.0.0.1") + "/outer.html")
    worker.page.evaluate(
        "(address) => { document.querySelector('iframe').src = address }", worker.url + WORKER
    )
    worker.page.wait_for_load_state("networkidle")
    task = worker.task.frame_locator("iframe").get_by_text("the task")
    assert task.count() == (1 if shown else 0)


@pytest.mark.parametrize("address", [WORKER, "/"])
def test_the_page_says_what_it_is_to_those_who_do_not_see_it(work, address):
    worker = work("<p>text</p>", address=address)
    worker.task.get_by_text("text").wait_for()
    assert worker.page.title() == "A title"
    assert worker.page.get_by_role("banner").get_by_role("heading", level=1).text_content() == "A title"
    assert worker.page.get_by_role("status").count() == 1
    assert worker.page.locator("iframe").get_attribute("title") == "Task"
    assert worker.page.locator("html").get_attribute("lang") == "en"
