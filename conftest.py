"""The browser that tests drive: the system's Chromium, one per session, a fresh context per test."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")

# Nothing that leaves the machine or differs between machines.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

MISSING = "NO BROWSER: set MEPHISTO_CHROMIUM or install Chromium; what workers see was NOT tested"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, from MEPHISTO_CHROMIUM or the path; a test without it is skipped, where CI=true it fails."""
    executable = os.environ.get("MEPHISTO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    started = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
    yield started
    started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One worker's browser: nothing in it is left of another test."""
    fresh = browser.new_context()
    fresh.set_default_timeout(10_000)
    yield fresh
    fresh.close()
