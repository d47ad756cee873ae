"""`mephisto clean`: taking away what a run left behind."""

from typing import Final

import click

EXAMPLES: Final = """\b
Examples:
  mephisto clean latest
  mephisto clean 73
"""


@click.command(epilog=EXAMPLES)
@click.argument("run_id", metavar="RUN")
def clean(run_id: str) -> None:
    """Take away what a run left behind.

    A run takes down what it put up when it ends, and when it is stopped with Ctrl-C. If its process was killed, or
    that failed, this does it: the server is taken down, and units that nobody has done are taken back. Answers are
    kept. Doing it again changes nothing.

    RUN is its id, the first digits of it, or "latest". A run that is alive is not touched.
    """
    from mephisto.cli.run_report import find
    from mephisto.cli.stored import looking, say_nothing_is_stored
    from mephisto.operations.cleaning import clean as clean_up
    from mephisto.store import Store

    with looking() as (directory, connection):
        if connection is None:
            say_nothing_is_stored(directory, "runs")
            return
        run = find(connection, run_id)
    store = Store(directory)
    try:
        cleaned = clean_up(store, run.id)
    finally:
        store.close()
    click.echo(f'Run {run.id} of "{run.task}": what it put up is taken down.')
    if cleaned.units:
        click.echo(f"Units taken back: {cleaned.units}; of them, workers had begun {cleaned.attempts}.")
    click.echo(f"Answers kept: {cleaned.answers}.")
