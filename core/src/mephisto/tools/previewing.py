"""A template shown without a launch: the real pages and server, with a desk in memory that keeps what is sent."""

import json
import logging
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from mephisto.composing.options import settle
from mephisto.errors import ChecksFailed, MephistoError, NotFound
from mephisto.plugins import Use, load
from mephisto.web import Packet, Reply, Server, Site, create_app, serve
from mephisto.web.site import ADAPTER_FILE, PUBLIC_FOLDER

BLUEPRINT: Final = "static_task"
VERSION_ADDRESS: Final = "/preview-version.json"
DATA_OPTIONS: Final = {".csv": "data_csv", ".json": "data_json", ".jsonl": "data_jsonl"}

# In place of a provider's: whoever looks is the worker, the number of the assignment is the row, and what was
# submitted is shown below the notice that it was saved.
_ADAPTER: Final = """\
const preview = new URLSearchParams(location.search);
const getWorkerName = () => preview.get("worker_id");
const getAssignmentId = () => preview.get("assignment_id");
const getAgentRegistration = () => ({ row: getAssignmentId(), worker_name: getWorkerName() });
function handleSubmitToProvider(answer) {
  new MutationObserver((_, observer) => {
    const notice = document.querySelector(".notice");
    if (notice) {
      observer.disconnect();
      const shown = notice.appendChild(document.createElement("pre"));
      shown.id = "answer";
      shown.style.cssText = "overflow: auto; text-align: start";
      shown.textContent = JSON.stringify(answer, null, 2);
    }
  }).observe(document.body, { childList: true, subtree: true });
}
if (window.parent === window) {
  setInterval(async () => {
    const found = await fetch("/preview-version.json").then((response) => response.json()).catch(() => null);
    if (found && found.version !== VERSION) {
      location.reload();
    }
  }, 500);
}
"""


@dataclass
class Preview:
    """One template, the file of its data, and a folder of files that it refers to."""

    template: Path
    data: Path | None
    extra: Path | None
    rows: Sequence[Mapping[str, Any]] = ()

    def __post_init__(self) -> None:
        plugin = load("blueprint", BLUEPRINT)
        given = {"task_source": str(self.template)}
        if self.extra is not None:
            given["extra_source_dir"] = str(self.extra)
        if self.data is not None:
            given[DATA_OPTIONS[self.data.suffix.lower()]] = str(self.data)
        self._config = settle(plugin.Config, given, "mephisto.blueprint", Path.cwd())
        # Without data there is one row all the same.
        self._state = plugin.SharedState(**({"static_task_data": [{}]} if self.data is None else {}))
        self._use = Use({"blueprint": BLUEPRINT})

    def read(self) -> list[str]:
        """Read template and data anew, and return what is to be said of them; raise `ChecksFailed` if they are wrong."""
        use, config, state = self._use, self._config, self._state
        with _overheard() as said:
            problems = use.ask_all(use.hooks.blueprint_check, config=config, shared_state=state)
        if problems:
            raise ChecksFailed(problems)
        self.rows = [
            item.data for item in use.ask(use.hooks.blueprint_tasks, config=config, shared_state=state)
        ]
        return said

    def row(self, number: int) -> Mapping[str, Any]:
        """Return the row of this number, from 1 on."""
        if not 1 <= number <= len(self.rows):
            raise NotFound(
                f"There is no row {number}.",
                f"{self.data or 'The data'} has {len(self.rows)}.",
                f"Choose one from 1 to {len(self.rows)}.",
            )
        return self.rows[number - 1]

    def build(self, folder: Path, version: int) -> None:
        """Fill *folder* with what is served; its pages are loaded again when there is another *version*."""
        public = folder / PUBLIC_FOLDER
        public.mkdir(parents=True)
        pages = self._use.ask(self._use.hooks.blueprint_build, config=self._config, public=public)
        Site(title=self.template.name, description="", task_page=pages.task).write(folder)
        (folder / ADAPTER_FILE).write_text(f"const VERSION = {version};\n{_ADAPTER}", encoding="utf-8")

    def stamp(self) -> tuple[int, ...]:
        """Return what changes when one of the files does."""
        inside = sorted(self.extra.rglob("*")) if self.extra else []
        return tuple(_changed_at(path) for path in (self.template, self.data, *inside) if path is not None)


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Collect what is logged meanwhile, down to what a run would only note."""
    said: list[str] = []
    handler = logging.Handler(logging.INFO)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield said
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@dataclass
class PreviewDesk:
    """Answers pages as an operator would, and hands each answer to *tell*."""

    preview: Preview
    tell: Callable[[str], None]
    _tickets: dict[int, str] = field(default_factory=dict)
    _errors: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, packet: Packet) -> Reply:
        answers = {
            "register_agent": self._register,
            "page": self._page,
            "submit_unit": self._submit,
            "live_updates": self._hear,
            "log_error": self._log_error,
        }
        handler = answers.get(packet["packet_type"])
        return handler(packet["subject_id"], packet["data"]) if handler else Reply({"status": "OK"})

    def upload(self, packet: Packet, stream: BinaryIO) -> Reply:
        size = 0
        while chunk := stream.read(1 << 16):
            size += len(chunk)
        self.tell(f"File for {packet['data']['field']}: {packet['data']['name']}, {size} bytes")
        return Reply({"upload_id": secrets.token_hex(8)})

    def _register(self, request_id: str, data: Mapping[str, Any]) -> Reply:
        details = {"request_id": request_id, "worker_id": "1", "receipt": None}
        try:
            number = int(data["provider_data"]["row"])
            row = self.preview.row(number)
        except (ValueError, NotFound):
            return Reply({**details, "agent_id": None, "failure_reason": "The data has no such row."})
        with self._lock:
            # A row keeps its ticket, by which browsers find again what was filled in before a reload.
            token = self._tickets.setdefault(number, secrets.token_hex(16))
        shown = {
            "agent_id": token,
            "init_task_data": row,
            "failure_reason": None,
            "page": f"/page-{token}.html",
        }
        return Reply(details | shown)

    def _page(self, ticket: str, _: Mapping[str, Any]) -> Reply:
        with self._lock:
            number = next((row for row, known in self._tickets.items() if known == ticket), None)
        if number is None:
            return Reply({"error": "This page was for an earlier look; load it again."}, 404)
        always = {"mephisto_agent_id": "1", "provider_worker_id": "preview"}
        return Reply({"values": always | dict(self.preview.row(number)), "page": "task"})

    def _submit(self, _: str, data: Mapping[str, Any]) -> Reply:
        self.tell(f"Answer: {json.dumps(data['final_data'], indent=2, ensure_ascii=False)}")
        return Reply({"status": "Submitted!", "receipt": "PREVIEW", "duplicate": False})

    def _hear(self, _: str, data: Mapping[str, Any]) -> Reply:
        for update in data["updates"]:
            said = {name: value for name, value in update.items() if name != "update_id"}
            self.tell(f"Live update: {json.dumps(said, ensure_ascii=False)}")
        # Nobody replies: a page that listens need not ask again.
        return Reply({"updates": [], "is_over": True})

    def _log_error(self, _: str, data: Mapping[str, Any]) -> Reply:
        said = f"{data.get('message')} ({data.get('file') or 'the page'}:{data.get('line') or '?'})"
        with self._lock:
            known = said in self._errors
            self._errors.add(said)
        if not known:
            self.tell(f"In the page: {said}")
        return Reply({"status": "Logged"})


class ReloadingApp:
    """The worker's pages, built anew whenever a file has changed; browsers ask which version there is."""

    def __init__(self, preview: Preview, tell: Callable[[str], None]) -> None:
        self._preview, self._tell = preview, tell
        self._folder = tempfile.TemporaryDirectory(prefix="mephisto-preview-")
        self._desk = PreviewDesk(preview, tell)
        self._lock = threading.Lock()
        self._version = 0
        self._stamp = preview.stamp()
        self._app = self._built()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == VERSION_ADDRESS:
            body = json.dumps({"version": self._look()}).encode()
            head = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
            start_response("200 OK", [*head, ("Cache-Control", "no-store")])
            return [body]
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer

    def close(self) -> None:
        """Remove what was built."""
        self._folder.cleanup()

    def _look(self) -> int:
        with self._lock:
            stamp = self._preview.stamp()
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    remarks = self._preview.read()
                    self._version += 1
                    self._app = self._built()
                    for said in ("Changed: the page is shown anew.", *remarks):
                        self._tell(said)
                except MephistoError as error:
                    self._tell(f"Changed, but as before is shown: {error}")
            return self._version

    def _built(self) -> Any:
        folder = Path(self._folder.name) / str(self._version)
        self._preview.build(folder, self._version)
        return create_app(folder, self._desk)


def served(app: ReloadingApp, port: int) -> Server:
    """Serve *app* to this machine alone."""
    return serve(cast("Any", app), "localhost", port)  # any WSGI application will do
