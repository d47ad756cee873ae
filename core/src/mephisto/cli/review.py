"""`mephisto review`: look at what came in, and decide about it, in the browser."""

import threading
from contextlib import suppress
from typing import Final

import click

EXAMPLES: Final = """\b
Examples:
  mephisto review my-task
  mephisto review my-task --port 5000
"""


@click.command(epilog=EXAMPLES)
@click.argument("task")
@click.option(
    "--port",
    type=click.IntRange(0, 65534),
    default=0,
    metavar="PORT",
    help="Where this machine serves the review; the next one is for the task's pages (any free ones).",
)
def review(task: str, port: int) -> None:
    """Review the answers of a task in the browser.

    The page is served to this machine only, and opened by the link that is printed: each link works once, and then a
    new one is printed. Ctrl-C ends the review; decisions are saved as they are made.
    """
    from mephisto.cli.stored import looking, refuse_unknown_task

    with looking() as (_, connection):
        refuse_unknown_task(task, connection)
    from mephisto.data_model.database import LocalMephistoDB
    from mephisto.operations.interruption import raised_interruptions
    from mephisto.outbox.words import INTERRUPTED
    from mephisto.review.outbox import not_done, reviewing
    from mephisto.review.page.serving import served_review

    db = LocalMephistoDB()
    try:
        (found,) = db.find_tasks(task_name=task)
        decisions = reviewing(db)
        try:
            with (
                decisions,
                raised_interruptions(),
                suppress(KeyboardInterrupt),
                served_review(db, found.db_id, task, port, _say_opened) as served,
            ):
                click.echo(f"Reviewing {task}. Open this link in your browser:\n\n  {served.link}\n")
                click.echo("It works once; another is printed then. Ctrl-C ends the review.")
                while True:
                    threading.Event().wait(1)  # without an end, Windows would not hear Ctrl-C
            click.echo("\nThe review has ended. All decisions are saved.")
        except KeyboardInterrupt:
            click.echo(f"\nThe review has ended. {INTERRUPTED}")
        for sentence in not_done(decisions.open()):
            click.echo(sentence)
    finally:
        db.shutdown()


def _say_opened(link: str) -> None:
    click.echo(f"The review was opened. To open it again: {link}")
