"""Pages are light and whole: little is loaded from here, and nothing from elsewhere."""

import re

import pytest
import requests

from mephisto.web import Limits

LIMIT = 60_000
ORDINARY = "<h1>Rate it</h1><p><label>Your words <input name='a' required></label></p>"
FIELDS = """<crowd-form>
<crowd-instructions link-text="How to do it"><short-summary>Just so.</short-summary></crowd-instructions>
<crowd-input name="word" label="Your word" required></crowd-input>
<crowd-text-area name="essay"></crowd-text-area>
<crowd-checkbox name="likes" value="birds">Birds</crowd-checkbox>
<crowd-radio-group><crowd-radio-button name="one" value="yes">Yes</crowd-radio-button></crowd-radio-group>
</crowd-form>"""
CLASSIFIER = """<crowd-form>
<crowd-classifier name="mood" categories="['Glad']" header="Which mood?">
<classification-target>A sentence</classification-target><short-instructions>Choose.</short-instructions>
</crowd-classifier><crowd-text-area name="why" required></crowd-text-area>
</crowd-form>"""
ALL = f"""{FIELDS.removesuffix("</crowd-form>")}
<crowd-slider name="how-much" min="0" max="10" pin></crowd-slider>
<crowd-button form-action="submit">Submit</crowd-button>
{CLASSIFIER.removeprefix("<crowd-form>")}"""
TEMPLATES = {"ordinary": ORDINARY, "fields": FIELDS, "classifier": CLASSIFIER, "all": ALL}


@pytest.fixture(params=["en-US", "de-DE"])
def tab(request, browser, open_tab):
    """A tab whose browser speaks one of our languages."""
    context = browser.new_context(locale=request.param)
    yield lambda url: open_tab(context, url)
    context.close()


class Journey:
    """A worker's way, who fills in what has to be, and all addresses that their browser asked for."""

    def __init__(self, worker):
        self.worker = worker
        self.asked = set()
        worker.page.on("request", lambda request: self.asked.add(request.url))
        worker.open()

    def fill_in(self, words="something"):
        self.button.wait_for()
        for field in self.worker.task.get_by_role("textbox").all():
            field.fill(words)
        for choice in self.worker.task.get_by_label("Glad").all():
            choice.check()

    @property
    def button(self):
        return self.worker.task.get_by_role("button", name=re.compile("Submit|Absenden"))

    def finished(self):
        self.worker.page.locator(".saved").wait_for()
        return self

    def elsewhere(self):
        return {address for address in self.asked if not address.startswith(self.worker.url)}

    def sizes(self):
        """Return the bytes of all that is ours. The template itself and the provider's script are not."""
        ours = {address for address in self.asked if "/_mephisto/" in address or "/?" in address}
        return {address: len(requests.get(address).content) for address in sorted(ours)}


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_task_from_its_first_field_to_its_receipt_stays_below_sixty_kilobytes(tab, start, desk, template):
    journey = Journey(tab(start(template=template)))
    journey.fill_in()
    journey.button.click()
    journey.finished()
    assert desk.answer()
    assert journey.elsewhere() == set()
    sizes = journey.sizes()
    assert sum(sizes.values()) < LIMIT, sizes


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_an_eventful_task_stays_below_sixty_kilobytes(tab, start, desk, template):
    """An onboarding, an error of the page, a field left out, an answer refused, a reload, a server away, the receipt."""
    desk.agents = {"1-x": "onboarding_1"}
    told = "<p>You are ${mephisto_agent_id}.</p><script>setTimeout(() => missing());</script>"
    journey = Journey(tab(start(template=template + told, limits=Limits(answer=1000))))
    worker = journey.worker
    journey.fill_in()
    details = desk.register_agent("2", {"provider_data": {"agent_registration_id": "task"}})
    desk.agents["1-x"] = desk.agents["task"]
    desk.instead["submit_onboarding"] = [details]
    journey.button.click()
    worker.task.get_by_text("You are token").wait_for()
    journey.button.click()
    assert worker.task.locator(":invalid").count() > 0
    journey.fill_in("something " * 100)
    journey.button.click()
    worker.page.locator(".asks").wait_for()
    journey.fill_in()
    worker.page.wait_for_timeout(600)
    worker.open().says("is here again|ist wieder da")
    worker.page.context.set_offline(True)
    journey.button.click()
    worker.says("away|nicht erreichbar")
    worker.page.context.set_offline(False)
    sizes = journey.finished().sizes()
    assert desk.answer()
    assert desk.errors
    assert journey.elsewhere() == set()
    assert {"page-errors.js", "page-restore.js"} <= {address.rpartition("/")[2] for address in sizes}
    assert sum(sizes.values()) < LIMIT, sizes
