"""The browser that tests drive: the system's Chromium, one per session, a fresh context per test. And somebody without rights."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


def _executable() -> str | None:
    return os.environ.get("MEPHISTO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none, by marks, which pytest reports in one line."""
    if _executable() is None and os.environ.get("CI") != "true":
        for item in items:
            if "browser" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture
def as_nobody(tmp_path: Path) -> Callable[[Callable[[], Any]], Any]:
    """Call a function without the rights of whoever runs the tests, since root may do anything.

    Nobody may read where Python lies: what the function imports has to be imported before.
    """
    if not hasattr(os, "setresuid") or os.getuid() != 0:
        return lambda function: function()
    for above in (tmp_path, *tmp_path.parents[:2]):
        above.chmod(0o755)

    def call(function: Callable[[], Any]) -> Any:
        os.setresuid(65534, 65534, 0)
        try:
            return function()
        finally:
            os.setresuid(0, 0, 0)

    return call


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, from MEPHISTO_CHROMIUM or the path; without it tests are skipped, but with CI=true they fail."""
    executable = _executable()
    if executable is None:
        pytest.fail(MISSING)
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


@pytest.fixture
def profile(
    playwright: Playwright,
    browser: Browser,  # noqa: ARG001 - tests that use it are skipped where there is none
    tmp_path: Path,
) -> Iterator[Callable[[], BrowserContext]]:
    """Open a browser whose profile outlives it: closed and opened again, it is the same worker's."""
    opened: list[BrowserContext] = []

    def open_again() -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=_executable(), args=list(ARGUMENTS)
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    yield open_again
    for context in opened:
        context.close()
