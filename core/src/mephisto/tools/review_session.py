"""One review in the terminal: which unit is next, what was decided, and how the last decision is taken back."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mephisto.counting import counted
from mephisto.data_model.agent_record import decide_all
from mephisto.data_model.deciding import Told, batched, take_back_all
from mephisto.data_model.objects import Agent, Unit, Worker
from mephisto.outbox.reviewing import Reviewing
from mephisto.outbox.words import INTERRUPTED, not_done
from mephisto.status import AgentStatus
from mephisto.tools.data_browser import DataBrowser
from mephisto.tools.terminal import ask, ask_within, ask_yes, is_terminal, say

QUESTION: Final = "Do you want to accept this work? (a)ccept, (r)eject, (p)ass: "
AGAIN: Final = "Decision must be one of a, p, r. Use CAPS to apply to all remaining for worker: "
NOTHING: Final = "There is nothing to review: no unit of this task is completed and undecided."
HINT: Final = "Each decision is saved at once. Enter u to take back the last one, q to leave."
LAST: Final = "That was the last unit. Enter u within {seconds} seconds to take back the decision; enter alone leaves at once."
LAST_SECONDS: Final = 10
#: What a qualification can be granted with: a column holds no more.
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")

#: What is entered, and what an agent becomes by it. `v` accepts, too; as capital it asks for a value.
TARGETS: Final = {
    "a": AgentStatus.APPROVED,
    "v": AgentStatus.APPROVED,
    "p": AgentStatus.SOFT_REJECTED,
    "r": AgentStatus.REJECTED,
}
WORDS: Final = {
    AgentStatus.APPROVED: "Accepted",
    AgentStatus.SOFT_REJECTED: "Passed",
    AgentStatus.REJECTED: "Rejected",
}


@dataclass
class _Step:
    """What one answer did, so that it can be taken back: decisions about units, and those about the worker."""

    position: int
    decided: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)


@dataclass
class _Place:
    """A unit in the order of the review, and the how many-th of its worker it is."""

    worker: Worker
    unit: Unit
    number: int
    of: int


class ReviewSession:
    """Goes through units, grouped by worker in the order in which workers appear."""

    def __init__(
        self,
        browser: DataBrowser,
        units: Sequence[Unit],
        formatted: Callable[[dict[str, Any]], str],
        stats: Callable[[str], str],
        block_qualification: str | None,
        approve_qualification: str | None,
    ) -> None:
        self._browser = browser
        self._db = browser.db
        self._places = _places(browser, units)
        self._formatted = formatted
        self._stats = stats
        self._block_qualification = block_qualification
        self._approve_qualification = approve_qualification
        self._position = 0
        self._steps: list[_Step] = []
        self._asked: set[str] = set()
        self._reasons: dict[str, str] = {}

    def run(self) -> None:
        """Ask about one unit after the other, until none is left or the person leaves.

        What providers have not done meanwhile, or since earlier, is done then; Ctrl-C ends waiting for it.
        """
        say(HINT if self._places else NOTHING)
        review = Reviewing(self._db.store, self._db.outbox)
        try:
            with review:
                self._ask()
        except KeyboardInterrupt:
            say(f"\n{INTERRUPTED}")
        left = len(self._places) - self._position
        if left:
            say(f"Left with {counted(left, 'unit')} to review. What was decided is kept.")
        for sentence in not_done(review.open()):
            say(sentence)

    def _ask(self) -> None:
        try:
            while self._goes_on() and self._one():
                pass
        except (EOFError, KeyboardInterrupt):
            say()

    def _goes_on(self) -> bool:
        """Say whether a unit is left: after the last one there is a moment in which its decision is taken back."""
        is_last = self._position == len(self._places) and bool(self._steps) and is_terminal()
        if is_last and self._last_answer() == "u":
            self._undo()
        return self._position < len(self._places)

    def _one(self) -> bool:
        """Show a unit and do what is answered; False if the answer is to leave."""
        place = self._places[self._position]
        data = self._browser.get_data_from_unit(place.unit)
        if data["status"] != AgentStatus.COMPLETED:
            say(f"Unit {place.unit.db_id} was decided meanwhile: {data['status']}.")
            self._position += 1
            return True
        say(
            f"Reviewing for worker {place.worker.worker_name}, ({place.number}/{place.of}), "
            f"Previous {self._stats(place.worker.db_id)} "
            f"(total remaining: {len(self._places) - self._position})"
        )
        say(self._formatted(data))
        answer = self._answer()
        if answer == "q":
            return False
        if answer == "u":
            self._undo()
        else:
            with self._db.outbox.together():
                self._decide(place, answer)
        return True

    def _answer(self) -> str:
        answer = ask(QUESTION)
        while answer.lower() not in {*TARGETS, "u", "q"}:
            answer = ask(AGAIN)
        return answer if answer.lower() in TARGETS else answer.lower()

    def _last_answer(self) -> str:
        """Return u, or what leaves; whoever entered one decision too many is told once more where they are."""
        while True:
            say(LAST.format(seconds=LAST_SECONDS))
            answer = (ask_within(LAST_SECONDS) or "").lower()
            if answer in {"", "q", "u"}:
                return answer

    def _decide(self, place: _Place, answer: str) -> None:
        target, step = TARGETS[answer.lower()], _Step(self._position)
        self._steps.append(step)
        reason = self._reason(place, step) if target is AgentStatus.REJECTED else None
        last = self._position + (place.of - place.number if answer.isupper() else 0)
        chosen = [each.unit.agent_id for each in self._places[self._position : last + 1]]
        step.decided += decide_all(self._db, self._agents(chosen), target, reason)
        if len(step.decided) < len(chosen):
            stay = counted(len(chosen) - len(step.decided), "unit")
            say(f"Decided meanwhile: {stay} of worker {place.worker.worker_name}; what was decided stays.")
        self._position = last + 1
        if answer.isupper():
            say(f"{WORDS[target]} {counted(len(step.decided), 'unit')} of worker {place.worker.worker_name}.")
        self._qualify(place.worker, answer, step)

    def _agents(self, agent_ids: Sequence[str | None]) -> list[Agent]:
        rows = Agent.rows
        return [
            agent
            for some in batched([int(agent_id) for agent_id in agent_ids if agent_id is not None])
            for agent in Agent.read(self._db, rows.where(rows.selected_columns["id"].in_(some)))
        ]

    def _reason(self, place: _Place, step: _Step) -> str:
        """Ask once for each worker why their work is rejected, and whether they shall come back."""
        worker = place.worker
        known = self._reasons.get(worker.db_id)
        if known is not None:
            say(f"Rejected for the same reason: {known}")
            return known
        reason = ask("Why are you rejecting this work? ")
        if ask_yes("Do you want to hard block this worker? (y)es/(n)o: "):
            why = ask("Why permanently block this worker? ")
            step.beside += _ids(worker.block(why, unit=place.unit))
        self._reasons[worker.db_id] = reason
        step.asked.add(worker.db_id)
        return reason

    def _qualify(self, worker: Worker, answer: str, step: _Step) -> None:
        """Grant what goes with the answer, if the person wishes so."""
        approve, block = self._approve_qualification, self._block_qualification
        if answer == "A" and approve:
            if ask_yes("Do you want to approve qualify this worker? (y)es/(n)o: "):
                self._grant(worker, approve, 1, step)
        elif answer == "V" and approve:
            value = ask(f"Assign integer value for {approve}: ")
            while not _INTEGER.fullmatch(value):
                value = ask(f"Assign integer value for {approve}: ")
            self._grant(worker, approve, int(value), step)
        elif answer in {"p", "P"} and block and worker.db_id not in self._asked:
            self._asked.add(worker.db_id)
            step.asked.add(worker.db_id)
            if ask_yes("Do you want to soft block this worker? (y)es/(n)o: "):
                self._grant(worker, block, 1, step)

    def _grant(self, worker: Worker, qualification: str, value: int, step: _Step) -> None:
        step.beside += _ids([worker.grant(qualification, value)])

    def _undo(self) -> None:
        """Take back what the last answer did, and go back to where it was given."""
        if not self._steps:
            say("There is no decision to take back.")
            return
        step = self._steps.pop()
        taken_back = take_back_all(self._db, step.decided[::-1])
        beside = take_back_all(self._db, step.beside[::-1])
        worker = self._places[step.position].worker
        for worker_id in step.asked:
            self._asked.discard(worker_id)
            self._reasons.pop(worker_id, None)
        self._position = step.position
        say(
            f"Taken back: {taken_back} of {counted(len(step.decided), 'unit')} of worker {worker.worker_name}."
        )
        if taken_back + beside < len(step.decided) + len(step.beside):
            say("The rest stays: it was decided about since, or the provider was told of it.")


def _ids(told: Iterable[Told[bool]]) -> list[str]:
    return [each.decision_id for each in told if each.decision_id is not None]


def _places(browser: DataBrowser, units: Sequence[Unit]) -> list[_Place]:
    by_worker: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.worker_id is not None:
            by_worker.setdefault(unit.worker_id, []).append(unit)
    workers = {worker.db_id: worker for worker in Worker.find(browser.db)}
    return [
        _Place(workers[worker_id], unit, number, len(theirs))
        for worker_id, theirs in by_worker.items()
        for number, unit in enumerate(theirs, 1)
    ]
