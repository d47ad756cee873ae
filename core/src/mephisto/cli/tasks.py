"""`mephisto tasks`: the names under which runs share limits and reviews."""

from typing import Final

import click

from mephisto.cli.output import print_json
from mephisto.instants import local_text

EXAMPLES: Final = """\b
Examples:
  mephisto tasks
  mephisto tasks --json
"""


@click.command(epilog=EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for another program.")
def tasks(*, as_json: bool) -> None:
    """List the tasks.

    A task is a name under which runs share limits and reviews; it is mephisto.task.task_name. The runs of one:
    mephisto runs --task NAME
    """
    from mephisto.cli.stored import iso_text, looking, say_nothing_is_stored
    from mephisto.store import overview

    with looking() as (directory, connection):
        if connection is None:
            print_json([]) if as_json else say_nothing_is_stored(directory, "tasks")
            return
        found = overview.task_rows(connection)
    if as_json:
        print_json(
            [
                {
                    "id": str(task.id),
                    "name": task.name,
                    "blueprint": task.blueprint,
                    "runs": task.runs,
                    "last_run_at": iso_text(task.last_run),
                    "units_done": task.done,
                    "units": task.total,
                }
                for task in found
            ]
        )
    elif not found:
        click.echo("No tasks yet.")
    else:
        from mephisto.cli.tables import print_table

        rows = [
            {
                "task": task.name,
                "blueprint": task.blueprint,
                "runs": str(task.runs),
                "last run": local_text(task.last_run).replace(" ", "\n") if task.last_run else "-",
                "units done": f"{task.done} of {task.total}",
            }
            for task in found
        ]
        print_table("Tasks", rows, sentences="task")
