"""A reviewer in Chromium."""

import re

import pytest


class Reviewer:
    """A reviewer with a keyboard and no mouse."""

    def __init__(self, page, served):
        self.page = page
        self.problems = []
        page.on("pageerror", lambda error: self.problems.append(error))  # noqa: PLW0108 - Playwright marks handlers
        page.goto(served.link)

    def sees(self, row, worker):
        self.page.get_by_role("heading", name=f"Row {row}, worker {worker}", exact=True).wait_for()
        return self

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def types(self, text):
        self.page.keyboard.type(text)
        return self

    def is_told(self, sentence):
        self.page.get_by_role("status").get_by_text(re.compile(sentence)).wait_for()
        return self

    def asked(self, title):
        self.page.get_by_role("dialog", name=re.compile(re.escape(title))).wait_for()
        return self

    def answered(self):
        """Wait until no dialog is open."""
        self.page.locator("dialog[open]").wait_for(state="detached")
        return self

    def idle(self):
        """Wait until all that was asked for has come."""
        self.page.locator("#detail[aria-busy=false]").wait_for(state="attached")
        return self

    @property
    def task(self):
        return self.page.frame_locator("iframe")

    def focus(self):
        return self.page.evaluate("document.activeElement.textContent || document.activeElement.id")


@pytest.fixture
def new_reviewer(context, serving):
    """Open the review of a task."""
    opened = []

    def opened_by(terms):
        opened.append(Reviewer(context.new_page(), serving(terms)))
        return opened[-1]

    yield opened_by
    assert [problem for reviewer in opened for problem in reviewer.problems] == []


@pytest.fixture
def reviewer(context, served):
    found = Reviewer(context.new_page(), served)
    yield found
    assert found.problems == []
