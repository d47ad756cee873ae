"""Takes the pictures of docs/worker-page.md anew: python core/tests/web/picture_states.py"""

import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
FOLDER = HERE.parents[2] / "docs" / "images" / "states"
SIZE = {"width": 900, "height": 520}
PHONE = {"width": 360, "height": 640}
TASK = """<!doctype html><html lang="en"><head><title>Task</title><style>
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 40rem; margin: 0 auto; padding: 1.25rem 1rem; }
fieldset { border: 0; padding: 0; margin: 1rem 0; } label { display: block; padding: .2rem 0; }
textarea { display: block; width: 100%; box-sizing: border-box; min-height: 5rem; font: inherit; padding: .5rem; }
</style></head><body><main><h2>How does this sentence sound to you?</h2>
<p><q>Thank you for waiting. Your table is ready now.</q></p>
<fieldset><legend>It sounds</legend><label><input type="radio" name="tone" value="friendly"> friendly</label>
<label><input type="radio" name="tone" value="neutral"> neutral</label></fieldset>
<label>What made you think so? <textarea name="why"></textarea></label></main></body></html>"""
ONBOARDING = TASK.replace("How does this sentence sound to you?", "First, a sentence to practise with")
TEXT = "It thanks me, and it says what comes next."


def conftest():
    """Load the desk and the server that the tests use."""
    spec = importlib.util.spec_from_file_location("web_conftest", HERE / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    from mephisto.web import Reply, Site, create_app, serve

    tests = conftest()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as temporary:
        executable = os.environ.get("MEPHISTO_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )

        def shot(name, act, *, address=tests.WORKER, size=SIZE, locale="en-US", **changes):
            desk = tests.MemoryDesk()
            desk.standing["seconds_left"] = changes.pop("seconds", 1500)
            desk.refusal = changes.pop("refusal", None)
            folder = Path(temporary) / name
            site = {
                "title": "The tone of a sentence",
                "description": "Say how sentences sound.",
                "task_page": "task.html",
            }
            Site(**site | changes).write(folder)
            next_task = "function getNextTaskURL() { return '/'; }"
            (folder / "wrap_crowd_source.js").write_text(
                tests.ADAPTER.replace("alert(", "void (") + next_task
            )
            (folder / "public" / "task.html").write_text(ONBOARDING if name == "onboarding" else TASK)
            server = serve(create_app(folder, desk), "localhost", 0)
            context = browser.new_context(viewport=size, locale=locale, color_scheme="light")
            tab = tests.Worker(context.new_page(), server.url).open(address)
            act(tab, desk, context, Reply)
            tab.page.wait_for_timeout(400)
            tab.page.screenshot(path=FOLDER / f"{name}.png")
            context.close()
            server.stop()
            sys.stdout.write(f"{name}: {(FOLDER / f'{name}.png').stat().st_size // 1024} KB\n")

        pictures(shot)
        browser.close()


def pictures(shot):
    refusal = {"failure_reason": "There is no task for you at the moment. Please try again in a few minutes."}
    ended = {
        "failure_reason": "Your time for this task is over, and it was given back for someone else to do."
    }
    shot("preview", lambda tab, *_: tab.says("Preview: accept"), address="/")
    shot("onboarding", lambda tab, *_: fill(tab))
    shot("task", lambda tab, *_: fill(tab))
    shot("phone", lambda tab, *_: fill(tab), size=PHONE)
    shot("restored", restored)
    shot("closing", closing, seconds=1)
    shot("time-over", time_over, seconds=1)
    shot("submitting", submitting)
    shot("away", away)
    shot("kept", away_too_long, seconds=2)
    shot("stranded", stranded)
    shot("too-large", too_large, limits=limits())
    shot("finished", lambda tab, *_: fill(tab).submit().saved(), self_service=True)
    shot("finished-german", in_german, locale="de-DE", self_service=True)
    shot("refused", lambda tab, *_: tab.says("no task for you"), refusal=refusal | {"may_try_again": True})
    shot(
        "ended",
        lambda tab, *_: tab.says("is over"),
        refusal=ended | {"may_start_again": True},
        self_service=True,
    )


def fill(tab):
    tab.task.locator("[name=tone]").first.check()
    tab.field("why").fill(TEXT)
    tab.task.locator("#html-task-submit-button").wait_for()
    return tab


def restored(tab, *_):
    fill(tab).page.wait_for_timeout(600)
    tab.open().says("is here again")


def closing(tab, desk, *_):
    desk.standing.update(seconds_left=50, closing=True)
    fill(tab).says("This task is closing")


def time_over(tab, desk, *_):
    desk.standing["seconds_left"] = 0
    fill(tab).says("Your time is over")


def submitting(tab, *_):
    fill(tab)
    tab.page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    tab.submit()


def away(tab, _, context, *__):
    fill(tab)
    context.set_offline(True)
    tab.submit().says("kept here")


def away_too_long(tab, _, context, *__):
    fill(tab)
    context.set_offline(True)
    tab.submit().says("Save it as a file")


def stranded(tab, desk, _, reply):
    desk.instead["submit_unit"] = [reply({"error": "Nobody."}, 404)]
    fill(tab).submit().says("has not arrived yet")


def too_large(tab, *_):
    fill(tab).field("why").fill("word " * 250_000)
    tab.submit().says("is larger than")


def limits():
    from mephisto.web import Limits

    return Limits(answer=1 << 20)


def in_german(tab, *_):
    fill(tab).task.get_by_role("button", name="Absenden").click()
    tab.says("ist gespeichert")


if __name__ == "__main__":
    main()
