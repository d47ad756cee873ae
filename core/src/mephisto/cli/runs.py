"""`mephisto runs`: all launches, the newest first."""

from typing import Any, Final

import click

from mephisto.cli.output import print_json
from mephisto.instants import Time, local_text

EXAMPLES: Final = """\b
Examples:
  mephisto runs
  mephisto runs --last 3
  mephisto runs --json
"""

USUAL: Final = 20


@click.command(epilog=EXAMPLES)
@click.option("--task", metavar="NAME", help="Only runs of this task.")
@click.option(
    "--last", type=click.IntRange(min=1), default=USUAL, metavar="N", help="Only the newest N (20)."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for another program.")
def runs(task: str | None, last: int, *, as_json: bool) -> None:
    """List the runs, the newest first.

    A run is one launch of a task. More about one: mephisto run RUN, where RUN is its id, the first digits of
    it, or "latest".
    """
    from mephisto.cli.stored import looking, refuse_unknown_task, say_nothing_is_stored
    from mephisto.store import drafts, overview

    with looking() as (directory, connection):
        if connection is None:
            print_json([]) if as_json else say_nothing_is_stored(directory, "runs")
            return
        if task is not None:
            refuse_unknown_task(task, connection)
        found = overview.run_rows(connection, task, last + 1)
        ids = [run.id for run in found]
        counts, partial = overview.unit_counts(connection, ids), drafts.counts(connection, ids)
    now = Time().now()
    shown = [_described(run, counts.get(run.id, (0, 0)), partial.get(run.id, 0), now) for run in found[:last]]
    if as_json:
        print_json(shown)
        return
    if not shown:
        click.echo("No runs yet.")
        return
    from mephisto.cli.tables import print_table

    print_table("Runs", [_row(run) for run in shown], sentences="task")
    if len(found) > last:
        click.echo(f"There are older ones: mephisto runs --last {5 * last}")


def _described(run: Any, counts: tuple[int, int], partial: int, now: int) -> dict[str, Any]:
    from mephisto.cli.stored import iso_text, status_of

    return {
        "id": str(run.id),
        "task": run.task,
        "status": status_of(run, now),
        "reason": run.end_reason,
        "units_done": counts[0],
        "units": counts[1],
        "partial_answers": partial,
        "more_units_to_come": not run.source_ended,
        "launched_at": iso_text(run.created_at),
        "ended_at": iso_text(run.ended_at),
        "launched": local_text(run.created_at),
    }


def _row(run: dict[str, Any]) -> dict[str, str]:
    partial = f"\nand {run['partial_answers']} partial" if run["partial_answers"] else ""
    return {
        "run": run["id"],
        "task": run["task"],
        "status": run["status"],
        "launched": run["launched"].replace(" ", "\n"),
        "units done": f"{run['units_done']} of {run['units']}{partial}",
    }
