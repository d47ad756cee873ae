"""Opening a run whose rows are there: build the site, deploy it, feed it, open it. Each step registers its undo."""

import logging
import shutil
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from mephisto.data_model.database import LocalMephistoDB
from mephisto.data_model.objects import TaskRun
from mephisto.instants import SECOND
from mephisto.operations.building import build_site
from mephisto.operations.clock_jumps import ClockJumps
from mephisto.operations.closing import ReasonsToClose
from mephisto.operations.collecting import leave_out_what_is_there
from mephisto.operations.desk import set_up
from mephisto.operations.desk.standing import Closing, Standing
from mephisto.operations.feeder import Feeder
from mephisto.operations.listening import Listening
from mephisto.operations.live_run import LiveRun
from mephisto.operations.one_core import share_one_core
from mephisto.operations.plan import Plan
from mephisto.operations.tally import Tally
from mephisto.operations.undo import Undo
from mephisto.status import RunStatus
from mephisto.store import runs
from mephisto.store.admission import Terms, extra_terms
from mephisto.store.roles import RoleName, Turn
from mephisto.views import RunView
from mephisto.web.site import PUBLIC_FOLDER

logger = logging.getLogger(__name__)

#: How long opening waits for the first rows of data; a slow source may bring them later.
FIRST_ROWS_SECONDS: Final = 5
FLUSH_SECONDS: Final = 0.05


@dataclass(frozen=True)
class Begun:
    """A run whose row is this process's, in its turn. `feeder` reads its data already, if that had to be looked at before."""

    task_id: int
    turn: Turn
    feeder: Feeder | None = None

    def terms(self, plan: Plan) -> Terms:
        """Return what the run allows, as *plan* has it."""
        return Terms(
            run_id=self.turn.run_id,
            task_id=self.task_id,
            provider=plan.names["provider"],
            duration=plan.task.assignment_duration_in_seconds * SECOND,
            allowed_concurrent=plan.task.allowed_concurrent,
            maximum_units=plan.task.maximum_units_per_worker,
            window=plan.task.max_num_concurrent_units,
            heard=plan.is_set("on_unit_submitted"),
            desk_fence=self.turn.fences[RoleName.DESK],
            block_qualification=plan.blueprint.block_qualification or None,
            onboarding_qualification=plan.onboarding_qualification,
            requirements=plan.requirements,
            extra=extra_terms(vars(plan.blueprint)),
        )


@dataclass(frozen=True)
class Opening:
    """What opening a run needs of its process; `changed` is set whenever the run should be looked at."""

    db: LocalMephistoDB
    changed: threading.Event

    def open(self, plan: Plan, begun: Begun, directory: Path, undo: Undo, log: ExitStack) -> LiveRun:
        """Bring a run to life; raises what a plugin raises."""
        use, store, turn, terms = plan.use, self.db.store, begun.turn, begun.terms(plan)
        site = directory / "site"
        shutil.rmtree(site, ignore_errors=True)  # of a process that is gone
        built = build_site(plan, site)
        listening = Listening(self.db, turn, plan.shared_state) if terms.heard else None
        if listening:
            undo.add("stop telling callbacks", listening.stop)
            listening.start()
        tally = Tally(store, terms.run_id, site / PUBLIC_FOLDER)
        closing = Closing()
        standing = Standing(store, terms.run_id, closing)
        desk = set_up(self.db, plan, terms, built, tally, standing, listening, self.changed.set)
        url = self._deploy(plan, terms.run_id, site, desk, undo)
        feeder = begun.feeder
        if feeder is None:
            source = use.ask(use.hooks.blueprint_tasks, config=plan.blueprint, shared_state=plan.shared_state)
            feeder = Feeder(store, terms.run_id, source, plan.pay_cents, terms.window)
            undo.add("stop reading the task data", feeder.stop)
            feeder.start()
        feeder.feed(turn)
        _wait_for_first_rows(feeder)
        view = RunView(str(terms.run_id), plan.task_name, plan.task.task_title)
        links = use.ask_all(use.hooks.provider_links, config=plan.provider, run=view, url=url)
        store.write(lambda connection: runs.move(connection, terms.run_id, RunStatus.LIVE))
        leave_out_what_is_there()
        for link in links:
            logger.info("%s: %s", link.label, link.url)
        return LiveRun(
            task_run=TaskRun(self.db, str(terms.run_id)),
            qualifications=plan.shared_state.qualifications,
            store=store,
            plan=plan,
            terms=terms,
            turn=turn,
            url=url,
            directory=directory,
            feeder=feeder,
            tally=tally,
            undo=undo,
            log=log,
            closing=closing,
            jumps=ClockJumps(store.time),
            changed=self.changed,
            reasons=ReasonsToClose(store, terms.run_id, plan.task),
            listening=listening,
        )

    def _deploy(self, plan: Plan, run_id: int, site: Path, desk: Any, undo: Undo) -> str:
        use, store, state = plan.use, self.db.store, dict[str, Any]()
        # Before deploying: an interruption in the middle of it must not leave behind what is up by then.
        undo.add(
            "take down the server",
            partial(use.command, use.hooks.architect_shutdown, config=plan.architect, state=state),
        )
        others = set(threading.enumerate())
        deployed = use.ask(use.hooks.architect_deploy, config=plan.architect, site=site, desk=desk)
        share_one_core({*threading.enumerate()} - others | {store.writing})
        state.update(deployed.state)
        # At once: whoever cleans up after this process needs it.
        store.write(lambda connection: runs.note_deployed(connection, run_id, deployed.url, deployed.state))
        return deployed.url


def _wait_for_first_rows(feeder: Feeder) -> None:
    deadline = time.monotonic() + FIRST_ROWS_SECONDS
    while not feeder.first.wait(FLUSH_SECONDS) and time.monotonic() < deadline:
        feeder.flush()
