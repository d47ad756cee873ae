"""A launch that creates nothing: what it would offer and cost, where it would be, and its first page."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mephisto.effects import AssignmentData, Link
from mephisto.errors import ConfigError, MephistoError
from mephisto.operations.building import build_site
from mephisto.operations.feeder import checked
from mephisto.operations.known_rows import KnownRows
from mephisto.operations.plan import Plan
from mephisto.operations.resuming import are_units_back, described, known_rows
from mephisto.store import Store, resuming
from mephisto.store.admission import ExtraTerms, extra_terms
from mephisto.store.rows import AnyRow
from mephisto.views import RunView
from mephisto.web.documents import Document
from mephisto.web.site import PUBLIC_FOLDER

#: How far a source is read: it may be lazy, slow or endless.
MOST_ROWS: Final = 200_000
SECONDS: Final = 5.0

#: What stands in links where the architect knows its address only once it has deployed.
UNKNOWN_ADDRESS: Final = "http://ADDRESS"


@dataclass(frozen=True)
class GoneOnWith:
    """A run that a launch would go on with: which it is, its rows of data, and the units that are left with what they pay."""

    run_id: int
    described: str
    known: KnownRows
    units: int
    cents: int


def gone_on_with(store: Store, run: AnyRow) -> GoneOnWith:
    """Look at a run that `resuming.incomplete` returned."""
    with store.read() as connection:
        units, cents = resuming.left(connection, run, taken_back=are_units_back(run))
    return GoneOnWith(run.id, described(store, run), known_rows(store, run), units, cents)


@dataclass(frozen=True)
class Rehearsed:
    """What a launch would do. `is_all` says that the source was read to its end; else there are at least so many.

    `assignments` and `units` are those that it would make, besides what the run `before` has.
    """

    plan: Plan
    before: GoneOnWith | None
    assignments: int
    units: int
    is_all: bool
    links: tuple[Link, ...]
    page: Path

    @property
    def cost_cents(self) -> int:
        left = self.before.cents if self.before else 0
        return left + self.units * self.plan.pay_cents

    @property
    def extra(self) -> ExtraTerms | None:
        """What units the run may give, and pay, besides."""
        return extra_terms(vars(self.plan.blueprint))


def rehearse(plan: Plan, folder: Path, before: GoneOnWith | None = None) -> Rehearsed:
    """Go through a launch, or going on with the run *before*, without deploying; write its first page into the empty *folder*.

    Raises `ConfigError` if the source of the data fails, or gives other rows than that run has, or what a plugin raises.
    """
    use = plan.use
    source = use.ask(use.hooks.blueprint_tasks, config=plan.blueprint, shared_state=plan.shared_state)
    rows = _Rows(source, before.known if before else None)
    rows.read()
    pages = build_site(plan, folder / "site").pages
    url = use.ask(use.hooks.architect_address, config=plan.architect) or UNKNOWN_ADDRESS
    view = RunView(str(before.run_id) if before else "0", plan.task_name, plan.task.task_title)
    return Rehearsed(
        plan=plan,
        before=before,
        assignments=rows.assignments,
        units=rows.units,
        is_all=rows.is_all,
        links=tuple(use.ask_all(use.hooks.provider_links, config=plan.provider, run=view, url=url)),
        page=_write_page(folder / "site" / PUBLIC_FOLDER, pages.task, rows.first),
    )


class _Rows:
    """Counts the rows of a source that are not *known*; it is read on a thread that can be left behind."""

    def __init__(self, source: Iterable[AssignmentData], known: KnownRows | None) -> None:
        self.first: Mapping[str, Any] = {}
        self.assignments = 0
        self.units = 0
        self.is_all = False
        self._source = source
        self._known = known
        self._known_count = known.count if known else 0
        self._read_rows = 0
        self._error: BaseException | None = None
        self._left_behind = threading.Event()

    def read(self) -> None:
        """Read to the end, for a while, or up to so many rows; raise `ConfigError` if the source fails."""
        thread = threading.Thread(target=self._read, name="mephisto-rehearsal", daemon=True)
        thread.start()
        thread.join(SECONDS)
        self._left_behind.set()
        if isinstance(self._error, MephistoError) and self._read_rows < self._known_count:
            raise self._error
        if self._error is not None:
            raise ConfigError(
                f"The task data ended with an error after {self._read_rows} rows.",
                f"{type(self._error).__name__}: {self._error}",
                "Correct the source of the data. The traceback is shown with --debug.",
            ) from self._error

    def _read(self) -> None:
        try:
            for row in self._source:
                index = self._read_rows
                if self._left_behind.is_set() or index == MOST_ROWS:
                    return
                kept = checked(index, row)
                if not index:
                    self.first = kept.data
                if self._known and index < self._known_count:
                    self._known.compare(index, kept)
                else:
                    self.assignments += 1
                    self.units += kept.units
                self._read_rows += 1
            if self._known:
                self._known.end(self._read_rows)
            self.is_all = True
        except BaseException as error:  # noqa: BLE001 - a researcher's generator may raise anything, even SystemExit
            self._error = error


def _write_page(public: Path, template: str, row: Mapping[str, Any]) -> Path:
    """Write the task's page for its first row beside the files that it refers to."""
    values = {**row, "mephisto_agent_id": "0", "provider_worker_id": "worker"}
    taken = {path.name.casefold() for path in public.iterdir()}
    names = ("first-page.html", *(f"first-page-{number}.html" for number in range(len(taken) + 1)))
    page = public / next(name for name in names if name not in taken)
    page.write_text(Document.read(public / template, page=None).fill(values), encoding="utf-8")
    return page
