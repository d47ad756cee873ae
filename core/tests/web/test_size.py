"""Pages are light and whole: little is loaded from here, and nothing from elsewhere."""

import pytest

LIMIT = 60 * 1024
ORDINARY = "<h1>Rate it</h1><p><label>Your words <input name='a'></label></p>"
FIELDS = """<crowd-form>
<crowd-instructions link-text="How to do it"><short-summary>Just so.</short-summary></crowd-instructions>
<crowd-input name="word" label="Your word"></crowd-input>
<crowd-text-area name="essay"></crowd-text-area>
<crowd-checkbox name="likes" value="birds">Birds</crowd-checkbox>
<crowd-radio-group><crowd-radio-button name="one" value="yes">Yes</crowd-radio-button></crowd-radio-group>
</crowd-form>"""
CLASSIFIER = """<crowd-form>
<crowd-classifier name="mood" categories="['Glad']" header="Which mood?">
<classification-target>A sentence</classification-target><short-instructions>Choose.</short-instructions>
</crowd-classifier>
</crowd-form>"""


@pytest.mark.parametrize("locale", ["en-US", "de-DE"])
@pytest.mark.parametrize("template", [ORDINARY, FIELDS, CLASSIFIER], ids=["ordinary", "fields", "classifier"])
def test_a_task_from_its_first_field_to_its_receipt_stays_below_sixty_kilobytes(
    browser, open_tab, start, desk, template, locale
):
    sizes, elsewhere = {}, []
    context = browser.new_context(locale=locale)
    worker = open_tab(context, start(template=template))

    def note(response):
        path = response.url.removeprefix(worker.url)
        # The template itself and the provider's script are not ours.
        if path.startswith(("/_mephisto/", "/?")):
            sizes[path] = len(response.body())
        elif path == response.url:
            elsewhere.append(path)

    worker.page.on("response", note)
    worker.open()
    if template == CLASSIFIER:
        worker.task.get_by_label("Glad").check()
    worker.task.locator("#html-task-submit-button").click()
    worker.page.locator("h2").wait_for()
    context.close()
    assert desk.answer()
    assert elsewhere == []
    assert sum(sizes.values()) < LIMIT, sizes
