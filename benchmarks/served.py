"""What is measured, in a process of its own: a run with many units, or an empty Flask app on the same server."""

import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

from flask import Flask, jsonify

from mephisto import AssignmentData, Identity, Refuse, arg, hookimpl
from mephisto.config import BlueprintArgs
from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.live_run import LiveRun
from mephisto.operations.one_core import share_one_core
from mephisto.operations.operator import Operator
from mephisto.plugins import register
from mephisto.testing.stand_ins import NAME, LoopbackArchitect, OpenProvider, PlainBlueprint
from mephisto.web import serve

SETTINGS: Final = "cheroot, 64 threads, SQLite WAL synchronous=FULL"
_STOP_SECONDS: Final = 120

# What a run answers to the requests of a flow, as long and as deep; its pages are of so many bytes.
_SHELL: Final = 759
_PAGE: Final = 462
_CONFIG: Final = {
    "mephisto_task_version": "2.0.4",
    "mephisto": {
        "title": "A task",
        "description": "It is measured.",
        "preview": None,
        "limits": {"answer": 2**24, "upload": 100 * 2**20, "uploads": 100, "total": 2**30},
        "self_service": False,
        "language": None,
        "block_mobile": False,
    },
}
_DETAILS: Final = {
    "packet_type": "agent_details",
    "subject_id": "0" * 32,
    "data": {
        "request_id": "0" * 32,
        "agent_id": "0" * 32,
        "worker_id": "1" * 18,
        "init_task_data": {"question": "How are you, 0?", "html": "page.html"},
        "failure_reason": None,
        "page": "/page-0000000000000000.html",
        "deadline": 1_700_000_000_000_000,
        "seconds_left": 1799.994549,
    },
    "client_timestamp": None,
    "router_incoming_timestamp": 1_700_000_000.3775835,
    "router_outgoing_timestamp": None,
    "server_timestamp": 1_700_000_000.3832436,
}
_RECEIPT: Final = {"status": "Submitted!", "receipt": "0" * 10, "duplicate": False}


@contextmanager
def served(what: str, units: int = 0) -> Iterator[str]:
    """Serve a "run" with *units* open units, an "empty" app, or one "on one core", while the context lasts.

    Gives its address.
    """
    with tempfile.TemporaryDirectory(prefix="mephisto-bench-") as folder:
        command = [sys.executable, "-m", "benchmarks.served", what, str(units), folder]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            # It serves until nobody holds its input any more.
            with cast("IO[str]", server.stdin):
                yield cast("IO[str]", server.stdout).readline().strip()
            server.wait(_STOP_SECONDS)


@dataclass
class ManyArgs(BlueprintArgs):
    rows: int = arg("How many assignments.", 1)


class Many(PlainBlueprint):
    Config = ManyArgs  # type: ignore[assignment]

    @hookimpl
    def blueprint_tasks(self, config: ManyArgs) -> Iterable[AssignmentData]:  # type: ignore[override]
        return (AssignmentData({"question": f"How are you, {row}?"}) for row in range(config.rows))


class Crowd(OpenProvider):
    """Workers who come back from another place each time."""

    @hookimpl
    def provider_identify(self, data: Mapping[str, Any]) -> Identity | Refuse:
        return Identity(data["worker_name"], registration=data["place"])


def launch(units: int, folder: Path, **options: Any) -> tuple[Operator, LiveRun]:
    """Launch a run whose *units* are all offered as soon as they are made; *options* are more of its task."""
    for kind, plugin in (("blueprint", Many), ("architect", LoopbackArchitect), ("provider", Crowd)):
        register(kind, NAME, plugin)
    operator = Operator(LocalMephistoDB(folder))
    task = {
        "task_name": "measured",
        "task_title": "A task",
        "task_description": "It is measured.",
        "task_reward": 0.1,
        "task_tags": "test",
        "max_num_concurrent_units": units,
        **options,
    }
    config = {
        "task": task,
        "blueprint": {"_blueprint_type": NAME, "rows": units},
        "architect": {"_architect_type": NAME},
        "provider": {"_provider_type": NAME},
    }
    run_id = operator.launch_task_run_or_die(config)
    return operator, operator.get_running_task_runs()[run_id]


def run(units: int, folder: str) -> None:
    operator, launched = launch(units, Path(folder))
    while launched.counts().launched < units:
        launched.ended.wait(0.1)
    print(launched.url, flush=True)
    sys.stdin.read()
    operator.shutdown()
    operator.db.shutdown()


def empty(*, on_one_core: bool) -> None:
    """Answer the five requests of a flow with bodies of the size and shape that a run's have, and do nothing else.

    Its threads may share a core, as a run's do.
    """
    app = Flask(__name__)
    shell, page = "<!doctype html>".ljust(_SHELL, "x"), "<!doctype html>".ljust(_PAGE, "x")
    app.add_url_rule("/", "page", lambda: shell)
    app.add_url_rule("/page-0000000000000000.html", "document", lambda: page)
    app.add_url_rule("/task_config.json", "config", lambda: jsonify(_CONFIG))
    app.add_url_rule("/request_agent", "agent", lambda: jsonify(_DETAILS), methods=["POST"])
    app.add_url_rule("/submit_task", "submit", lambda: jsonify(_RECEIPT), methods=["POST"])
    server = serve(app, "127.0.0.1", 0)
    if on_one_core:
        share_one_core(threading.enumerate())
    print(server.url, flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    if sys.argv[1] == "run":
        run(int(sys.argv[2]), sys.argv[3])
    else:
        empty(on_one_core=sys.argv[1] == "on one core")
