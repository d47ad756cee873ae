"""A researcher at their machine: a copy of the first example, commands typed in it, and workers in Chromium."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, FrameLocator

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "simple_static_task"
SECONDS = 30
URL = re.compile(r"- Preview: (\S+)$", re.MULTILINE)


class Script:
    """A run script that is running."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._changed = threading.Condition()
        self._printed = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def printed(self) -> str:
        with self._changed:
            return self._printed

    @property
    def url(self) -> str:
        """The address at which the task can be seen, once it is there."""
        return self.wait_until(URL)[1]

    def wait_until(self, pattern: "re.Pattern[str]") -> "re.Match[str]":
        deadline = time.monotonic() + SECONDS
        with self._changed:
            while not (found := pattern.search(self._printed)):
                left = deadline - time.monotonic()
                running = self._reader.is_alive()
                assert running, f"The script ended without {pattern.pattern!r}:\n{self._printed}"
                assert left > 0, f"No {pattern.pattern!r} in {SECONDS} s:\n{self._printed}"
                self._changed.wait(min(left, 0.5))
        return found

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def exit_status(self) -> int:
        """Wait for the end of the process and of what it prints."""
        status = self._process.wait(SECONDS)
        self._reader.join(SECONDS)
        return status

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self.exit_status()
        self._process.stdout.close()

    def _read(self) -> None:
        for line in self._process.stdout:
            with self._changed:
                self._printed += line
                self._changed.notify_all()


@dataclass
class Researcher:
    """Someone with a folder of their own, in which the first example lies."""

    place: Path

    def __post_init__(self) -> None:
        self.folder = shutil.copytree(EXAMPLE, self.place / "simple_static_task")
        self.home = self.place / "home"
        self.home.mkdir()
        self.data = self.place / "data"

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def environment(self, **variables: str) -> dict[str, str]:
        own = {
            name: value for name, value in os.environ.items() if not name.startswith(("MEPHISTO_", "XDG_"))
        }
        path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", "")])
        places = {"HOME": str(self.home), "MEPHISTO_DATA_DIR": str(self.data), "PATH": path}
        return own | places | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"} | variables

    def run(self, *words: str, typed: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        """Type a command, then what it asks for, and wait for its end."""
        return subprocess.run(
            words,
            cwd=self.folder,
            env=self.environment(**variables),
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )

    @contextmanager
    def launch(self, *words: str, **variables: str) -> Iterator[Script]:
        """Type a command that launches a task; whatever is left of it in the end is killed."""
        process = subprocess.Popen(
            words,
            cwd=self.folder,
            env=self.environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        script = Script(process)
        try:
            yield script
        finally:
            script.stop()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.data / "mephisto.db")) as connection:
            return connection.execute(query).fetchall()


@dataclass
class Submitted:
    """What a worker saw after submitting: what the window said, when, and what it shows now."""

    alert: str
    moment: float
    notice: str


class WorkerInBrowser:
    """One worker's window. Whatever waits is given up after a while."""

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context()
        self._context.set_default_timeout(SECONDS * 1000)
        self._alerts: list[tuple[str, float]] = []
        self.page = self._context.new_page()
        self.page.on("dialog", self._close)

    def open(self, url: str) -> FrameLocator:
        """Open *url* and return the researcher's page in it."""
        self.page.goto(url)
        return self.page.frame_locator("iframe")

    def submit(self, frame: FrameLocator) -> Submitted:
        frame.get_by_role("button", name="Submit").click()
        notice = self.notice()
        alert, moment = self._alerts.pop()
        return Submitted(alert, moment, notice)

    def notice(self) -> str:
        """Return what stands in the place of the page."""
        return self.page.locator("section.notice").inner_text()

    def close(self) -> None:
        self._context.close()

    def _close(self, dialog: Dialog) -> None:
        self._alerts.append((dialog.message, time.monotonic()))
        dialog.accept()


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """Let what is started here hear Ctrl-C, also where the tests run in the background and do not hear it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def researcher(tmp_path: Path) -> Researcher:
    return Researcher(tmp_path)


@pytest.fixture(scope="session")
def new_researcher(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Researcher]:
    """Make a researcher for tests that look at one launch together."""
    return lambda: Researcher(tmp_path_factory.mktemp("researcher"))


@pytest.fixture(scope="session")
def new_worker(browser: Browser) -> Iterator[Callable[[], WorkerInBrowser]]:
    """Open one more worker's window."""
    opened: list[WorkerInBrowser] = []

    def new() -> WorkerInBrowser:
        opened.append(WorkerInBrowser(browser))
        return opened[-1]

    yield new
    for worker in opened:
        worker.close()


@pytest.fixture
def my_config() -> str:
    """The tutorial's own configuration file, to the letter."""
    return (ROOT / "tests" / "tutorial" / "my_config.yaml").read_text(encoding="utf-8")


@pytest.fixture
def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
