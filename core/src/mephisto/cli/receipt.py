"""`mephisto receipt`: what a worker's receipt is for."""

from collections.abc import Sequence
from typing import Any, Final

import click

from mephisto.cli.output import print_json
from mephisto.errors import NotFound
from mephisto.instants import Time, local_text

EXAMPLES: Final = """\b
Examples:
  mephisto receipt 7K3WQ0ZP5D
  mephisto receipt "7k3wq 0zp5d" --json
"""

#: What people read in place of what was printed: such signs are in no code.
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


@click.command(epilog=EXAMPLES)
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for another program.")
def receipt(code: str, *, as_json: bool) -> None:
    """Show what a worker's receipt is for.

    That is: whose answer to which task, when it came in, and what was decided. Small letters, spaces and dashes do not matter.
    """
    from mephisto.cli.stored import looking
    from mephisto.store import crowd

    with looking() as (_, connection):
        found = None if connection is None else crowd.receipt(connection, code.upper().translate(_MISREAD))
        if connection is None or found is None:
            raise NotFound(
                f"There is no receipt {code!r}.",
                "It was given for nothing that is stored here.",
                "See that it is complete, and that the data directory is the one of the run: 'mephisto config'.",
            )
        decided = crowd.decisions_of(connection, agent_id=found.agent_id)
    if as_json:
        print_json(_as_json(found, decided))
        return
    for name, text in _lines(found, decided):
        click.echo(f"{name:10} {text}")


def _lines(found: Any, decided: Sequence[Any]) -> list[tuple[str, str]]:
    from mephisto.cli.stored import ago_text

    kinds = {
        "answer": "an answer that counts",
        "late": "came after its time; it is kept, and counts for nothing",
        "duplicate": "came after another answer to the same; it is kept, and counts for nothing",
    }
    lines = [
        ("Receipt", found.receipt_code),
        ("Task", found.task),
        ("Run", f"{found.run_id}, of {found.requester}"),
        ("Worker", f"{found.worker} ({found.provider})"),
        ("Received", ago_text(found.received_at, Time().now())),
        ("It is", kinds.get(found.kind, found.kind)),
        ("Status", found.status),
        ("Attempt", f"agent {found.agent_id}, unit {found.unit_id or 'none: the onboarding'}"),
    ]
    return lines + [("Decided", decided_text(row)) for row in decided]


def decided_text(row: Any) -> str:
    """Say in a line what was decided, when, by whom and why."""
    if row.kind == "bonus":
        what = f"bonus of ${row.cents / 100:.2f}"
    elif row.kind == "work":
        what = f"{row.before} → {row.status}"
    else:
        what = f"{row.kind} {row.qualification}".strip()
        what += f" {row.status}" if row.kind == "grant" else ""
    by = f" by {row.reviewer}" if row.reviewer else ""
    undone = "taken back: " if row.undoes is not None else ""
    return f"{undone}{what}, {local_text(row.created_at)}{by}{': ' if row.reason else ''}{row.reason}"


def decided_json(row: Any) -> dict[str, Any]:
    """Return a decision for another program."""
    from mephisto.cli.stored import iso_text

    return {
        "id": str(row.id),
        "kind": row.kind,
        "agent_id": None if row.agent_id is None else str(row.agent_id),
        "qualification": row.qualification or None,
        "cents": row.cents,
        "before": row.before,
        "status": row.status,
        "reviewer": row.reviewer,
        "reason": row.reason,
        "undoes": None if row.undoes is None else str(row.undoes),
        "decided_at": iso_text(row.created_at),
    }


def _as_json(found: Any, decided: Sequence[Any]) -> dict[str, Any]:
    from mephisto.cli.stored import iso_text

    return {
        "receipt": found.receipt_code,
        "submission": found.kind,
        "task": found.task,
        "run_id": str(found.run_id),
        "requester": found.requester,
        "worker": found.worker,
        "provider": found.provider,
        "agent_id": str(found.agent_id),
        "unit_id": None if found.unit_id is None else str(found.unit_id),
        "assignment_id": None if found.assignment_id is None else str(found.assignment_id),
        "status": found.status,
        "received_at": iso_text(found.received_at),
        "confirmed_at": iso_text(found.confirmed_at),
        "decisions": [decided_json(row) for row in decided],
    }
